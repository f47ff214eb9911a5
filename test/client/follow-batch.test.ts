import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { allSheets, followBatch } from "../../client/batches.ts";
import type { BatchProgress } from "../../contract/batches.ts";
import { BATCH_ID } from "../support/batch-builders.ts";

const SERVICE = { url: "https://api.example", token: "token" };
const counts = { total: 2, completed: 1, failed: 0, duplicate: 0, unmatched: 0, pending: 1 };
const progress = (more: Partial<BatchProgress> = {}): BatchProgress => ({
  batch_id: BATCH_ID,
  filename: "a.zip",
  size: 1,
  upload_type: "zip_with_qr",
  status: "processing",
  created_at: "2026-01-05T09:00:00.000Z",
  progress_percentage: 50,
  counts,
  skipped: 0,
  ...more,
});
const json = (body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { headers });

let answers: (() => Response | Error)[];
let asked: { at: number; url: string; etag: string | null }[];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: 0 });
  asked = [];
  vi.stubGlobal("fetch", async (url: URL, init: RequestInit) => {
    asked.push({ at: Date.now(), url: String(url), etag: new Headers(init.headers).get("if-none-match") });
    const answer = answers.shift()?.() ?? new Error("no answer");
    if (answer instanceof Error) throw answer;
    return answer;
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Lets time pass until the work has come to an end. */
async function done<T>(work: Promise<T>): Promise<T> {
  let over = false;
  const settled = Promise.allSettled([work]).finally(() => {
    over = true;
  });
  while (!over) {
    await new Promise((resolve) => setImmediate(resolve));
    await vi.advanceTimersByTimeAsync(100);
  }
  await settled;
  return work;
}

it("follows a batch as often as the service wants, through a lost network, until it has ended", async () => {
  const told: number[] = [];
  answers = [
    () => json(progress(), { "retry-after": "5", etag: 'W/"1"' }),
    () => new Response(null, { status: 304, headers: { "retry-after": "5" } }),
    () => new TypeError("fetch failed"),
    () => json(progress({ status: "completed", progress_percentage: 100 })),
  ];
  const end = await done(
    followBatch(SERVICE, BATCH_ID, { onProgress: (one) => told.push(one.progress_percentage) }),
  );
  expect(end.status).toBe("completed");
  expect(told).toEqual([50, 100]);
  expect(asked.map(({ etag }) => etag)).toEqual([null, 'W/"1"', 'W/"1"', 'W/"1"']);
  expect((asked[1]?.at ?? 0) - (asked[0]?.at ?? 0)).toBeGreaterThanOrEqual(5000);
});

it("takes no answer about another batch for this one's end", async () => {
  const other = "00000000-0000-4000-8000-000000000000";
  answers = [
    () => json(progress({ batch_id: other, status: "completed" })),
    () => json(progress({ status: "cancelled" })),
  ];
  expect((await done(followBatch(SERVICE, BATCH_ID))).status).toBe("cancelled");
});

it("stops asking when its person leaves", async () => {
  const leaving = new AbortController();
  answers = [() => json(progress(), { "retry-after": "5" })];
  const following = followBatch(SERVICE, BATCH_ID, {
    signal: leaving.signal,
    onProgress: () => leaving.abort(new Error("left")),
  });
  await expect(done(following)).rejects.toThrow("left");
  expect(asked).toHaveLength(1);
});

it("yields every sheet once, over all pages", async () => {
  const sheet = (index: number) => ({ batch_id: BATCH_ID, index, name: `${index}.jpg`, status: "pending" });
  answers = [
    () => json({ sheets: [sheet(0), sheet(1)], next_page_token: "t" }),
    () => json({ sheets: [sheet(2)] }),
  ];
  const indexes = await done(
    (async () => {
      const found: number[] = [];
      for await (const { index } of allSheets(SERVICE, BATCH_ID)) found.push(index);
      return found;
    })(),
  );
  expect(indexes).toEqual([0, 1, 2]);
  expect(new URL(asked[1]?.url ?? "").searchParams.get("page_token")).toBe("t");
});
