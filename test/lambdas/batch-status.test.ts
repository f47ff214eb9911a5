import "../support/handler-environment.ts";
import { HeadObjectCommand, NotFound, S3Client } from "@aws-sdk/client-s3";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { batchProgress, retryFailedResponse } from "../../contract/batches.ts";
import { type Batch, cancel, fail } from "../../core/batches/batch.ts";
import { NONE, type Tally } from "../../core/batches/stores.ts";
import { handler } from "../../lambdas/batch-status/handler.ts";
import { handler as retryHandler } from "../../lambdas/retry-batch/handler.ts";
import { ask, problemIn } from "../support/answers.ts";
import {
  BATCH_ID,
  bookedBatch,
  expandingBatch,
  pendingSheet,
  processingBatch,
} from "../support/batch-builders.ts";
import { made, T0 } from "../support/builders.ts";
import { httpEvent } from "../support/events.ts";

const dynamoDb = mockClient(DynamoDBDocumentClient);
const s3 = mockClient(S3Client);
const sqs = mockClient(SQSClient);
beforeEach(() => {
  vi.useFakeTimers({ now: T0 + 10_000, toFake: ["Date"] });
  for (const client of [dynamoDb, s3, sqs]) client.reset();
  dynamoDb.on(PutCommand).resolves({});
  dynamoDb.on(QueryCommand).resolves({ Items: [] });
  sqs.on(SendMessageBatchCommand).resolves({});
});

function there(batch: Batch | null, tally: Partial<Tally> = {}): void {
  const keyed = (part: string) => ({ TableName: "Batches", Key: { batch_id: BATCH_ID, part } });
  dynamoDb.on(GetCommand, keyed("batch")).resolves(batch ? { Item: { batch } } : {});
  dynamoDb.on(GetCommand, keyed("tally")).resolves({ Item: { ...NONE, ...tally } });
}
type More = Parameters<typeof httpEvent>[2];
const get = (path: string, more: More = {}, parameters: Record<string, string> = {}) =>
  ask(handler, httpEvent(`GET /batches/{batch_id}/${path}`, { batch_id: BATCH_ID, ...parameters }, more));
const progress = async (batch: Batch, tally: Partial<Tally> = {}) => {
  there(batch, tally);
  return batchProgress.parse((await get("progress")).body);
};
const ended = (counts: Partial<Tally>, total: number): Batch => ({
  ...processingBatch(total),
  status: "completed_with_errors",
  completed_at: T0 + 5000,
  counts: { total, ...NONE, ...counts, pending: 0 },
});

describe("the progress of a batch", () => {
  it("tells what is done, and how long the rest takes at the rate so far", async () => {
    expect(await progress(processingBatch(100), { completed: 15, failed: 3, unmatched: 2 })).toMatchObject({
      counts: { total: 100, completed: 15, failed: 3, unmatched: 2, duplicate: 0, pending: 80 },
      progress_percentage: 20,
      // 20 sheets in 10 s, 80 to go.
      eta_seconds: 40,
    });
  });

  it("promises nothing from the first two sheets", async () => {
    expect((await progress(processingBatch(100), { completed: 2 })).eta_seconds).toBeUndefined();
  });

  it("is short of 100 until every sheet has been counted, however many seem to be done", async () => {
    for (const completed of [100, 103]) {
      const told = await progress(processingBatch(100), { completed });
      expect(told.progress_percentage).toBe(99.9);
      expect(told.counts).toMatchObject({ total: 100, completed: 100, pending: 0 });
    }
    expect((await progress(ended({ completed: 99, failed: 1 }, 100))).progress_percentage).toBe(100);
  });

  it("adds up when a sheet was counted twice: total is the sum of the rest", async () => {
    const { counts } = await progress(processingBatch(10), { completed: 6, failed: 6 });
    const { total, ...rest } = counts;
    expect(Object.values(rest).reduce((sum, count) => sum + count, 0)).toBe(total);
    expect(counts).toMatchObject({ total: 10, failed: 6, completed: 4 });
  });

  it("of a ZIP that is still listed goes by the directory's own count", async () => {
    const listing = { expected: 210, sheets: 50, skipped: 10, done: false };
    const told = await progress({ ...expandingBatch(), listing } as Batch, { completed: 60 });
    expect(told).toMatchObject({ progress_percentage: 30, counts: { total: 60, pending: 0 } });
  });

  it("is 304 as long as no sheet has ended and nothing else happened", async () => {
    there(processingBatch(10), { completed: 3 });
    const first = await get("progress");
    const headers = { "if-none-match": String(first.headers.ETag) };
    expect(first.headers["Retry-After"]).toBe("1");
    expect((await get("progress", { headers })).status).toBe(304);
    there(processingBatch(10), { completed: 4 });
    expect((await get("progress", { headers })).status).toBe(200);
  });

  it("asks a batch of hours more seldom, and one that has ended not at all", async () => {
    there(processingBatch(100_000), { completed: 20 });
    expect((await get("progress")).headers["Retry-After"]).toBe("10");
    there(ended({ completed: 1 }, 1));
    expect((await get("progress")).headers["Retry-After"]).toBeUndefined();
  });

  it("of a failed batch says why, and shows none of its insides", async () => {
    there(fail(expandingBatch(), "not_a_zip", T0));
    const { body } = await get("progress");
    expect(batchProgress.parse(body)).toMatchObject({ status: "failed", error: { code: "not_a_zip" } });
    for (const inside of ["owner", "nurse", "fence", "lease", "due_at", "fingerprint", "upload_id"])
      expect(JSON.stringify(body)).not.toContain(inside);
  });

  it("of somebody else's batch is 404, like one that never was", async () => {
    there({ ...processingBatch(1), owner: "stranger" });
    const other = problemIn(await get("progress"));
    there(null);
    expect(problemIn(await get("progress"))).toEqual(other);
    expect(other.code).toBe("batch_not_found");
  });
});

describe("the results", () => {
  it("redirect to a file whose name and URL say no person's file name", async () => {
    there(ended({ completed: 2 }, 2));
    const { status, headers } = await get("results", { query: { format: "csv" } });
    const url = new URL(String(headers.Location));
    expect([status, url.pathname]).toEqual([302, `/batches/${BATCH_ID}/results/1.csv`]);
    expect(url.searchParams.get("response-content-disposition")).toBe(
      `attachment; filename="batch-${BATCH_ID}.csv"`,
    );
    expect(String(headers.Location)).not.toContain("ward");
  });

  it.each<[string, () => Batch]>([
    ["being read", () => processingBatch(1)],
    ["stopped", () => made(cancel(processingBatch(1), T0))],
    ["failed", () => fail(expandingBatch(), "not_a_zip", T0)],
  ])("of a batch that is %s are not there", async (_, batch) => {
    there(batch());
    expect(problemIn(await get("results"))).toMatchObject({ status: 409, code: "results_not_ready" });
  });

  it("come in no other format", async () => {
    there(ended({}, 1));
    expect(problemIn(await get("results", { query: { format: "xlsx" } })).code).toBe("invalid_request");
  });
});

describe("the sheets", () => {
  it.each<[string, Record<string, string>, string]>([
    ["an unknown status", { status: "done" }, "invalid_request"],
    ["a task of 7 digits", { task_id: "1234567" }, "invalid_request"],
    ["both at once", { task_id: "12345678", status: "failed" }, "invalid_request"],
    ["a page of 101", { page_size: "101" }, "invalid_request"],
    ["a forged token", { page_token: "eyJ9" }, "invalid_page_token"],
    ["a forged token of a task", { task_id: "12345678", page_token: "fn5-fg" }, "invalid_page_token"],
  ])("are not narrowed to %s", async (_, query, code) => {
    there(processingBatch(3));
    expect(problemIn(await get("sheets", { query })).code).toBe(code);
    expect(dynamoDb.commandCalls(QueryCommand)).toHaveLength(0);
  });

  it("have an address each, and one that is not there is 404", async () => {
    there(processingBatch(3));
    dynamoDb.on(QueryCommand).resolves({ Items: [{ sheet: pendingSheet({ index: 2 }) }] });
    const sheet = (index: string) => get("sheets/{index}", {}, { index });
    expect((await sheet("2")).body).toMatchObject({ batch_id: BATCH_ID, index: 2, status: "pending" });
    // The next one that is there is not the one that was asked for.
    for (const index of ["1", "3", "-1", "x", "1e1"])
      expect(problemIn(await sheet(index)).code).toBe("sheet_not_found");
  });

  it("have pictures once they are read", async () => {
    there(processingBatch(3));
    const picture = (index: string, image = "image") => get("sheets/{index}/{image}", {}, { index, image });
    s3.on(HeadObjectCommand).resolves({});
    const { status, headers } = await picture("2", "thumbnail");
    expect(status).toBe(302);
    expect(new URL(String(headers.Location)).pathname).toBe(`/batches/${BATCH_ID}/sheets/2/thumbnail`);
    for (const index of ["3", "-1", "x", "1e1"])
      expect(problemIn(await picture(index)).code).toBe("sheet_not_found");
    s3.on(HeadObjectCommand).rejects(new NotFound({ message: "", $metadata: {} }));
    expect(problemIn(await picture("1")).code).toBe("image_not_ready");
  });
});

describe("retrying the failed sheets", () => {
  const retry = (batch: Batch, tally: Partial<Tally> = {}) => {
    there(batch, tally);
    return ask(retryHandler, httpEvent("POST /batches/{batch_id}/retry-failed", { batch_id: BATCH_ID }));
  };
  const sent = () =>
    sqs
      .commandCalls(SendMessageBatchCommand)
      .flatMap(({ args }) =>
        (args[0].input.Entries ?? []).map(({ MessageBody }) => JSON.parse(MessageBody ?? "")),
      );

  it("begins a new round and has the sheets counted and sent for", async () => {
    const answer = await retry(ended({ completed: 8, failed: 2 }, 10), { completed: 8, failed: 2 });
    expect(answer.status).toBe(202);
    expect(retryFailedResponse.parse(answer.body).batch_id).toBe(BATCH_ID);
    expect(dynamoDb.commandCalls(PutCommand)[0]?.args[0].input.Item?.batch).toMatchObject({
      status: "processing",
      round: 2,
      reading: { ended: 8 },
    });
    expect(sent()).toEqual([{ type: "recount_batch", batch_id: BATCH_ID, resend: true }]);
  });

  it("lists a ZIP from where listing it was given up", async () => {
    await retry(fail(expandingBatch(), "batch_attempts_exhausted", T0));
    expect(sent()).toEqual([{ type: "expand_batch", batch_id: BATCH_ID }]);
  });

  it.each<[string, () => Batch, string]>([
    ["is being read", () => processingBatch(1), "batch_running"],
    ["is being uploaded", () => bookedBatch(), "batch_running"],
    [
      "was stopped before its upload was complete",
      () => made(cancel(bookedBatch(), T0)),
      "batch_not_retryable",
    ],
    ["is no ZIP", () => fail(expandingBatch(), "not_a_zip", T0), "batch_not_retryable"],
  ])("is refused when the batch %s", async (_, batch, code) => {
    expect(problemIn(await retry(batch()))).toMatchObject({ status: 409, code });
    expect(sent()).toEqual([]);
  });
});
