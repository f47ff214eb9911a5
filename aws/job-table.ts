import { DeleteCommand, type DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { jobTable } from "../contract/tables.ts";
import { expiresAt, type Job, job } from "../core/jobs/job.ts";
import type { JobStore } from "../core/jobs/stores.ts";
import { dueIds, seconds, unfinished, versionedWrites } from "./items.ts";

/**
 * Jobs in DynamoDB: one item per job, written whole under the condition that its version is the one it was made from.
 * `open` and `due_at` stand beside it only while something can still go wrong, so the index over them holds just the
 * unfinished jobs.
 */
export function jobStore(client: DynamoDBDocumentClient, table: string): JobStore {
  return {
    ...versionedWrites(client, table, jobTable.partitionKey, itemOf),

    async read(id) {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: { job_id: id }, ConsistentRead: true }),
      );
      return Item ? job.parse(Item.job) : null;
    },

    async remove(id) {
      await client.send(new DeleteCommand({ TableName: table, Key: { job_id: id } }));
    },

    due: (at) => dueIds(client, table, jobTable.partitionKey, at),
  };
}

function itemOf(job: Job): Record<string, unknown> {
  return {
    job_id: job.id,
    version: job.version,
    expires_at: seconds(expiresAt(job)),
    ...unfinished(job),
    job,
  };
}
