import "../support/handler-environment.ts";
import { HeadObjectCommand, NotFound, S3Client } from "@aws-sdk/client-s3";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { jobFailureCodes } from "../../contract/problems.ts";
import { scanStatus } from "../../contract/scans.ts";
import { fail, type Job, KEPT_DAYS, startDeleting } from "../../core/jobs/job.ts";
import { handler } from "../../lambdas/scan-status/handler.ts";
import { ask, problemIn } from "../support/answers.ts";
import { bookedJob, claimed, completedJob, JOB_ID, LEASE_MS, T0 } from "../support/builders.ts";
import { httpEvent } from "../support/events.ts";

const dynamoDb = mockClient(DynamoDBDocumentClient);
const s3 = mockClient(S3Client);
beforeEach(() => {
  vi.useFakeTimers({ now: T0, toFake: ["Date"] });
  dynamoDb.reset();
  s3.reset();
});

type More = Parameters<typeof httpEvent>[2];
function get(path: string, job: Job | null, more: More = {}, parameters: Record<string, string> = {}) {
  dynamoDb.on(GetCommand).resolves(job ? { Item: { job } } : {});
  return ask(
    handler,
    httpEvent(`GET /meds/extract/{job_id}/${path}`, { job_id: JOB_ID, ...parameters }, more),
  );
}
const picture = (job: Job, page: string, image: string) =>
  get("pages/{page}/{image}", job, {}, { page, image });

describe("the status", () => {
  it("of a job under way says when to ask again", async () => {
    const pending = await get("status", bookedJob());
    expect([pending.status, pending.headers["Retry-After"]]).toEqual([200, "1"]);
    expect(scanStatus.parse(pending.body)).toMatchObject({
      status: "pending",
      pages: [{ page: 1, state: "waiting" }],
    });
    const reading = await get("status", claimed(bookedJob()).job);
    expect([reading.status, reading.headers["Retry-After"]]).toEqual([200, "1"]);
    expect(scanStatus.parse(reading.body)).toMatchObject({
      status: "processing",
      pages: [{ state: "reading" }],
    });
  });

  it("of a completed job has the result, what was read, and the size that boxes refer to", async () => {
    const answer = await get("status", completedJob());
    expect(answer.headers["Retry-After"]).toBeUndefined();
    const told = scanStatus.parse(answer.body);
    expect(told).toMatchObject({
      status: "completed",
      completed_at: new Date(T0).toISOString(),
      result: { name: "Lisinopril" },
      ocr_text: "LISINOPRIL 10 MG",
      pages: [{ width: 640, height: 480, quality: [] }],
    });
    expect(told.results).toHaveLength(1);
    expect(told.error).toBeUndefined();
  });

  it("of a failed job says why, which photo, and what to do", async () => {
    const { body } = await get("status", fail(bookedJob(), "image_damaged", T0, 1));
    expect(scanStatus.parse(body)).toMatchObject({
      status: "failed",
      error: {
        code: "image_damaged",
        page: 1,
        retryable: false,
        message: expect.stringContaining("take the photo again"),
      },
    });
  });

  it("is 304 without a body as long as nothing has changed", async () => {
    const job = bookedJob();
    const { headers } = await get("status", job);
    const unchanged = await get("status", job, { headers: { "if-none-match": String(headers.ETag) } });
    expect([unchanged.status, unchanged.body]).toEqual([304, undefined]);
    expect(unchanged.headers).toMatchObject({ ETag: headers.ETag, "Retry-After": "1" });
    const changed = await get(
      "status",
      { ...job, version: 2 },
      { headers: { "if-none-match": String(headers.ETag) } },
    );
    expect(changed.status).toBe(200);
    expect(changed.headers.ETag).not.toBe(headers.ETag);
  });

  it("says nothing of the job's insides: no owner, no fences, no due dates", async () => {
    const text = JSON.stringify((await get("status", claimed(bookedJob()).job)).body);
    for (const inside of ["owner", "nurse", "fence", "lease", "due_at", "fingerprint"])
      expect(text).not.toContain(inside);
  });
});

describe("somebody else's scan", () => {
  it("is 404, exactly like one that never was, one that is removed and one that is past its time", async () => {
    const answers = [
      await get("status", bookedJob({ owner: "stranger" })),
      await get("status", null),
      await get("status", startDeleting(bookedJob(), T0, LEASE_MS)),
      await get("status", bookedJob({}, T0 - KEPT_DAYS * 24 * 3600_000)),
    ];
    for (const answer of answers) {
      expect(problemIn(answer)).toMatchObject({ status: 404, code: "job_not_found" });
      expect(answer.body).toEqual(answers[0]?.body);
    }
  });

  it("is asked of no store when the id is none", async () => {
    const event = httpEvent("GET /meds/extract/{job_id}/status", { job_id: "no-uuid" });
    expect(problemIn(await ask(handler, event)).code).toBe("job_not_found");
    expect(dynamoDb.calls()).toHaveLength(0);
  });
});

describe("the result", () => {
  it("is 202 with the status while it is being made", async () => {
    const answer = await get("result", claimed(bookedJob()).job);
    expect([answer.status, answer.headers["Retry-After"]]).toEqual([202, "1"]);
    expect(scanStatus.parse(answer.body).status).toBe("processing");
  });

  it("is 200 with the first medication once the job is completed", async () => {
    const answer = await get("result", completedJob());
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ name: "Lisinopril", dosage: "10 mg", needs_review: false });
  });

  it.each(jobFailureCodes)("is a 500 problem that says %s when the job failed so", async (code) => {
    const told = problemIn(await get("result", fail(bookedJob(), code, T0, 1)));
    expect(told).toMatchObject({ status: 500, code, job_id: JOB_ID });
  });
});

describe("a picture of a page", () => {
  it("redirects to a URL that works for minutes, not days", async () => {
    s3.on(HeadObjectCommand).resolves({});
    for (const image of ["original", "image", "thumbnail"]) {
      const answer = await picture(completedJob(), "1", image);
      expect([answer.status, answer.body]).toEqual([302, undefined]);
      const url = new URL(String(answer.headers.Location));
      expect(url.pathname).toBe(`/scans/${JOB_ID}/pages/1/${image}`);
      expect(url.searchParams.get("X-Amz-Expires")).toBe("300");
      expect(answer.headers["Cache-Control"]).toBe("no-store");
    }
  });

  it("is 404 when it is not made yet, and worth asking for again", async () => {
    s3.on(HeadObjectCommand).rejects(new NotFound({ message: "", $metadata: {} }));
    expect(problemIn(await picture(bookedJob(), "1", "image"))).toMatchObject({
      code: "image_not_ready",
      retryable: true,
    });
  });

  it.each([
    ["2", "image"],
    ["0", "image"],
    ["x", "image"],
    ["1", "reading.json"],
    ["1", "../1/original"],
  ])("is 404 for page %s and %s, whatever lies in the bucket", async (page, image) => {
    s3.on(HeadObjectCommand).resolves({});
    expect(problemIn(await picture(bookedJob(), page, image)).code).toBe("page_not_found");
  });
});
