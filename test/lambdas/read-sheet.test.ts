import "../support/handler-environment.ts";
import { readFile } from "node:fs/promises";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ChangeMessageVisibilityCommand, SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { archiveKey, sheetImageKey } from "../../contract/object-keys.ts";
import { type Batch, expiresAt } from "../../core/batches/batch.ts";
import { claim, type Sheet } from "../../core/batches/sheet.ts";
import { handler } from "../../lambdas/read-sheet/handler.ts";
import { packed } from "../batches/sheet-zip.ts";
import { BATCH_ID, pendingSheet, processingBatch } from "../support/batch-builders.ts";
import { lambdaContext, sqsEvent } from "../support/events.ts";
import { logLines, outputOf } from "../support/output.ts";

/** The container's other handler with its real reader, over mocked AWS clients. */

const dynamoDb = mockClient(DynamoDBDocumentClient);
const s3 = mockClient(S3Client);
const sqs = mockClient(SQSClient);
const NAME = "Mrs Miller/sheet 1.jpg";
const MESSAGE = JSON.stringify({ type: "read_sheet", batch_id: BATCH_ID, index: 0 });

let batch: Batch;
let sheet: Sheet;
function sheetOf(bytes: Uint8Array): void {
  const { archive, entries } = packed([bytes]);
  const [entry] = entries;
  if (!entry) throw new Error("nothing packed");
  const now = Date.now();
  const task = { upload_type: "zip_no_qr", task_id: "12345678" } as const;
  batch = { ...processingBatch(1, task, now), archive: { etag: '"e"', size: archive.length } };
  sheet = pendingSheet({ ...entry, name: NAME, expires_at: expiresAt(batch) });
  const Body = { transformToByteArray: async () => new Uint8Array(archive) } as never;
  s3.on(GetObjectCommand).resolves({ Body });
}

beforeEach(() => {
  for (const client of [dynamoDb, s3, sqs]) client.reset();
  dynamoDb.on(GetCommand, { TableName: "Batches" }).callsFake(() => ({ Item: { batch } }));
  dynamoDb
    .on(GetCommand, { TableName: "Sheets" })
    .callsFake(() => ({ Item: { sheet: structuredClone(sheet) } }));
  dynamoDb.on(PutCommand).callsFake(({ TableName, Item }) => {
    if (TableName === "Sheets") sheet = structuredClone(Item.sheet);
    return {};
  });
  dynamoDb.on(QueryCommand).resolves({ Items: [] });
  dynamoDb.on(UpdateCommand).resolves({ Attributes: { completed: 1 } });
  s3.on(PutObjectCommand).resolves({});
  sqs.on(SendMessageBatchCommand).resolves({});
  sqs.on(ChangeMessageVisibilityCommand).resolves({});
});

async function work(body = MESSAGE) {
  const { output, result } = await outputOf(async () => handler(sqsEvent(body), lambdaContext()));
  if (result.status === "rejected") throw result.reason;
  return { failures: result.value.batchItemFailures, output, lines: logLines(output) };
}

describe("the reader of sheets", () => {
  it("takes a real sheet from its message to its result, its pictures, its count and the recount", async () => {
    const photo = await readFile(new URL("../fixtures/samples/lisinopril.jpg", import.meta.url));
    sheetOf(photo);
    const { failures, lines, output } = await work();
    expect(failures).toEqual([]);
    expect(sheet).toMatchObject({ status: "completed", task_id: "12345678" });

    expect(s3.commandCalls(GetObjectCommand).map(({ args }) => args[0].input)).toEqual([
      {
        Bucket: "photos",
        Key: archiveKey(BATCH_ID),
        IfMatch: '"e"',
        Range: expect.stringMatching(/^bytes=0-\d+$/),
      },
    ]);
    expect(s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input.Key)).toEqual([
      sheetImageKey(BATCH_ID, 0, "image"),
      sheetImageKey(BATCH_ID, 0, "thumbnail"),
    ]);
    const tables = dynamoDb.commandCalls(PutCommand).map(({ args }) => args[0].input.TableName);
    // Claimed, its result kept, and only then ended.
    expect(tables).toEqual(["Sheets", "SheetResults", "Sheets"]);
    expect(sqs.commandCalls(SendMessageBatchCommand).map(({ args }) => args[0].input)).toMatchObject([
      {
        QueueUrl: process.env.BATCHES_QUEUE_URL,
        Entries: [{ MessageBody: expect.stringContaining("recount") }],
      },
    ]);
    expect(lines).toMatchObject([
      {
        message: "read_sheet",
        batch_id: BATCH_ID,
        sheet: 0,
        kind: "ended",
        status: "completed",
        bytes: photo.length,
        ms: expect.any(Number),
      },
    ]);
    for (const word of ["Miller", "Lisinopril", "12345678"]) expect(output).not.toContain(word);
  }, 60_000);

  it("puts a message off while another has the sheet, until that one's lease is over", async () => {
    sheetOf(Buffer.from("x"));
    const held = claim(sheet, Date.now(), 70_000);
    if (held.kind === "read") sheet = held.sheet;
    const { failures, lines } = await work();
    expect(failures).toEqual([{ itemIdentifier: "message-1" }]);
    expect(lines).toMatchObject([
      { message: "read_sheet", kind: "held" },
      { level: "INFO", message: "message_put_off" },
    ]);
    const [call] = sqs.commandCalls(ChangeMessageVisibilityCommand);
    expect(call?.args[0].input.QueueUrl).toBe(process.env.SHEETS_QUEUE_URL);
    expect(call?.args[0].input.VisibilityTimeout).toBeGreaterThan(60);
    expect(call?.args[0].input.VisibilityTimeout).toBeLessThanOrEqual(70);
  });

  it("has a message come again soon when a store does not answer, and says nothing of the sheet", async () => {
    sheetOf(Buffer.from("x"));
    s3.on(GetObjectCommand).rejects(new Error(`no ${NAME}`));
    const { failures, output } = await work();
    expect(failures).toHaveLength(1);
    expect(sheet).toMatchObject({ status: "pending", attempts: 1, lease: null });
    expect(sqs.commandCalls(ChangeMessageVisibilityCommand)[0]?.args[0].input.VisibilityTimeout).toBe(5);
    expect(output).not.toContain("Miller");
  });

  it.each(["hello Mrs Miller", "{}", JSON.stringify({ type: "read_page", job_id: BATCH_ID, page: 1 })])(
    "leaves to the dead letters what is no message of ours: %#",
    async (body) => {
      const { failures, output } = await work(body);
      expect(failures).toHaveLength(1);
      expect(output).toContain("UnreadableMessage");
      expect(output).not.toContain("Miller");
    },
  );
});
