import { createHash } from "node:crypto";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
} from "@aws-sdk/lib-dynamodb";
import { jobTable } from "../contract/tables.ts";
import { expiresAt, type Job, job } from "../core/jobs/job.ts";
import type { JobStore } from "../core/jobs/stores.ts";

/**
 * Jobs in DynamoDB: one item per job, written whole under the condition that its version is the one it was made from.
 * `open` and `due_at` stand beside it only while something can still go wrong, so the index over them holds just the
 * unfinished jobs.
 */
export function jobStore(client: DynamoDBDocumentClient, table: string): JobStore {
  return {
    create: (job) =>
      unlessRefused(
        client.send(
          new PutCommand({
            TableName: table,
            Item: itemOf(job),
            ConditionExpression: "attribute_not_exists(job_id)",
          }),
        ),
      ),

    replace: (job) =>
      unlessRefused(
        client.send(
          new PutCommand({
            TableName: table,
            Item: itemOf(job),
            ConditionExpression: "version = :before",
            ExpressionAttributeValues: { ":before": job.version - 1 },
          }),
        ),
      ),

    async read(id) {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: { job_id: id }, ConsistentRead: true }),
      );
      return Item ? job.parse(Item.job) : null;
    },

    async remove(id) {
      await client.send(new DeleteCommand({ TableName: table, Key: { job_id: id } }));
    },

    async *due(at) {
      for (const shard of jobTable.shards) {
        const pages = paginateQuery(
          { client },
          {
            TableName: table,
            IndexName: jobTable.unfinishedIndex.name,
            KeyConditionExpression: "#open = :shard AND due_at <= :at",
            ExpressionAttributeNames: { "#open": "open" },
            // DynamoDB has no infinity; every due time is below this.
            ExpressionAttributeValues: { ":shard": shard, ":at": Math.min(at, Number.MAX_SAFE_INTEGER) },
          },
        );
        for await (const { Items } of pages) for (const item of Items ?? []) yield String(item.job_id);
      }
    },
  };
}

function itemOf(job: Job): Record<string, unknown> {
  const unfinished = job.due_at === null ? {} : { open: shardOf(job.id), due_at: job.due_at };
  return {
    job_id: job.id,
    version: job.version,
    expires_at: Math.ceil(expiresAt(job) / 1000),
    ...unfinished,
    job,
  };
}

function shardOf(id: string): string {
  const byte = createHash("sha256").update(id).digest().readUInt8();
  return jobTable.shards[byte % jobTable.shards.length] ?? jobTable.shards[0];
}

/** True when the write was made, false when its condition refused it. */
export async function unlessRefused(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
