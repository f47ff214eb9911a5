import { createHash } from "node:crypto";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, PutCommand, paginateQuery } from "@aws-sdk/lib-dynamodb";
import { jobTable } from "../contract/tables.ts";

/** What the tables' items have in common. */

/** DynamoDB's time to live is in whole seconds; never before the time (ms) itself. */
export const seconds = (at: number): number => Math.ceil(at / 1000);

const { shards, unfinishedIndex } = jobTable;

/** What stands beside a record only while something can still go wrong, so that the index holds just those. */
export const unfinished = ({ id, due_at }: { id: string; due_at: number | null }): Record<string, unknown> =>
  due_at === null ? {} : { open: shardOf(id), due_at };

function shardOf(id: string): string {
  const byte = createHash("sha256").update(id).digest().readUInt8();
  return shards[byte % shards.length] ?? shards[0];
}

/** Ids of the records that are due at or before a time (ms), from the index of the unfinished. */
export async function* dueIds(
  client: DynamoDBDocumentClient,
  table: string,
  partitionKey: string,
  at: number,
): AsyncGenerator<string> {
  for (const shard of shards) {
    const pages = paginateQuery(
      { client },
      {
        TableName: table,
        IndexName: unfinishedIndex.name,
        KeyConditionExpression: "#open = :shard AND due_at <= :at",
        ExpressionAttributeNames: { "#open": unfinishedIndex.partitionKey },
        // DynamoDB has no infinity; every due time is below this.
        ExpressionAttributeValues: { ":shard": shard, ":at": Math.min(at, Number.MAX_SAFE_INTEGER) },
      },
    );
    for await (const { Items } of pages) for (const item of Items ?? []) yield String(item[partitionKey]);
  }
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

/**
 * How a record is written that is kept as one item with its version: whole, where there is none yet, or where the version
 * before is there.
 */
export function versionedWrites<R extends { version: number }>(
  client: DynamoDBDocumentClient,
  table: string,
  partitionKey: string,
  itemOf: (record: R) => Record<string, unknown>,
) {
  const put = (
    record: R,
    condition: Pick<PutCommand["input"], "ConditionExpression" | "ExpressionAttributeValues">,
  ) => unlessRefused(client.send(new PutCommand({ TableName: table, Item: itemOf(record), ...condition })));
  return {
    /** False when there is one already. */
    create: (record: R): Promise<boolean> =>
      put(record, { ConditionExpression: `attribute_not_exists(${partitionKey})` }),
    /** False when the stored one has another version than the one that this was made from. */
    replace: (record: R): Promise<boolean> =>
      put(record, {
        ConditionExpression: "version = :before",
        ExpressionAttributeValues: { ":before": record.version - 1 },
      }),
  };
}
