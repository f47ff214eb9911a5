import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { BatchGetCommand, type DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { type SheetResult, sheetResult } from "../contract/batches.ts";
import type { SheetResultStore } from "../core/batches/stores.ts";
import { seconds } from "./items.ts";

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** Keys in one BatchGetItem. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const KEYS_AT_ONCE = 100;
/** Times that keys which DynamoDB left undone are asked for again before that is an error. */
const MAX_TRIES = 8;
const FIRST_PAUSE_MS = 25;
/**
 * Characters of text kept with a result. An item has at most 400 KB
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html); no sheet has this much text.
 */
const MAX_TEXT = 60_000;

/** Everything but what `results` says already. */
const keptResult = sheetResult.omit({ result: true });

/**
 * Results in DynamoDB, packed: writing costs by the kilobyte, and a result is a few kilobytes of JSON that says the
 * same words over and over (docs/decisions/0087).
 */
export function sheetResultStore(client: DynamoDBDocumentClient, table: string): SheetResultStore {
  return {
    async put(batchId, index, { result: _, text, ...rest }, expiresAt) {
      const kept = { ...rest, text: text.slice(0, MAX_TEXT) };
      await client.send(
        new PutCommand({
          TableName: table,
          Item: {
            batch_id: batchId,
            index,
            expires_at: seconds(expiresAt),
            result: await pack(JSON.stringify(kept)),
          },
        }),
      );
    },

    async get(batchId, indexes) {
      const found = new Map<number, SheetResult>();
      for (let at = 0; at < indexes.length; at += KEYS_AT_ONCE) {
        const keys = indexes.slice(at, at + KEYS_AT_ONCE).map((index) => ({ batch_id: batchId, index }));
        for (const item of await items(client, table, keys))
          found.set(item.index, await resultOf(item.result));
      }
      return found;
    },
  };
}

const item = z.object({ index: z.number(), result: z.instanceof(Uint8Array) });

/** DynamoDB answers at most 16 MB at once, and less when it is busy: what it left undone is asked for again. */
async function items(
  client: DynamoDBDocumentClient,
  table: string,
  keys: Record<string, unknown>[],
): Promise<z.output<typeof item>[]> {
  const found: z.output<typeof item>[] = [];
  let left = keys;
  for (let tries = 1; left.length > 0; tries++) {
    if (tries > MAX_TRIES) throw new Error(`DynamoDB left ${left.length} results unread`);
    if (tries > 1) await pause(FIRST_PAUSE_MS * 2 ** (tries - 2));
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetCommand({ RequestItems: { [table]: { Keys: left } } }),
    );
    found.push(...(Responses?.[table] ?? []).map((one) => item.parse(one)));
    left = UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return found;
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * ms));

async function resultOf(packed: Uint8Array): Promise<SheetResult> {
  const kept = keptResult.parse(JSON.parse((await unpack(packed)).toString("utf8")));
  const [result] = kept.results;
  if (!result) throw new Error("a sheet's result has no medication");
  return { ...kept, result };
}
