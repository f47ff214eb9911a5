import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { followScan, scan } from "../../client/scan.ts";
import { bookScanRequest, type ScanStatus } from "../../contract/scans.ts";
import { JOB_ID } from "../support/builders.ts";

/** A tablet, a network that does what the test says, and a clock that only moves when told to. */

const SERVICE = { url: "https://api.example", token: "token" };
const BYTES = new TextEncoder().encode("the bytes of a photo");
const PHOTO = { filename: "photo.jpg", contentType: "image/jpeg", bytes: BYTES };
const HEADERS = { "Content-Type": "image/jpeg", "If-None-Match": "*" };
const EXPIRES = "2026-01-05T10:00:00.000Z";

const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });
const booked = (pages = 1) =>
  json(201, {
    job_id: JOB_ID,
    status: "pending",
    message: "",
    poll_url: "",
    uploads: Array.from({ length: pages }, (_, index) => ({
      page: index + 1,
      method: "PUT",
      url: `https://bucket.example/${index + 1}`,
      headers: HEADERS,
      expires_at: EXPIRES,
    })),
  });
const status = (status: ScanStatus["status"], headers: Record<string, string> = {}) =>
  json(200, { job_id: JOB_ID, status, created_at: EXPIRES, pages: [] }, headers);

type Call = { at: number; method: string; url: string; headers: Headers; body: Uint8Array };
let calls: Call[];
/** What the network answers to each kind of call, in turn; the last answer stays. */
let answers: Record<"book" | "put" | "status", (() => Response | Error)[]>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: 0 });
  calls = [];
  answers = {
    book: [() => booked()],
    put: [() => new Response(null, { status: 200 })],
    status: [() => status("completed")],
  };
  vi.stubGlobal("fetch", async (url: URL | string, init: RequestInit = {}) => {
    init.signal?.throwIfAborted();
    const method = init.method ?? "GET";
    const body = init.body ? new Uint8Array(await new Response(init.body).arrayBuffer()) : new Uint8Array();
    calls.push({ at: Date.now(), method, url: String(url), headers: new Headers(init.headers), body });
    const turn = answers[method === "PUT" ? "put" : method === "POST" ? "book" : "status"];
    const answer = (turn.length > 1 ? turn.shift() : turn[0])?.();
    if (!answer || answer instanceof Error) throw answer ?? new Error("no answer");
    return answer;
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Lets time pass until the work has come to an end. */
async function ended<T>(work: Promise<T>): Promise<PromiseSettledResult<T>> {
  let result: PromiseSettledResult<T> | undefined;
  void Promise.allSettled([work]).then(([settled]) => {
    result = settled;
  });
  while (!result) {
    await new Promise((resolve) => setImmediate(resolve));
    await vi.advanceTimersByTimeAsync(50);
  }
  return result;
}
async function done<T>(work: Promise<T>): Promise<T> {
  const result = await ended(work);
  if (result.status === "rejected") throw result.reason;
  return result.value;
}
const made = (method: string) => calls.filter((call) => call.method === method);

describe("a scan from the tablet", () => {
  it("books what the photos are, puts each with exactly the signed headers, and follows to the end", async () => {
    answers.book = [() => booked(2)];
    answers.status = [() => status("processing"), () => status("completed")];
    const told = await done(scan(SERVICE, [PHOTO, PHOTO]));
    expect(told.status).toBe("completed");
    const [booking] = made("POST");
    expect(booking?.headers.get("authorization")).toBe("Bearer token");
    expect(booking?.headers.get("idempotency-key")).toMatch(/^[0-9a-f-]{36}$/);
    const { files } = bookScanRequest.parse(JSON.parse(Buffer.from(booking?.body ?? []).toString()));
    const sha256 = createHash("sha256").update(BYTES).digest("hex");
    expect(files.map((file) => [file.content_type, file.size, file.sha256])).toEqual(
      Array(2).fill(["image/jpeg", BYTES.length, sha256]),
    );
    expect(made("PUT").map(({ url }) => url)).toEqual([
      "https://bucket.example/1",
      "https://bucket.example/2",
    ]);
    for (const put of made("PUT")) {
      expect(Object.fromEntries(put.headers)).toEqual({
        "content-length": String(BYTES.length),
        "content-type": "image/jpeg",
        "if-none-match": "*",
      });
      expect(put.body).toEqual(BYTES);
    }
  });

  it("sends a photo again that a weak network broke, or that the store could not take just then", async () => {
    answers.put = [
      () => new TypeError("fetch failed"),
      () => new Response("<Error><Code>SlowDown</Code></Error>", { status: 503 }),
      () => new Response(null, { status: 200 }),
    ];
    await done(scan(SERVICE, [PHOTO]));
    expect(made("PUT")).toHaveLength(3);
  });

  it("gives up on an upload that never gets through, and says so", async () => {
    answers.put = [() => new TypeError("fetch failed")];
    await expect(done(scan(SERVICE, [PHOTO]))).rejects.toThrow("fetch failed");
    expect(made("PUT")).toHaveLength(3);
  });

  it("counts a photo as arrived when it is there already: an earlier try got through", async () => {
    answers.put = [() => new TypeError("the answer was lost"), () => new Response("", { status: 412 })];
    expect((await done(scan(SERVICE, [PHOTO]))).status).toBe("completed");
    expect(made("PUT")).toHaveLength(2);
  });

  it("does not repeat an upload that was refused for what it is", async () => {
    answers.put = [() => new Response("<Error><Code>SignatureDoesNotMatch</Code></Error>", { status: 403 })];
    await expect(done(scan(SERVICE, [PHOTO]))).rejects.toMatchObject({
      name: "ApiError",
      status: 403,
      message: expect.stringContaining("SignatureDoesNotMatch"),
    });
    expect(made("PUT")).toHaveLength(1);
    expect(made("GET")).toHaveLength(0);
  });

  it("says what the service says: the code, the advice, whether it is worth trying again", async () => {
    const problem = {
      type: "urn:rxscan:problem:file_too_large",
      title: "The photo is too large",
      status: 413,
      detail: "Take it at a lower resolution.",
      code: "file_too_large",
      retryable: false,
    };
    answers.book = [() => json(413, problem)];
    await expect(done(scan(SERVICE, [PHOTO]))).rejects.toMatchObject({
      name: "ApiError",
      status: 413,
      code: "file_too_large",
      retryable: false,
      advice: "Take it at a lower resolution.",
      message: "The photo is too large. Take it at a lower resolution.",
    });
    expect(made("POST")).toHaveLength(1);
  });

  it("makes something of a refusal that explains nothing", async () => {
    answers.book = [() => new Response("<html>Forbidden</html>", { status: 403 })];
    await expect(done(scan(SERVICE, [PHOTO]))).rejects.toMatchObject({ code: "http_403", retryable: false });
  });
});

describe("following a scan", () => {
  const distances = () =>
    made("GET")
      .slice(1)
      .map(({ at }, index) => at - (made("GET")[index]?.at ?? 0));

  it.each([
    ["2", 2000],
    ["1", 1000],
    ["0", 250],
    ["60", 3000],
  ])("waits the %s seconds that the service asks for, within reason", async (seconds, ms) => {
    const waiting = () => status("pending", { "Retry-After": seconds });
    answers.status = [waiting, waiting, waiting, () => status("completed")];
    await done(followScan(SERVICE, JOB_ID));
    for (const distance of distances()) {
      expect(distance).toBeGreaterThanOrEqual(ms);
      expect(distance).toBeLessThanOrEqual(ms + 100);
    }
    expect(distances()).toHaveLength(3);
  });

  it("asks only for what is new: the last answer's ETag goes along, and 304 says nothing", async () => {
    const told: string[] = [];
    answers.status = [
      () => status("pending", { ETag: '"1"', "Retry-After": "1" }),
      () => new Response(null, { status: 304, headers: { ETag: '"1"', "Retry-After": "1" } }),
      () => status("processing", { ETag: '"2"', "Retry-After": "1" }),
      () => status("completed"),
    ];
    await done(
      followScan(SERVICE, JOB_ID, { onProgress: (at) => told.push("status" in at ? at.status : at.step) }),
    );
    expect(made("GET").map(({ headers }) => headers.get("if-none-match"))).toEqual([
      null,
      '"1"',
      '"1"',
      '"2"',
    ]);
    expect(told).toEqual(["pending", "processing"]);
  });

  it("answers a failed scan as one that has ended, with its reason", async () => {
    const error = { code: "image_damaged", message: "Take it again.", retryable: false };
    answers.status = [
      () => json(200, { job_id: JOB_ID, status: "failed", created_at: EXPIRES, pages: [], error }),
    ];
    expect(await done(followScan(SERVICE, JOB_ID))).toMatchObject({ status: "failed", error });
  });

  it("says after three minutes that it takes longer, and which scan goes on", async () => {
    answers.status = [() => status("processing", { "Retry-After": "3" })];
    const result = await ended(followScan(SERVICE, JOB_ID));
    expect(result).toMatchObject({ status: "rejected", reason: { name: "StillRunning", jobId: JOB_ID } });
    expect(calls.at(-1)?.at).toBeGreaterThan(170_000);
    expect(calls.at(-1)?.at).toBeLessThanOrEqual(180_000);
  });

  it("ends at once, with its reason, when the person leaves while it waits", async () => {
    answers.status = [() => status("processing", { "Retry-After": "3" })];
    const leaving = new AbortController();
    const following = followScan(SERVICE, JOB_ID, { signal: leaving.signal });
    const told = ended(following);
    while (made("GET").length === 0) await new Promise((resolve) => setImmediate(resolve));
    const before = Date.now();
    leaving.abort(new Error("left the page"));
    expect(await told).toMatchObject({ status: "rejected", reason: { message: "left the page" } });
    expect(Date.now() - before).toBeLessThan(1000);
    expect(made("GET").length).toBeLessThanOrEqual(2);
  });

  it("does not begin for somebody who has left", async () => {
    const signal = AbortSignal.abort(new Error("left the page"));
    await expect(done(scan(SERVICE, [PHOTO], { signal }))).rejects.toThrow("left the page");
    expect(calls).toEqual([]);
  });
});
