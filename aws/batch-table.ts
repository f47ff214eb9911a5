import { type DynamoDBDocumentClient, GetCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { batchTable } from "../contract/tables.ts";
import { type Batch, batch, expiresAt } from "../core/batches/batch.ts";
import { type BatchStore, NONE, type Tally, type TallyStore } from "../core/batches/stores.ts";
import { dueIds, seconds, unfinished, versionedWrites } from "./items.ts";

const [BATCH, TALLY] = batchTable.parts;
const { ownerIndex } = batchTable;

/** Batches in DynamoDB: written whole, as jobs are, under the condition that the version before is there. */
export function batchStore(client: DynamoDBDocumentClient, table: string): BatchStore {
  return {
    ...versionedWrites(client, table, batchTable.partitionKey, itemOf),

    async read(id) {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: { batch_id: id, part: BATCH }, ConsistentRead: true }),
      );
      return Item ? batch.parse(Item.batch) : null;
    },

    due: (at) => dueIds(client, table, batchTable.partitionKey, at),

    async ofOwner(owner, limit, after) {
      const { Items } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: ownerIndex.name,
          KeyConditionExpression: "#owner = :owner",
          ExpressionAttributeNames: { "#owner": ownerIndex.partitionKey },
          ExpressionAttributeValues: { ":owner": owner },
          ScanIndexForward: false,
          Limit: limit,
          ...(after
            ? {
                ExclusiveStartKey: { owner, created_at: after.created_at, batch_id: after.id, part: BATCH },
              }
            : {}),
        }),
      );
      return (Items ?? []).map((item) => batch.parse(item.batch));
    },
  };
}

function itemOf(batch: Batch): Record<string, unknown> {
  const { id, version, owner, created_at } = batch;
  return {
    batch_id: id,
    part: BATCH,
    version,
    owner,
    created_at,
    expires_at: seconds(expiresAt(batch)),
    ...unfinished(batch),
    batch,
  };
}

/** The tallies beside them: one item each, which any number of workers add to at once. */
export function tallyStore(client: DynamoDBDocumentClient, table: string): TallyStore {
  const keyOf = (batchId: string) => ({ batch_id: batchId, part: TALLY });
  return {
    async add(batchId, more, expiresAt) {
      const added = (Object.keys(NONE) as (keyof Tally)[]).map(
        (status) => [status, more[status] ?? 0] as const,
      );
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName: table,
          Key: keyOf(batchId),
          UpdateExpression: `ADD ${added.map(([status]) => `${status} :${status}`).join(", ")} SET expires_at = :expires`,
          ExpressionAttributeValues: {
            ...Object.fromEntries(added.map(([status, count]) => [`:${status}`, count])),
            ":expires": seconds(expiresAt),
          },
          ReturnValues: "ALL_NEW",
        }),
      );
      return tallyOf(Attributes);
    },

    async read(batchId) {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: keyOf(batchId), ConsistentRead: true }),
      );
      return tallyOf(Item);
    },
  };
}

const tallyOf = (item: Record<string, unknown> = {}): Tally => ({
  completed: Number(item.completed ?? 0),
  failed: Number(item.failed ?? 0),
  duplicate: Number(item.duplicate ?? 0),
  unmatched: Number(item.unmatched ?? 0),
});
