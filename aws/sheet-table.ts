import {
  type DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  type QueryCommandInput,
} from "@aws-sdk/lib-dynamodb";
import type { SheetFilter } from "../contract/batches.ts";
import { sheetTable } from "../contract/tables.ts";
import { expiresAt } from "../core/batches/batch.ts";
import { type Sheet, sheet } from "../core/batches/sheet.ts";
import type { SheetStore } from "../core/batches/stores.ts";
import { seconds, versionedWrites } from "./items.ts";

const { contentIndex, filterIndex, taskIndex } = sheetTable;

/** Digits of an index, so that its text sorts as its number does. */
const INDEX_DIGITS = 6;
/** Digits of a time in milliseconds, up to the year 2286. */
const TIME_DIGITS = 13;
/** After every text that goes on behind the same start, in the order of DynamoDB (by bytes). */
const END = "~";
/** Between a text and the next one: none of ours goes on with it. */
const AFTER = "!";

/**
 * Sheets in DynamoDB: one item each, written whole under the condition that the version before is there. Beside the
 * sheet stands what the indexes sort by, and only while it applies.
 */
export function sheetStore(client: DynamoDBDocumentClient, table: string): SheetStore {
  const query = (input: Omit<QueryCommandInput, "TableName">) =>
    paginateQuery({ client }, { TableName: table, ...input });

  /** The first so many sheets that the query finds. */
  async function first(limit: number, input: Omit<QueryCommandInput, "TableName">): Promise<Sheet[]> {
    const found: Sheet[] = [];
    // A filter is applied to what was read: a small page might hold nothing of what is looked for.
    const paged = input.FilterExpression ? input : { ...input, Limit: limit };
    for await (const { Items } of query(paged)) {
      found.push(...(Items ?? []).map(sheetOf));
      if (found.length >= limit) break;
    }
    return found.slice(0, limit);
  }

  const inOrder = (batchId: string, after: number): Omit<QueryCommandInput, "TableName"> => ({
    KeyConditionExpression: "batch_id = :batch AND #index > :after",
    ExpressionAttributeNames: { "#index": sheetTable.sortKey },
    ExpressionAttributeValues: { ":batch": batchId, ":after": after },
  });
  const filtered = (
    batchId: string,
    filter: SheetFilter,
    after: number,
  ): Omit<QueryCommandInput, "TableName"> => ({
    IndexName: filterIndex.name,
    KeyConditionExpression: "#filter = :filter AND #index > :after",
    ExpressionAttributeNames: { "#filter": filterIndex.partitionKey, "#index": filterIndex.sortKey },
    ExpressionAttributeValues: { ":filter": `${batchId}/${filter}`, ":after": after },
  });

  return {
    ...versionedWrites(client, table, sheetTable.partitionKey, itemOf),

    async read(batchId, index) {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: { batch_id: batchId, index }, ConsistentRead: true }),
      );
      return Item ? sheetOf(Item) : null;
    },

    async firstAlike(batchId, content, after) {
      const pages = query({
        IndexName: contentIndex.name,
        KeyConditionExpression: "batch_id = :batch AND #content BETWEEN :from AND :to",
        ExpressionAttributeNames: { "#content": contentIndex.sortKey },
        ExpressionAttributeValues: {
          ":batch": batchId,
          ":from": after === undefined ? `${content}/` : `${contentOrder(content, after)}${AFTER}`,
          ":to": `${content}/${END}`,
        },
        ConsistentRead: true,
        Limit: 1,
      });
      for await (const { Items } of pages) for (const item of Items ?? []) return Number(item.index);
      return null;
    },

    async *all(batchId) {
      for await (const { Items } of query({ ...inOrder(batchId, -1), ConsistentRead: true }))
        if (Items?.length) yield Items.map(sheetOf);
    },

    async list(batchId, limit, after = -1, filter) {
      if (filter === undefined) return first(limit, inOrder(batchId, after));
      if (filter === "failed" || filter === "duplicate" || filter === "unmatched")
        return first(limit, filtered(batchId, filter, after));
      if (filter === "review") {
        const both = await Promise.all([
          first(limit, filtered(batchId, "review", after)),
          first(limit, narrowed(filtered(batchId, "unmatched", after), "needs_review", true)),
        ]);
        return both
          .flat()
          .toSorted((a, b) => a.index - b.index)
          .slice(0, limit);
      }
      return first(limit, narrowed(inOrder(batchId, after), "status", filter));
    },

    async ofTask(owner, taskId, limit, { batch, after } = {}) {
      const within = batch ? batchOrder(batch.id, expiresAt(batch)) : "";
      // It comes back from the caller.
      if (after !== undefined && !(TASK_ORDER.test(after) && after.startsWith(within))) return { sheets: [] };
      const sheets = await first(limit + 1, {
        IndexName: taskIndex.name,
        KeyConditionExpression: "#task = :task AND #order BETWEEN :from AND :to",
        ExpressionAttributeNames: { "#task": taskIndex.partitionKey, "#order": taskIndex.sortKey },
        ExpressionAttributeValues: {
          ":task": `${owner}/${taskId}`,
          ":from": `${after ?? within}${AFTER}`,
          ":to": `${within}${END}`,
        },
      });
      const last = sheets.length > limit ? sheets[limit - 1] : undefined;
      return { sheets: sheets.slice(0, limit), ...(last ? { next: taskOrder(last) } : {}) };
    },
  };
}

/** Only sheets of which an attribute has the value. */
function narrowed(
  input: Omit<QueryCommandInput, "TableName">,
  attribute: "status" | "needs_review",
  value: string | boolean,
): Omit<QueryCommandInput, "TableName"> {
  return {
    ...input,
    FilterExpression: "#sheet.#attribute = :value",
    ExpressionAttributeNames: {
      ...input.ExpressionAttributeNames,
      "#sheet": "sheet",
      "#attribute": attribute,
    },
    ExpressionAttributeValues: { ...input.ExpressionAttributeValues, ":value": value },
  };
}

function itemOf(sheet: Sheet): Record<string, unknown> {
  const { batch_id, index, version, content } = sheet;
  const filter = filterOf(sheet);
  return {
    batch_id,
    index,
    version,
    expires_at: seconds(sheet.expires_at),
    content: contentOrder(content, index),
    ...(filter ? { filter: `${batch_id}/${filter}` } : {}),
    ...(sheet.status === "completed"
      ? { task: `${sheet.owner}/${sheet.task_id}`, task_order: taskOrder(sheet) }
      : {}),
    sheet,
  };
}

/** Those that have completed and need no look are not in the index: they are what is left, and most. */
function filterOf(sheet: Sheet): SheetFilter | null {
  if (sheet.status === "pending") return null;
  if (sheet.status === "completed") return sheet.needs_review ? "review" : null;
  return sheet.status;
}

const sheetOf = (item: Record<string, unknown>): Sheet => sheet.parse(item.sheet);

const digits = (value: number, length: number): string => String(value).padStart(length, "0");
const contentOrder = (content: string, index: number): string => `${content}/${digits(index, INDEX_DIGITS)}`;
/** Newest batch first: what expires last was booked last. */
const batchOrder = (batchId: string, expires: number): string =>
  `${digits(10 ** TIME_DIGITS - 1 - expires, TIME_DIGITS)}/${batchId}/`;
const TASK_ORDER = /^\d{13}\/[0-9a-f-]{36}\/\d{6}$/;
const taskOrder = ({ batch_id, expires_at, index }: Sheet): string =>
  `${batchOrder(batch_id, expires_at)}${digits(index, INDEX_DIGITS)}`;
