import { describe, expect, it } from "vitest";
import {
  claim,
  inspect,
  type Job,
  MAX_ATTEMPTS,
  retry,
  settle,
  UPLOAD_GRACE_MS,
} from "../../core/jobs/job.ts";
import {
  bookedJob,
  claimed,
  completedJob,
  LEASE_MS,
  made,
  READ,
  T0,
  UPLOAD_SECONDS,
} from "../support/builders.ts";

const EXPIRED = T0 + UPLOAD_SECONDS * 1000 + UPLOAD_GRACE_MS;
const HOUR_MS = 3600_000;

function nudged(job: Job, arrived: boolean[], now: number, takeAll = false): { job: Job; pages: number[] } {
  const found = inspect(job, arrived, now, LEASE_MS, takeAll);
  if (found.kind !== "nudged") throw new Error(`the look answered ${found.kind}`);
  return found;
}

describe("the sweeper's look at a job", () => {
  it("ends a job as failed when its photo never arrives", () => {
    const job = bookedJob({ pages: 2 });
    const found = inspect(job, [true, false], EXPIRED, LEASE_MS);
    expect(found).toMatchObject({
      kind: "ended",
      job: { status: "failed", error: { code: "upload_expired", page: 2 }, due_at: null },
    });
  });

  it("waits for a photo as long as its URL is good", () => {
    const { job, pages } = nudged(bookedJob(), [false], EXPIRED - 1);
    expect(pages).toEqual([]);
    expect(job).toMatchObject({ status: "pending", due_at: EXPIRED, nudges: 0 });
  });

  it("sends for a photo that is there and that nobody reads: its event was lost", () => {
    const { job, pages } = nudged(bookedJob({ pages: 2 }), [true, false], T0 + 1000);
    expect(pages).toEqual([1]);
    expect(job.due_at).toBe(T0 + 1000 + LEASE_MS);
  });

  it("sends again at growing distances, an hour at most, so that a long queue is not made longer", () => {
    let { job } = nudged(bookedJob(), [true], T0);
    const distances: number[] = [];
    for (let look = 0; look < 9; look++) {
      const now = job.due_at ?? Number.NaN;
      ({ job } = nudged(job, [true], now));
      distances.push((job.due_at ?? Number.NaN) - now);
    }
    expect(distances).toEqual(
      [2, 4, 8, 16, 32, 64, 128, 256, 512].map((n) => Math.min(n * LEASE_MS, HOUR_MS)),
    );
  });

  it("begins at the shortest distance again once a worker has come", () => {
    let { job } = nudged(bookedJob(), [true], T0);
    ({ job } = nudged(job, [true], T0 + LEASE_MS));
    expect(claimed(job, 1, T0 + LEASE_MS).job.nudges).toBe(0);
  });

  it("leaves a running lease alone and looks again when it ends", () => {
    const { job } = claimed(bookedJob());
    const look = nudged(job, [true], T0 + LEASE_MS - 1);
    expect(look.pages).toEqual([]);
    expect(look.job.pages).toEqual(job.pages);
    expect(look.job.due_at).toBe(T0 + LEASE_MS);
  });

  it("sends for a page whose worker died", () => {
    const { job, pages } = nudged(claimed(bookedJob()).job, [true], T0 + LEASE_MS);
    expect(pages).toEqual([1]);
    expect(job.pages).toEqual([{ state: "waiting", claims: 1, attempts: 1 }]);
  });

  it("ends a job as failed when its page has used up its attempts", () => {
    let job = bookedJob();
    let now = T0;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      job = claimed(job, 1, now).job;
      now += LEASE_MS;
    }
    expect(inspect(job, [true], now, LEASE_MS)).toMatchObject({
      kind: "ended",
      job: { status: "failed", error: { code: "attempts_exhausted", page: 1 } },
    });
  });

  it("sends for the joining again when the worker died between the last page and the result", () => {
    const held = claimed(bookedJob({ pages: 1 }));
    const joined = made(settle(held.job, 1, held.fence, READ, T0, LEASE_MS)).job;
    expect(inspect(joined, [true], T0 + LEASE_MS - 1, LEASE_MS).kind).toBe("nothing");
    const { job, pages } = nudged(joined, [true], T0 + LEASE_MS);
    expect(pages).toEqual([1]);
    expect(claim(job, 1, T0 + LEASE_MS, LEASE_MS)).toMatchObject({ kind: "join" });
  });

  it("takes running leases as lost when told that every worker is gone", () => {
    const reading = nudged(claimed(bookedJob()).job, [true], T0, true);
    expect(reading.pages).toEqual([1]);
    expect(claimed(reading.job).fence).toBe(2);
    const held = claimed(bookedJob());
    const settled = made(settle(held.job, 1, held.fence, READ, T0, LEASE_MS));
    const joined = nudged(settled.job, [true], T0, true);
    const next = claim(joined.job, 1, T0, LEASE_MS);
    if (next.kind !== "join") throw new Error(next.kind);
    expect(next.fence).toBeGreaterThan(made(settled.joining));
  });

  it("never ends a retry over upload URLs that expired long ago", () => {
    const again = made(retry(completedJob(), EXPIRED * 2, LEASE_MS));
    expect(nudged(again, [true], EXPIRED * 2).pages).toEqual([1]);
  });

  it("has nothing to do about a job that has ended", () => {
    expect(inspect(completedJob(), [true], EXPIRED, LEASE_MS, true)).toEqual({ kind: "nothing" });
  });
});
