import "../support/handler-environment.ts";
import { GetObjectCommand, HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ChangeMessageVisibilityCommand, SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { archiveKey } from "../../contract/object-keys.ts";
import type { Batch } from "../../core/batches/batch.ts";
import { batchWorkOf } from "../../lambdas/batches-messages.ts";
import { handler } from "../../lambdas/expand-batch/handler.ts";
import { BATCH_ID, bookedBatch } from "../support/batch-builders.ts";
import { lambdaContext, s3Event, sqsEvent } from "../support/events.ts";
import { logLines, outputOf } from "../support/output.ts";
import { makeZip } from "../support/zip-bytes.ts";

const NAME = "Mrs Miller.jpg";
const KEY = archiveKey(BATCH_ID);
const expandMessage = JSON.stringify({ type: "expand_batch", batch_id: BATCH_ID });
const recountMessage = JSON.stringify({ type: "recount_batch", batch_id: BATCH_ID, resend: true });

describe("a message of the queue of batches", () => {
  it.each<[string, string, unknown]>([
    [
      "S3's event about a ZIP",
      s3Event(KEY, "ObjectCreated:CompleteMultipartUpload"),
      [{ kind: "arrived", batchId: BATCH_ID }],
    ],
    [
      "the same with its key URL-encoded",
      s3Event(encodeURIComponent(KEY)),
      [{ kind: "arrived", batchId: BATCH_ID }],
    ],
    ["our own request to list", expandMessage, [{ kind: "expand", batchId: BATCH_ID }]],
    ["our own request to count", recountMessage, [{ kind: "recount", batchId: BATCH_ID, resend: true }]],
    ["S3's test event", JSON.stringify({ Event: "s3:TestEvent" }), []],
    ["an event about a removal", s3Event(KEY, "ObjectRemoved:Delete"), []],
    ["an event about another object", s3Event(`${KEY}s`), []],
    ["a key that S3 cannot have written", s3Event("batches/%E0%A4%A"), []],
    ["something else's JSON", JSON.stringify({ hello: "world" }), null],
    ["no JSON", "hello", null],
  ])("that is %s says what to do", (_, body, work) => {
    expect(batchWorkOf(body)).toEqual(work);
  });
});

describe("the expander", () => {
  const dynamoDb = mockClient(DynamoDBDocumentClient);
  const s3 = mockClient(S3Client);
  const sqs = mockClient(SQSClient);
  const archive = makeZip({
    entries: [
      { name: NAME, content: "scan" },
      { name: "b.jpg", content: "scan", flags: 1 },
    ],
  });
  let batch: Batch;

  beforeEach(() => {
    for (const client of [dynamoDb, s3, sqs]) client.reset();
    batch = bookedBatch({ size: archive.length }, Date.now());
    dynamoDb
      .on(GetCommand, { TableName: "Batches" })
      .callsFake(({ Key }) => (Key.part === "batch" ? { Item: { batch } } : { Item: { failed: 1 } }));
    dynamoDb.on(PutCommand).callsFake(({ TableName, Item }) => {
      if (TableName === "Batches") batch = structuredClone(Item.batch);
      return {};
    });
    dynamoDb.on(UpdateCommand).resolves({ Attributes: { failed: 1 } });
    s3.on(HeadObjectCommand).resolves({ ContentLength: archive.length, ETag: '"e-2"' });
    s3.on(GetObjectCommand).callsFake(({ Range }) => {
      const [, from = 0, to = 0] = /^bytes=(\d+)-(\d+)$/.exec(Range)?.map(Number) ?? [];
      return { Body: { transformToByteArray: async () => new Uint8Array(archive.subarray(from, to + 1)) } };
    });
    sqs.on(SendMessageBatchCommand).resolves({});
    sqs.on(ChangeMessageVisibilityCommand).resolves({});
  });

  async function work(...bodies: string[]) {
    const { output, result } = await outputOf(async () =>
      handler(sqsEvent(...bodies), lambdaContext(290_000)),
    );
    if (result.status === "rejected") throw result.reason;
    return { failures: result.value.batchItemFailures, output, lines: logLines(output) };
  }

  it("takes a ZIP from S3's event to its sheets and their messages", async () => {
    const { failures, lines, output } = await work(s3Event(KEY, "ObjectCreated:CompleteMultipartUpload"));
    expect(failures).toEqual([]);
    expect(batch).toMatchObject({
      status: "processing",
      archive: { etag: '"e-2"' },
      listing: { sheets: 2, done: true },
    });
    const sheets = dynamoDb
      .commandCalls(PutCommand, { TableName: "Sheets" })
      .map(({ args }) => args[0].input);
    expect(sheets).toMatchObject([
      {
        ConditionExpression: "attribute_not_exists(batch_id)",
        Item: { sheet: { index: 0, status: "pending", name: NAME } },
      },
      { Item: { sheet: { index: 1, status: "failed", reason: "entry_encrypted" } } },
    ]);
    const sent = sqs.commandCalls(SendMessageBatchCommand).map(({ args }) => args[0].input);
    expect(sent).toEqual([
      {
        QueueUrl: process.env.SHEETS_QUEUE_URL,
        Entries: [
          { Id: "0", MessageBody: JSON.stringify({ type: "read_sheet", batch_id: BATCH_ID, index: 0 }) },
        ],
      },
    ]);
    expect(lines).toEqual([
      expect.objectContaining({ message: "expand_batch", batch_id: BATCH_ID, outcome: "listed", sheets: 2 }),
    ]);
    expect(output).not.toContain("Miller");
  });

  it("reads the archive only as it was when it was opened", async () => {
    await work(s3Event(KEY));
    const gets = s3.commandCalls(GetObjectCommand).map(({ args }) => args[0].input);
    expect(gets.length).toBeGreaterThan(0);
    for (const get of gets) expect(get).toMatchObject({ Bucket: "photos", Key: KEY, IfMatch: '"e-2"' });
  });

  it("goes on listing when it is asked to count what is not listed", async () => {
    batch = { ...batch, status: "expanding", reading: { began_at: 0, ended: 0 } };
    const { lines } = await work(recountMessage);
    expect(lines).toEqual([expect.objectContaining({ message: "expand_batch", outcome: "listed" })]);
    const [, recount] = sqs.commandCalls(SendMessageBatchCommand).map(({ args }) => args[0].input);
    expect(recount).toEqual({
      QueueUrl: process.env.BATCHES_QUEUE_URL,
      Entries: [{ Id: "0", MessageBody: recountMessage }],
    });
  });

  it("has a message come again soon when a store does not answer, and the others are not held up by it", async () => {
    s3.on(HeadObjectCommand).rejects(new Error("Mrs Miller's archive"));
    const { failures, output } = await work(
      s3Event(KEY),
      "no message",
      JSON.stringify({ Event: "s3:TestEvent" }),
    );
    expect(failures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(["message-1", "message-2"]);
    expect(batch).toMatchObject({ status: "expanding", lease: null, attempts: 1 });
    expect(sqs.commandCalls(ChangeMessageVisibilityCommand)[0]?.args[0].input).toMatchObject({
      QueueUrl: process.env.BATCHES_QUEUE_URL,
      VisibilityTimeout: 10,
    });
    expect(output).not.toContain("Miller");
  });
});
