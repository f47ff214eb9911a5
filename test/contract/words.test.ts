import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readEnvironment, type Variable, variables } from "../../contract/environment.ts";
import { decodeEventKey } from "../../contract/messages.ts";
import {
  CANARY_PREFIX,
  canaryKey,
  pageImages,
  pageKey,
  parseOriginalKey,
  readingKey,
  SCANS_PREFIX,
  scanPrefix,
} from "../../contract/object-keys.ts";
import { jobErrorOf, jobFailureCodes, problem, problemCodes, problemOf } from "../../contract/problems.ts";
import { bookScanRequest, MAX_PAGES } from "../../contract/scans.ts";

describe("an object's key", () => {
  const page = fc.integer({ min: 1, max: MAX_PAGES });
  /** As S3 writes it into an event. */
  const inEvent = (key: string) => encodeURIComponent(key).replaceAll("%20", "+").replaceAll("%2F", "/");

  it("leads from a photo back to its scan and page, also by the way of an event", () => {
    fc.assert(
      fc.property(fc.uuid(), page, (jobId, number) => {
        const key = pageKey(jobId, number, "original");
        expect(parseOriginalKey(key)).toEqual({ jobId, page: number });
        expect(decodeEventKey(inEvent(key))).toBe(key);
      }),
    );
  });

  it("is read as S3 wrote it, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (key) => {
        expect(decodeEventKey(inEvent(key))).toBe(key);
      }),
    );
    expect(decodeEventKey("a+b%2Bc")).toBe("a b+c");
    expect(decodeEventKey("%E0%A4%A")).toBeNull();
  });

  it("of anything but an uploaded photo is no photo's, so that no result is read as a photo", () => {
    const id = "3f0c2b1e-8a54-4d27-9b61-5a7c0e9d1f42";
    const others = [
      pageKey(id, 1, "image"),
      pageKey(id, 1, "thumbnail"),
      readingKey(id, 1),
      canaryKey(id),
      `${scanPrefix(id)}pages/0/original`,
      `${scanPrefix(id)}pages/100/original`,
      `x/${pageKey(id, 1, "original")}`,
      `${pageKey(id, 1, "original")}/`,
    ];
    for (const key of others) expect([key, parseOriginalKey(key)]).toEqual([key, null]);
  });

  it("lies under its scan's prefix, and no scan's prefix holds another's; the canary lies outside them all", () => {
    fc.assert(
      fc.property(
        fc.uuid(),
        fc.uuid(),
        page,
        fc.constantFrom(...pageImages),
        (mine, other, number, image) => {
          fc.pre(mine !== other);
          expect(pageKey(mine, number, image).startsWith(scanPrefix(mine))).toBe(true);
          expect(readingKey(mine, number).startsWith(scanPrefix(mine))).toBe(true);
          expect(pageKey(mine, number, image).startsWith(scanPrefix(other))).toBe(false);
        },
      ),
    );
    expect(CANARY_PREFIX.startsWith(SCANS_PREFIX)).toBe(false);
  });
});

describe("a problem", () => {
  it.each(problemCodes)("%s has a status, a title, and a sentence that says what to do next", (code) => {
    const told = problem.parse(problemOf(code));
    expect(told.status).toBeGreaterThanOrEqual(400);
    expect(told.status).toBeLessThan(600);
    expect(told.title).toMatch(/^[A-Z].*[^.]$/);
    expect(told.detail).toMatch(/^[A-Z].{10,}\.$/);
  });

  it.each(jobFailureCodes)("of a job, %s, says what happened and what to do next, of which photo", (code) => {
    const error = jobErrorOf(code, 2);
    expect(error.message).toBe(`${problemOf(code).title}. ${problemOf(code).detail}`);
    expect(error.page).toBe(2);
    expect(jobErrorOf(code)).not.toHaveProperty("page");
  });

  it("is retryable exactly where the same call can succeed later", () => {
    const retryable = problemCodes.filter((code) => problemOf(code).retryable);
    expect(retryable.toSorted()).toEqual([
      "attempts_exhausted",
      "batch_running",
      "canary_failed",
      "chunks_missing",
      "edit_conflict",
      "image_not_ready",
      "internal_error",
      "job_running",
      "results_not_ready",
      "unavailable",
    ]);
  });
});

describe("a function's environment", () => {
  const good: Record<Variable, string> = {
    JOB_TABLE: "Jobs",
    MEDICATION_TABLE: "Medications",
    PHOTO_BUCKET: "photos",
    SCANS_QUEUE_URL: "https://sqs/1/scans",
    BATCH_TABLE: "Batches",
    SHEET_TABLE: "Sheets",
    SHEET_RESULT_TABLE: "SheetResults",
    BATCHES_QUEUE_URL: "https://sqs/1/batches",
    SHEETS_QUEUE_URL: "https://sqs/1/sheets",
    EXPAND_LEASE_SECONDS: "310",
    READ_LEASE_SECONDS: "70",
    UPLOAD_URL_SECONDS: "900",
    LOG_LEVEL: "WARN",
  };
  const names = Object.keys(variables) as Variable[];

  it("is read into what the variables mean", () => {
    expect(readEnvironment(names, good)).toMatchObject({ READ_LEASE_SECONDS: 70, LOG_LEVEL: "WARN" });
  });

  it("is refused with the name of each variable that is missing or wrong", () => {
    const wrong = { ...good, JOB_TABLE: "", READ_LEASE_SECONDS: "soon", SCANS_QUEUE_URL: undefined };
    expect(() => readEnvironment(names, wrong)).toThrow(
      /JOB_TABLE[\s\S]*SCANS_QUEUE_URL[\s\S]*READ_LEASE_SECONDS/,
    );
    expect(() => readEnvironment(["UPLOAD_URL_SECONDS"], { UPLOAD_URL_SECONDS: "0" })).toThrow(
      "UPLOAD_URL_SECONDS",
    );
  });

  it("is asked only for what the function names", () => {
    expect(readEnvironment(["JOB_TABLE"], { JOB_TABLE: "Jobs" })).toEqual({ JOB_TABLE: "Jobs" });
    expect(readEnvironment(["LOG_LEVEL"], {})).toEqual({ LOG_LEVEL: "INFO" });
  });
});

describe("a booking's SHA-256", () => {
  const file = { filename: "a", content_type: "image/jpeg", size: 1 };
  it("may be hex or base64 of 32 bytes, and nothing else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 28, maxLength: 36 }), (bytes) => {
        for (const encoding of ["hex", "base64"] as const) {
          const sha256 = Buffer.from(bytes).toString(encoding);
          const { success } = bookScanRequest.safeParse({ files: [{ ...file, sha256 }] });
          expect([sha256, success]).toEqual([sha256, bytes.length === 32]);
        }
      }),
    );
  });
});
