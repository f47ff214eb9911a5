import "../support/handler-environment.ts";
import { HeadObjectCommand, NotFound, S3Client } from "@aws-sdk/client-s3";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { archiveKey, pageKey } from "../../contract/object-keys.ts";
import type { Batch } from "../../core/batches/batch.ts";
import { handler as bury } from "../../lambdas/bury/handler.ts";
import { pagesOf } from "../../lambdas/scans-messages.ts";
import { eachMessage, PutOff } from "../../lambdas/sqs.ts";
import { handler as sweep } from "../../lambdas/sweep/handler.ts";
import {
  BATCH_ID,
  bookedBatch,
  expandingBatch,
  pendingSheet,
  processingBatch,
} from "../support/batch-builders.ts";
import { bookedJob, completedJob, JOB_ID } from "../support/builders.ts";
import { lambdaContext, s3Event, sqsEvent } from "../support/events.ts";
import { logLines, outputOf } from "../support/output.ts";

const dynamoDb = mockClient(DynamoDBDocumentClient);
const s3 = mockClient(S3Client);
const sqs = mockClient(SQSClient);
beforeEach(() => {
  for (const client of [dynamoDb, s3, sqs]) client.reset();
});

const request = (page: number) => JSON.stringify({ type: "read_page", job_id: JOB_ID, page });

describe("a message of the queue", () => {
  const original = pageKey(JOB_ID, 2, "original");
  it.each<[string, string, unknown]>([
    ["S3's event about a photo", s3Event(original), [{ jobId: JOB_ID, page: 2 }]],
    [
      "the same with its key URL-encoded",
      s3Event(encodeURIComponent(original)),
      [{ jobId: JOB_ID, page: 2 }],
    ],
    [
      "a multipart upload's event",
      s3Event(original, "ObjectCreated:CompleteMultipartUpload"),
      [{ jobId: JOB_ID, page: 2 }],
    ],
    ["our own request", request(3), [{ jobId: JOB_ID, page: 3 }]],
    [
      "S3's test event",
      JSON.stringify({ Service: "Amazon S3", Event: "s3:TestEvent", Bucket: "photos" }),
      [],
    ],
    ["an event about a removal", s3Event(original, "ObjectRemoved:Delete"), []],
    ["an event about another object", s3Event(pageKey(JOB_ID, 2, "image")), []],
    ["a key that S3 cannot have written", s3Event("scans/%E0%A4%A"), []],
    ["something else's JSON", JSON.stringify({ hello: "world" }), null],
    ["no JSON", "hello", null],
    ["a request about no page", request(0), null],
  ])("of %s names its pages", (_, body, pages) => {
    expect(pagesOf(body)).toEqual(pages);
  });
});

describe("a batch of messages", () => {
  it("answers which failed, so that those and only those come again", async () => {
    const onFailure = vi.fn(async () => undefined);
    const { result, output } = await outputOf(() =>
      eachMessage(
        sqsEvent("good", "bad", "good", "bad"),
        async ({ body }) => {
          if (body === "bad") throw new Error("Mrs Miller's label");
        },
        onFailure,
      ),
    );
    expect(result).toMatchObject({
      value: { batchItemFailures: [{ itemIdentifier: "message-2" }, { itemIdentifier: "message-4" }] },
    });
    expect(onFailure).toHaveBeenCalledTimes(2);
    expect(logLines(output).map(({ message_id }) => message_id)).toEqual(["message-2", "message-4"]);
    expect(output).not.toContain("Miller");
  });

  it("logs no error about a message that is only put off", async () => {
    const onFailure = vi.fn(async () => undefined);
    const { result, output } = await outputOf(() =>
      eachMessage(sqsEvent("held"), () => Promise.reject(new PutOff(12)), onFailure),
    );
    expect(result).toMatchObject({ value: { batchItemFailures: [{ itemIdentifier: "message-1" }] } });
    expect(logLines(output)).toMatchObject([{ level: "INFO", message: "message_put_off", seconds: 12 }]);
    expect(onFailure).toHaveBeenCalledWith(expect.anything(), expect.any(PutOff));
  });

  it("is not failed by what is done about a failure", async () => {
    const { result } = await outputOf(() =>
      eachMessage(
        sqsEvent("bad"),
        () => Promise.reject(new Error()),
        () => Promise.reject(new Error()),
      ),
    );
    expect(result).toMatchObject({ value: { batchItemFailures: [{ itemIdentifier: "message-1" }] } });
  });
});

describe("the bury function", () => {
  const buried = async (...bodies: string[]) => {
    const { result, output } = await outputOf(async () => bury(sqsEvent(...bodies), lambdaContext()));
    if (result.status === "rejected") throw result.reason;
    return { answer: result.value, lines: logLines(output) };
  };

  it("records on its job what the queue gave up on", async () => {
    dynamoDb.on(GetCommand).resolves({ Item: { job: bookedJob() } });
    dynamoDb.on(PutCommand).resolves({});
    const { answer, lines } = await buried(s3Event(pageKey(JOB_ID, 1, "original")));
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(dynamoDb.commandCalls(PutCommand)[0]?.args[0].input.Item).toMatchObject({
      job: { status: "failed", error: { code: "attempts_exhausted", page: 1 } },
    });
    expect(lines).toMatchObject([{ message: "buried", job_id: JOB_ID, page: 1, ended: true }]);
  });

  it("takes a message that names no job, once, and says that it was there", async () => {
    const { answer, lines } = await buried("hello Mrs Miller");
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(lines).toMatchObject([
      { level: "ERROR", message: "buried_unreadable_message", message_id: "message-1" },
    ]);
  });

  it("gives back only what it could not record", async () => {
    dynamoDb
      .on(GetCommand)
      .rejectsOnce(new Error("throttled"))
      .resolves({ Item: { job: completedJob() } });
    const { answer } = await buried(request(1), request(1));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "message-1" }] });
  });
});

describe("the bury function about batches", () => {
  const buried = async (body: string) => {
    const { result, output } = await outputOf(async () => bury(sqsEvent(body), lambdaContext()));
    if (result.status === "rejected") throw result.reason;
    return { answer: result.value, lines: logLines(output) };
  };
  const batchIs = (batch: Batch) =>
    dynamoDb.on(GetCommand, { TableName: "Batches" }).resolves({ Item: { batch } });
  const writtenTo = (table: string) =>
    dynamoDb
      .commandCalls(PutCommand)
      .map(({ args }) => args[0].input)
      .filter(({ TableName }) => TableName === table)
      .map(({ Item }) => Item);

  it("records on its sheet what the queue gave up on, and counts it", async () => {
    batchIs(processingBatch(2));
    dynamoDb.on(GetCommand, { TableName: "Sheets" }).resolves({ Item: { sheet: pendingSheet() } });
    dynamoDb.on(PutCommand).resolves({});
    dynamoDb.on(UpdateCommand).resolves({ Attributes: { failed: 1 } });
    const { answer, lines } = await buried(
      JSON.stringify({ type: "read_sheet", batch_id: BATCH_ID, index: 0 }),
    );
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(writtenTo("Sheets")).toMatchObject([
      { sheet: { status: "failed", reason: "attempts_exhausted" } },
    ]);
    expect(dynamoDb.commandCalls(UpdateCommand)).toHaveLength(1);
    expect(lines).toMatchObject([{ message: "buried", batch_id: BATCH_ID, sheet: 0, ended: true }]);
  });

  it("has an archive listed that S3 told of in vain", async () => {
    batchIs(bookedBatch());
    dynamoDb.on(PutCommand).resolves({});
    const { answer, lines } = await buried(s3Event(archiveKey(BATCH_ID)));
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(writtenTo("Batches")).toMatchObject([
      { due_at: expect.any(Number), batch: { status: "expanding" } },
    ]);
    expect(lines).toMatchObject([{ message: "buried", batch_id: BATCH_ID, begun: true }]);
  });

  it("leaves to the sweeper what it sent for itself", async () => {
    const { answer, lines } = await buried(
      JSON.stringify({ type: "recount_batch", batch_id: BATCH_ID, resend: false }),
    );
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(dynamoDb.calls()).toHaveLength(0);
    expect(lines).toMatchObject([{ message: "buried", kind: "recount", begun: false }]);
  });
});

describe("the sweep function", () => {
  const swept = async (event: unknown) => outputOf(async () => sweep(event, lambdaContext()));
  const dueOnce = () => {
    dynamoDb.on(QueryCommand).resolves({ Items: [] });
    dynamoDb
      .on(QueryCommand, { TableName: "Jobs" })
      .resolvesOnce({ Items: [{ job_id: JOB_ID }] })
      .resolves({ Items: [] });
  };
  const noBatches = { looked_at: 0, ended: 0, sent: 0, failed: 0 };

  it("reports and logs what it did", async () => {
    dueOnce();
    dynamoDb.on(GetCommand).resolves({ Item: { job: bookedJob() } });
    dynamoDb.on(PutCommand).resolves({});
    s3.on(HeadObjectCommand).rejects(new NotFound({ message: "", $metadata: {} }));
    const { result, output } = await swept({});
    const report = { looked_at: 1, ended: 1, sent: 0, removed: 0, failed: 0 };
    expect(result).toMatchObject({ value: { scans: report, batches: noBatches } });
    const lines = logLines(output).toSorted((a, b) => (String(a.message) < String(b.message) ? -1 : 1));
    expect(lines).toMatchObject([
      { message: "sweep", scope: "due", ...report },
      { message: "sweep_batches", scope: "due", ...noBatches },
    ]);
  });

  it("sends for the expander of a batch that nobody lists", async () => {
    dynamoDb.on(QueryCommand).resolves({ Items: [] });
    dynamoDb
      .on(QueryCommand, { TableName: "Batches" })
      .resolvesOnce({ Items: [{ batch_id: BATCH_ID }] })
      .resolves({ Items: [] });
    dynamoDb
      .on(GetCommand, { TableName: "Batches", Key: { batch_id: BATCH_ID, part: "tally" } })
      .resolves({});
    dynamoDb
      .on(GetCommand, { TableName: "Batches", Key: { batch_id: BATCH_ID, part: "batch" } })
      .resolves({ Item: { batch: expandingBatch() } });
    dynamoDb.on(PutCommand).resolves({});
    sqs.on(SendMessageBatchCommand).resolves({});
    const { result } = await swept({});
    expect(result).toMatchObject({ value: { batches: { looked_at: 1, sent: 1 } } });
    const [call] = sqs.commandCalls(SendMessageBatchCommand);
    expect(call?.args[0].input).toMatchObject({
      QueueUrl: "https://sqs.us-east-1.amazonaws.com/123456789012/batches",
      Entries: [{ MessageBody: JSON.stringify({ type: "expand_batch", batch_id: BATCH_ID }) }],
    });
  });

  it("sees to the scans when the batches cannot be found, and the other way round, and fails", async () => {
    dynamoDb.on(QueryCommand, { TableName: "Jobs" }).resolves({ Items: [] });
    dynamoDb.on(QueryCommand, { TableName: "Batches" }).rejects(new Error("throttled"));
    const { result, output } = await swept({});
    expect(result.status).toBe("rejected");
    expect(
      logLines(output)
        .map(({ message }) => message)
        .toSorted(),
    ).toEqual(["sweep", "sweep_batches_failed"]);
  });

  it("fails, for the alarm to see, when a job could not be looked at, after it has seen to the others", async () => {
    dueOnce();
    dynamoDb.on(GetCommand).rejects(new Error("throttled"));
    const { result, output } = await swept({ scope: "due" });
    expect(result.status).toBe("rejected");
    expect(logLines(output).find(({ message }) => message === "sweep")).toMatchObject({ failed: 1 });
  });

  it("looks at everything unfinished when told to, and refuses what it does not understand", async () => {
    dynamoDb.on(QueryCommand).resolves({ Items: [] });
    await swept({ scope: "all" });
    const [call] = dynamoDb.commandCalls(QueryCommand);
    expect(call?.args[0].input.ExpressionAttributeValues?.[":at"]).toBe(Number.MAX_SAFE_INTEGER);
    expect((await swept({ scope: "some" })).result.status).toBe("rejected");
  });
});
