import "../support/handler-environment.ts";
import { readFile } from "node:fs/promises";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ChangeMessageVisibilityCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { pageKey, readingKey, scanPrefix } from "../../contract/object-keys.ts";
import { pageReading } from "../../contract/reading.ts";
import type { Job } from "../../core/jobs/job.ts";
import { handler } from "../../lambdas/read-page/handler.ts";
import { bookedJob, JOB_ID } from "../support/builders.ts";
import { lambdaContext, s3Event, sqsEvent } from "../support/events.ts";
import { logLines, outputOf } from "../support/output.ts";

/** The container's handler with its real reader, over mocked AWS clients. */

const dynamoDb = mockClient(DynamoDBDocumentClient);
const s3 = mockClient(S3Client);
const sqs = mockClient(SQSClient);
const ORIGINAL = pageKey(JOB_ID, 1, "original");

let job: Job | null;
beforeEach(() => {
  for (const client of [dynamoDb, s3, sqs]) client.reset();
  job = bookedJob({}, Date.now());
  dynamoDb.on(GetCommand).callsFake(() => (job ? { Item: { job: structuredClone(job) } } : {}));
  dynamoDb.on(PutCommand).callsFake(({ TableName, Item }) => {
    if (TableName === "Jobs") job = structuredClone(Item.job);
    return {};
  });
  dynamoDb.on(QueryCommand).resolves({ Items: [] });
  s3.on(PutObjectCommand).resolves({});
  s3.on(ListObjectsV2Command).resolves({ Contents: [] });
  sqs.on(ChangeMessageVisibilityCommand).resolves({});
});

function uploaded(bytes: Uint8Array): void {
  const Body = { transformToByteArray: async () => bytes } as never;
  s3.on(GetObjectCommand).resolves({ Body, ContentLength: bytes.length });
}

async function work(body: string, { receives = 1, remainingMs = 60_000 } = {}) {
  const event = sqsEvent({ body, receives });
  const { output, result } = await outputOf(async () => handler(event, lambdaContext(remainingMs)));
  if (result.status === "rejected") throw result.reason;
  return { failures: result.value.batchItemFailures, output, lines: logLines(output) };
}

describe("the reader's function", () => {
  it("takes a real photo from S3's event to a completed job, and logs nothing that stands on it", async () => {
    const photo = await readFile(new URL("../fixtures/samples/lisinopril.jpg", import.meta.url));
    uploaded(photo);
    const { failures, lines, output } = await work(s3Event(ORIGINAL));
    expect(failures).toEqual([]);
    if (job?.status !== "completed") throw new Error(`the job is ${job?.status}`);
    expect(job.results[0]).toMatchObject({ name: "Lisinopril", dosage: "10 mg" });

    const puts = s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input);
    expect(puts.map(({ Key, ContentType }) => [Key, ContentType]).toSorted()).toEqual([
      [pageKey(JOB_ID, 1, "image"), "image/webp"],
      [readingKey(JOB_ID, 1), "application/json"],
      [pageKey(JOB_ID, 1, "thumbnail"), "image/webp"],
    ]);
    const reading = puts.find(({ Key }) => Key === readingKey(JOB_ID, 1))?.Body;
    const { lines: read } = pageReading.parse(JSON.parse(Buffer.from(reading as Uint8Array).toString()));

    expect(lines).toMatchObject([
      {
        message: "read_page",
        job_id: JOB_ID,
        page: 1,
        kind: "completed",
        bytes: photo.length,
        medications: 1,
        ms: expect.any(Number),
      },
    ]);
    const words = read.flatMap(({ text }) => text.split(/\s+/)).filter((word) => /\p{L}{4}/u.test(word));
    expect(words.length).toBeGreaterThan(10);
    for (const word of words) expect(output).not.toContain(word);
  });

  it("ends the job, and takes the message, when the photo is none", async () => {
    uploaded(Buffer.from("Lisinopril for Mrs Miller"));
    const { failures, lines, output } = await work(s3Event(ORIGINAL));
    expect(failures).toEqual([]);
    expect(job).toMatchObject({ status: "failed", error: { code: "not_an_image", page: 1 } });
    expect(lines).toMatchObject([{ kind: "refused", code: "not_an_image" }]);
    expect(output).not.toContain("Miller");
  });

  it.each([
    [1, 5],
    [2, 30],
    [3, 30],
  ])(
    "asks for the message again soon, and then less soon: after receive %d in %d s",
    async (receives, seconds) => {
      s3.on(GetObjectCommand).rejects(new Error("Mrs Miller cannot be reached"));
      const { failures, output } = await work(s3Event(ORIGINAL), { receives });
      expect(failures).toEqual([{ itemIdentifier: "message-1" }]);
      expect(sqs.commandCalls(ChangeMessageVisibilityCommand)[0]?.args[0].input).toMatchObject({
        ReceiptHandle: "receipt-1",
        VisibilityTimeout: seconds,
      });
      expect(job).toMatchObject({ pages: [{ state: "waiting", attempts: 1 }] });
      expect(output).not.toContain("Miller");
    },
  );

  it("gives the page back before Lambda would kill it with the page in hand", async () => {
    uploaded(await readFile(new URL("../fixtures/samples/lisinopril.jpg", import.meta.url)));
    const { failures } = await work(s3Event(ORIGINAL), { remainingMs: 3_001 });
    expect(failures).toHaveLength(1);
    expect(job).toMatchObject({ pages: [{ state: "waiting", attempts: 1 }] });
  });

  it("takes S3's test event, and leaves what is no message of ours to the dead letters", async () => {
    expect((await work(JSON.stringify({ Event: "s3:TestEvent" }))).failures).toEqual([]);
    const { failures, output } = await work("Lisinopril for Mrs Miller");
    expect(failures).toHaveLength(1);
    expect(output).toContain("UnreadableMessage");
    expect(output).not.toContain("Miller");
  });

  it("removes the photo of a scan that was deleted while it waited", async () => {
    job = null;
    const { failures, lines } = await work(s3Event(ORIGINAL));
    expect(failures).toEqual([]);
    expect(lines).toMatchObject([{ kind: "gone" }]);
    expect(s3.commandCalls(ListObjectsV2Command)[0]?.args[0].input.Prefix).toBe(scanPrefix(JOB_ID));
  });
});
