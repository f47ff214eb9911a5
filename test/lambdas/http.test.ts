import { describe, expect, it } from "vitest";
import { ProblemError } from "../../contract/problems.ts";
import { Contended } from "../../core/change.ts";
import { type Answer, httpHandler } from "../../lambdas/http.ts";
import { ask, problemIn } from "../support/answers.ts";
import { httpEvent, lambdaContext } from "../support/events.ts";
import { logLines, outputOf } from "../support/output.ts";

/** The chain around every operation, tried on GET /health and DELETE /meds/extract/{job_id}. */

const JOB = { job_id: "3f0c2b1e-8a54-4d27-9b61-5a7c0e9d1f42" };
const receipt = { ...JOB, deleted_at: "2026-01-05T09:00:00.000Z", objects: [], records: [] };
const answering = (answer: () => Promise<Answer>) => httpHandler("delete-scan", { deleteScan: answer });
const remove = httpEvent("DELETE /meds/extract/{job_id}", JOB, { body: { a: 1 } });

describe("an answer", () => {
  it("leaves with what the contract names and nothing besides", async () => {
    const told = await ask(
      answering(async () => ({ status: 200, body: { ...receipt, owner: "nurse" } })),
      remove,
    );
    expect([told.status, told.body]).toEqual([200, receipt]);
    expect(told.headers).toMatchObject({
      "Content-Type": "application/json",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
    });
  });

  it.each<[string, Answer]>([
    ["lacks a field", { status: 200, body: { ...receipt, objects: undefined } }],
    ["has another type in a field", { status: 200, body: { ...receipt, objects: [1] } }],
    ["has no body", { status: 200 }],
    ["has a status that the route does not have", { status: 201, body: receipt }],
  ])("that %s never leaves: it is an internal_error", async (_, answer) => {
    const told = await ask(
      answering(async () => answer),
      remove,
    );
    expect(problemIn(told)).toMatchObject({ status: 500, code: "internal_error" });
  });
});

describe("a handler", () => {
  it("cannot be made without every operation that the route table gives it", () => {
    expect(() => httpHandler("delete-scan", {})).toThrow("delete-scan lacks the operation deleteScan");
  });

  it("refuses a call whose token's claims name nobody", async () => {
    const handler = answering(async () => ({ status: 200, body: receipt }));
    for (const sub of [null, ""]) {
      const event = httpEvent("DELETE /meds/extract/{job_id}", JOB, { sub });
      expect(problemIn(await ask(handler, event))).toMatchObject({ status: 401, code: "unauthorized" });
    }
  });

  it.each<[string, Error, string]>([
    ["a problem", new ProblemError("job_running", JOB), "job_running"],
    ["a write that never got its turn", new Contended(), "unavailable"],
    ["a throttled store", Object.assign(new Error(), { $retryable: { throttling: true } }), "unavailable"],
    ["a store's 503", Object.assign(new Error(), { $metadata: { httpStatusCode: 503 } }), "unavailable"],
    ["a lost connection", Object.assign(new Error(), { code: "ECONNRESET" }), "unavailable"],
    [
      "a store's refusal",
      Object.assign(new Error(), { $metadata: { httpStatusCode: 403 } }),
      "internal_error",
    ],
    ["a bug", new TypeError("x is not a function"), "internal_error"],
  ])("answers a problem document to %s", async (_, error, code) => {
    expect(
      problemIn(
        await ask(
          answering(() => Promise.reject(error)),
          remove,
        ),
      ).code,
    ).toBe(code);
  });
});

describe("the log of a call", () => {
  const lineOf = async (answer: () => Promise<Answer>) => {
    const { output } = await outputOf(async () => answering(answer)(remove, lambdaContext()));
    const [line, ...others] = logLines(output);
    expect(others).toEqual([]);
    return line;
  };

  it("is one line: which call, about which job, with what outcome, how many bytes, how long", async () => {
    expect(await lineOf(async () => ({ status: 200, body: receipt }))).toMatchObject({
      level: "INFO",
      message: "request",
      route: "DELETE /meds/extract/{job_id}",
      request_id: "request-1",
      job_id: JOB.job_id,
      status: 200,
      bytes_in: 7,
      bytes_out: JSON.stringify(receipt).length,
      ms: expect.any(Number),
    });
  });

  it("says of a failure its kind and where it came from, and the status that was answered", async () => {
    expect(await lineOf(() => Promise.reject(new ProblemError("job_running")))).toMatchObject({
      level: "INFO",
      status: 409,
      error: "ProblemError",
      code: "job_running",
    });
    expect(await lineOf(() => Promise.reject(new TypeError("x")))).toMatchObject({
      level: "ERROR",
      status: 500,
      error: "TypeError",
      at: expect.stringContaining("http.test.ts:"),
    });
  });

  it("never says what an error's message says, however much it looks like a stack", async () => {
    const message =
      "Unexpected token\n    at bedtime for Mrs Miller\n    at Lisinopril (take:10:20)\nWarfarin";
    const cause = new Error("Mrs Miller");
    const line = JSON.stringify(await lineOf(() => Promise.reject(new SyntaxError(message, { cause }))));
    expect(line).toContain("SyntaxError");
    for (const mark of ["Miller", "bedtime", "Lisinopril", "Warfarin", "Unexpected"])
      expect(line).not.toContain(mark);
  });
});
