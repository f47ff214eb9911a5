import { gzipSync } from "node:zlib";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, HeadObjectCommand, S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { archiveStore } from "../../aws/archive-store.ts";
import { batchStore, tallyStore } from "../../aws/batch-table.ts";
import { batchesQueue, sheetsQueue } from "../../aws/queues.ts";
import { sheetResultStore } from "../../aws/sheet-result-table.ts";
import { sheetStore } from "../../aws/sheet-table.ts";
import { ArchiveChanged } from "../../core/batches/stores.ts";
import { BATCH_ID, bookedBatch, endedSheet, pendingSheet, resultOf } from "../support/batch-builders.ts";
import { T0 } from "../support/builders.ts";

/** The very requests that leave for AWS. */

const dynamoDb = mockClient(DynamoDBDocumentClient);
const s3 = mockClient(S3Client);
const sqs = mockClient(SQSClient);
const table = DynamoDBDocumentClient.from(new DynamoDBClient({ region: "us-east-1" }));
const sheets = sheetStore(table, "Sheets");
const results = sheetResultStore(table, "Results");
const archives = archiveStore(new S3Client({ region: "us-east-1" }), "bucket");
const EXPIRES = (T0 + 30 * 24 * 3600_000) / 1000;

beforeEach(() => {
  for (const client of [dynamoDb, s3, sqs]) client.reset();
});
const putItem = () => dynamoDb.commandCalls(PutCommand).at(-1)?.args[0].input;

describe("batches", () => {
  it("are created under the condition that there is none, with what the indexes and the expiry need", async () => {
    dynamoDb.on(PutCommand).resolves({});
    const batch = bookedBatch();
    await batchStore(table, "Batches").create(batch);
    expect(putItem()).toEqual({
      TableName: "Batches",
      Item: {
        batch_id: BATCH_ID,
        part: "batch",
        version: 1,
        owner: "nurse",
        created_at: T0,
        expires_at: EXPIRES,
        open: expect.stringMatching(/^[0-3]$/),
        due_at: batch.due_at,
        batch,
      },
      ConditionExpression: "attribute_not_exists(batch_id)",
    });
  });

  it("are counted by adding, which any number of workers may do at once", async () => {
    dynamoDb.on(UpdateCommand).resolves({ Attributes: { completed: 4, failed: 1 } });
    expect(await tallyStore(table, "Batches").add(BATCH_ID, { failed: 1 }, EXPIRES * 1000)).toEqual({
      completed: 4,
      failed: 1,
      duplicate: 0,
      unmatched: 0,
    });
    expect(dynamoDb.commandCalls(UpdateCommand)[0]?.args[0].input).toEqual({
      TableName: "Batches",
      Key: { batch_id: BATCH_ID, part: "tally" },
      UpdateExpression:
        "ADD completed :completed, failed :failed, duplicate :duplicate, unmatched :unmatched SET expires_at = :expires",
      ExpressionAttributeValues: {
        ":completed": 0,
        ":failed": 1,
        ":duplicate": 0,
        ":unmatched": 0,
        ":expires": EXPIRES,
      },
      ReturnValues: "ALL_NEW",
    });
  });
});

describe("sheets", () => {
  it.each([
    ["that wait", pendingSheet({ index: 7 }), {}],
    [
      "that are done",
      endedSheet({ status: "completed", task_id: "12345678", needs_review: false }, { index: 7 }),
      { task: "nurse/12345678", task_order: `${9_999_999_999_999 - EXPIRES * 1000}/${BATCH_ID}/000007` },
    ],
    [
      "that failed",
      endedSheet({ status: "failed", reason: "image_damaged" }, { index: 7 }),
      { filter: `${BATCH_ID}/failed` },
    ],
  ])("%s have beside them what the indexes need, and no more", async (_, sheet, more) => {
    dynamoDb.on(PutCommand).resolves({});
    await sheets.replace({ ...sheet, version: 2 });
    expect(putItem()).toEqual({
      TableName: "Sheets",
      Item: {
        batch_id: BATCH_ID,
        index: 7,
        version: 2,
        expires_at: EXPIRES,
        content: "c-7/000007",
        ...more,
        sheet: { ...sheet, version: 2 },
      },
      ConditionExpression: "version = :before",
      ExpressionAttributeValues: { ":before": 1 },
    });
  });

  it("alike are looked for in a consistent read: one that is booked is never overlooked", async () => {
    dynamoDb.on(QueryCommand).resolves({ Items: [{ batch_id: BATCH_ID, index: 3 }] });
    expect(await sheets.firstAlike(BATCH_ID, "5a-100", 2)).toBe(3);
    expect(dynamoDb.commandCalls(QueryCommand)[0]?.args[0].input).toMatchObject({
      IndexName: "contents",
      ConsistentRead: true,
      Limit: 1,
      ExpressionAttributeValues: { ":from": "5a-100/000002!", ":to": "5a-100/~" },
    });
  });
});

describe("results", () => {
  const item = (index: number) => {
    const { result: _, ...kept } = resultOf();
    return { batch_id: BATCH_ID, index, result: new Uint8Array(gzipSync(JSON.stringify(kept))) };
  };
  const keys = () =>
    dynamoDb
      .commandCalls(BatchGetCommand)
      .map(({ args }) => args[0].input.RequestItems?.Results?.Keys?.map(({ index }) => index));

  it("are asked for a hundred at a time, and again where DynamoDB left some undone", async () => {
    dynamoDb
      .on(BatchGetCommand)
      .resolvesOnce({
        Responses: { Results: [item(0)] },
        UnprocessedKeys: { Results: { Keys: [{ batch_id: BATCH_ID, index: 1 }] } },
      })
      .resolvesOnce({ Responses: { Results: [item(1)] } })
      .resolves({ Responses: { Results: [] } });
    const indexes = Array.from({ length: 101 }, (_, n) => n);
    expect([...(await results.get(BATCH_ID, indexes)).keys()]).toEqual([0, 1]);
    expect(keys()).toEqual([indexes.slice(0, 100), [1], [100]]);
  });

  it("that DynamoDB leaves undone for good are an error, never left out", async () => {
    dynamoDb.on(BatchGetCommand).callsFake(({ RequestItems }) => ({ UnprocessedKeys: RequestItems }));
    await expect(results.get(BATCH_ID, [0])).rejects.toThrow("DynamoDB left 1 results unread");
    expect(keys()).toHaveLength(8);
  }, 15_000);
});

describe("archives", () => {
  const answering = (httpStatusCode: number) =>
    new S3ServiceException({ name: "E", $fault: "client", $metadata: { httpStatusCode } });

  it("are read by range, pinned to their ETag", async () => {
    s3.on(GetObjectCommand).resolves({});
    await archives.range("a", '"e"', 10, 20).catch(() => undefined);
    expect(s3.commandCalls(GetObjectCommand)[0]?.args[0].input).toEqual({
      Bucket: "bucket",
      Key: "a",
      IfMatch: '"e"',
      Range: "bytes=10-19",
    });
  });

  it("that are gone or others are said to be; what else goes wrong may pass, and is not taken for that", async () => {
    for (const status of [404, 412]) {
      s3.on(GetObjectCommand).rejects(answering(status));
      await expect(archives.range("a", '"e"', 0, 1)).rejects.toThrow(ArchiveChanged);
    }
    for (const status of [403, 500, 503]) {
      s3.on(GetObjectCommand).rejects(answering(status));
      await expect(archives.range("a", '"e"', 0, 1)).rejects.not.toThrow(ArchiveChanged);
      s3.on(HeadObjectCommand).rejects(answering(status));
      await expect(archives.head("a")).rejects.toThrow(S3ServiceException);
    }
  });
});

describe("messages about batches and sheets", () => {
  it("go out ten at a time, with ids only", async () => {
    sqs.on(SendMessageBatchCommand).resolves({ Successful: [], Failed: [] });
    const messages = Array.from({ length: 12 }, (_, index) => ({
      type: "read_sheet" as const,
      batch_id: BATCH_ID,
      index,
    }));
    await sheetsQueue(new SQSClient({}), "https://sheets").send(messages);
    await batchesQueue(new SQSClient({}), "https://batches").send([
      { type: "expand_batch", batch_id: BATCH_ID },
    ]);
    const inputs = sqs.commandCalls(SendMessageBatchCommand).map(({ args }) => args[0].input);
    expect(inputs.map(({ QueueUrl, Entries }) => [QueueUrl, Entries?.length])).toEqual([
      ["https://sheets", 10],
      ["https://sheets", 2],
      ["https://batches", 1],
    ]);
    expect(inputs[1]?.Entries?.[1]?.MessageBody).toBe(
      JSON.stringify({ type: "read_sheet", batch_id: BATCH_ID, index: 11 }),
    );
  });
});
