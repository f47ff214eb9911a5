import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it } from "vitest";
import { batchStore, tallyStore } from "../../aws/batch-table.ts";
import { sheetResultStore } from "../../aws/sheet-result-table.ts";
import { sheetStore } from "../../aws/sheet-table.ts";
import { expiresAt } from "../../core/batches/batch.ts";
import { synthesize } from "../../lib/synthesize.ts";
import { startDynamoDb } from "../../local/dynamodb.ts";
import { wiringOf } from "../../local/template.ts";
import { bookedBatch, pendingSheet, resultOf } from "../support/batch-builders.ts";
import { batchStoresKeepTheirPromises } from "../support/batch-stores-contract.ts";
import { T0 } from "../support/builders.ts";

const CONFIG = { region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } };

/** The tables of the synthesized template, over DynamoDB's own protocol. */
let client: DynamoDBDocumentClient;
const names = { batches: "", sheets: "", results: "" };

batchStoresKeepTheirPromises("DynamoDB", async () => {
  const { tables, functions } = wiringOf(synthesize());
  const reader = functions.find(({ name }) => name === "read-sheet");
  if (!reader) throw new Error("nobody reads sheets");
  const tableOf = (variable: string) => (reader.environment[variable] as { Ref: string }).Ref;
  names.batches = tableOf("BATCH_TABLE");
  names.sheets = tableOf("SHEET_TABLE");
  names.results = tableOf("SHEET_RESULT_TABLE");
  const server = await startDynamoDb(tables, CONFIG);
  client = DynamoDBDocumentClient.from(new DynamoDBClient({ ...CONFIG, endpoint: server.url }), {
    marshallOptions: { removeUndefinedValues: true },
  });
  return {
    batches: batchStore(client, names.batches),
    tally: tallyStore(client, names.batches),
    sheets: sheetStore(client, names.sheets),
    results: sheetResultStore(client, names.results),
    close: async () => {
      client.destroy();
      await server.close();
    },
  };
});

describe("an item", () => {
  it("of a batch, its tally, a sheet or a result says when DynamoDB may remove it: with its batch", async () => {
    const batch = bookedBatch({ id: randomUUID() }, T0 + 1);
    const expires_at = expiresAt(batch);
    const key = { batch_id: batch.id, index: 0 };
    await batchStore(client, names.batches).create(batch);
    await tallyStore(client, names.batches).add(batch.id, { completed: 1 }, expires_at);
    await sheetStore(client, names.sheets).create(pendingSheet({ batch_id: batch.id, expires_at }));
    await sheetResultStore(client, names.results).put(batch.id, 0, resultOf(), expires_at);
    for (const [TableName, Key] of [
      [names.batches, { batch_id: batch.id, part: "batch" }],
      [names.batches, { batch_id: batch.id, part: "tally" }],
      [names.sheets, key],
      [names.results, key],
    ] as const) {
      const { Item } = await client.send(new GetCommand({ TableName, Key }));
      expect(Item?.expires_at).toBe(Math.ceil(expires_at / 1000));
    }
  });
});

describe("a page token that was made up", () => {
  it.each(["", "~", "zzz", "9".repeat(2000), `9999999999999/${randomUUID()}/000000`])(
    "finds nothing, and is no error: %#",
    async (after) => {
      const sheets = sheetStore(client, names.sheets);
      expect(await sheets.ofTask("nurse", "12345678", 5, { after })).toEqual({ sheets: [] });
      const batch = { id: randomUUID(), created_at: T0 };
      expect(await sheets.ofTask("nurse", "12345678", 5, { after, batch })).toEqual({ sheets: [] });
    },
  );
});

describe("the text of a sheet", () => {
  it("that is longer than any sheet's is cut, so that the result fits into an item", async () => {
    const results = sheetResultStore(client, names.results);
    const id = randomUUID();
    // Noise does not pack: the worst there is.
    const noise = Array.from({ length: 700_000 }, (_, n) =>
      String.fromCharCode(0x3000 + ((n * n * 7919 + n) % 20_000)),
    );
    await results.put(id, 0, resultOf("Lisinopril", noise.join("")), T0);
    const found = (await results.get(id, [0])).get(0);
    expect(found?.text).toBe(noise.slice(0, 60_000).join(""));
    expect(found?.results).toEqual(resultOf().results);
  });
});
