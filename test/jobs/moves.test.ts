import { describe, expect, it } from "vitest";
import {
  book,
  bury,
  claim,
  complete,
  extendUpload,
  fail,
  isGone,
  type Job,
  KEPT_DAYS,
  MAX_ATTEMPTS,
  refusePage,
  release,
  retry,
  settle,
  startDeleting,
  UPLOAD_GRACE_MS,
} from "../../core/jobs/job.ts";
import {
  bookedJob,
  claimed,
  completedJob,
  LEASE_MS,
  made,
  newJob,
  READ,
  resultsOf,
  T0,
  UPLOAD_SECONDS,
} from "../support/builders.ts";

const DONE = { results: resultsOf(bookedJob()), ocr_text: "" };
const states = (job: Job) => job.pages.map((page) => page.state);

/** The job after its page's lease ended this often without a word from its worker. */
function afterLostLeases(job: Job, times: number, page = 1): { job: Job; now: number } {
  let now = T0;
  let held = job;
  for (let time = 0; time < times; time++) {
    held = claimed(held, page, now).job;
    now += LEASE_MS;
  }
  return { job: held, now };
}

/** All pages read, and the joining in somebody's hands. */
function joining(pages = 1): { job: Job; fence: number } {
  let job = bookedJob({ pages });
  let fence: number | null = null;
  for (let page = 1; page <= pages; page++) {
    const held = claimed(job, page);
    const settled = made(settle(held.job, page, held.fence, READ, T0, LEASE_MS));
    job = settled.job;
    fence = settled.joining;
  }
  return { job, fence: made(fence) };
}

describe("a booked job", () => {
  it("waits for its photos until their URLs have expired, and a little longer", () => {
    const job = book(newJob({ pages: 3 }), T0);
    expect(job).toMatchObject({
      status: "pending",
      version: 1,
      round: 1,
      upload_expires_at: T0 + UPLOAD_SECONDS * 1000,
      due_at: T0 + UPLOAD_SECONDS * 1000 + UPLOAD_GRACE_MS,
      deleting: false,
    });
    expect(states(job)).toEqual(["waiting", "waiting", "waiting"]);
  });

  it("waits longer when fresh URLs are given out, also while its first photos are being read", () => {
    const later = T0 + 2 * UPLOAD_SECONDS * 1000;
    expect(extendUpload(bookedJob(), later)?.upload_expires_at).toBe(later);
    expect(extendUpload(claimed(bookedJob({ pages: 2 })).job, later)?.upload_expires_at).toBe(later);
  });

  it("gives no URLs out again once it has ended, is being removed, or has every photo in hand", () => {
    const later = T0 + 2 * UPLOAD_SECONDS * 1000;
    expect(extendUpload(completedJob(), later)).toBeNull();
    expect(extendUpload(startDeleting(bookedJob(), T0, LEASE_MS), later)).toBeNull();
    expect(extendUpload(claimed(bookedJob()).job, later)).toBeNull();
  });

  it("never shortens the time that URLs given out before have", () => {
    expect(extendUpload(bookedJob(), T0)?.upload_expires_at ?? Infinity).toBeGreaterThanOrEqual(
      T0 + UPLOAD_SECONDS * 1000,
    );
  });

  it("is gone after 30 days, and from the moment its removal begins", () => {
    const end = T0 + KEPT_DAYS * 24 * 3600_000;
    expect(isGone(bookedJob(), end - 1)).toBe(false);
    expect(isGone(bookedJob(), end)).toBe(true);
    expect(isGone(startDeleting(bookedJob(), T0, LEASE_MS), T0)).toBe(true);
  });
});

describe("a claim", () => {
  it("takes a page for one lease, and the job is looked at when that ends", () => {
    const { job, fence } = claimed(bookedJob({ pages: 2 }), 2);
    expect(fence).toBe(1);
    expect(job).toMatchObject({ status: "processing", due_at: T0 + LEASE_MS });
    expect(states(job)).toEqual(["waiting", "reading"]);
  });

  it("gets nothing of a page that another holds, of one that is read, of one that does not exist", () => {
    const { job, fence } = claimed(bookedJob({ pages: 2 }));
    expect(claim(job, 1, T0 + LEASE_MS - 1, LEASE_MS).kind).toBe("nothing");
    const read = made(settle(job, 1, fence, READ, T0, LEASE_MS)).job;
    expect(claim(read, 1, T0, LEASE_MS).kind).toBe("nothing");
    expect(claim(job, 3, T0, LEASE_MS).kind).toBe("nothing");
    expect(claim(job, 0, T0, LEASE_MS).kind).toBe("nothing");
  });

  it("gets nothing of a job that has ended", () => {
    expect(claim(completedJob(), 1, T0 + LEASE_MS, LEASE_MS).kind).toBe("nothing");
    expect(claim(fail(bookedJob(), "upload_expired", T0), 1, T0, LEASE_MS).kind).toBe("nothing");
  });

  it("takes the page over from a worker whose lease has ended, under a higher fence", () => {
    const { job } = claimed(bookedJob());
    expect(claimed(job, 1, T0 + LEASE_MS).fence).toBe(2);
  });

  it("ends the job when the attempts are used up", () => {
    const { job, now } = afterLostLeases(bookedJob(), MAX_ATTEMPTS);
    const last = claim(job, 1, now, LEASE_MS);
    expect(last).toMatchObject({
      kind: "exhausted",
      job: { status: "failed", error: { code: "attempts_exhausted", page: 1 }, due_at: null },
    });
  });
});

describe("a zombie, whose page went to another worker in the meantime,", () => {
  const zombie = claimed(bookedJob());
  const { job } = claimed(zombie.job, 1, T0 + LEASE_MS);

  it("cannot record what it read", () => {
    expect(settle(job, 1, zombie.fence, READ, T0 + LEASE_MS, LEASE_MS)).toBeNull();
  });
  it("cannot end the job over the photo", () => {
    expect(refusePage(job, 1, zombie.fence, "not_an_image", T0 + LEASE_MS)).toBeNull();
  });
  it("cannot give the page away", () => {
    expect(release(job, 1, zombie.fence, T0 + LEASE_MS, LEASE_MS)).toBeNull();
  });
  it("cannot do any of it after a retry either, when the page waits to be read afresh", () => {
    const again = made(retry(fail(job, "attempts_exhausted", T0), T0, LEASE_MS));
    const taken = claimed(again, 1, T0).job;
    for (const later of [again, taken]) {
      expect(settle(later, 1, zombie.fence, READ, T0, LEASE_MS)).toBeNull();
      expect(refusePage(later, 1, zombie.fence, "not_an_image", T0)).toBeNull();
      expect(release(later, 1, zombie.fence, T0, LEASE_MS)).toBeNull();
    }
  });
  it("cannot complete the job once another joins its pages", () => {
    const held = joining();
    const other = claim(held.job, 1, T0 + LEASE_MS, LEASE_MS);
    if (other.kind !== "join") throw new Error(other.kind);
    expect(complete(other.job, held.fence, DONE, T0 + LEASE_MS)).toBeNull();
    expect(complete(other.job, other.fence, DONE, T0 + LEASE_MS)).toMatchObject({ status: "completed" });
  });
  it("cannot complete the job's next round with what it joined in the last", () => {
    const old = joining();
    const again = made(retry(fail(old.job, "attempts_exhausted", T0), T0, LEASE_MS));
    const held = claimed(again);
    const settled = made(settle(held.job, 1, held.fence, READ, T0, LEASE_MS));
    expect(complete(settled.job, old.fence, DONE, T0)).toBeNull();
    expect(complete(settled.job, made(settled.joining), DONE, T0)).toMatchObject({ status: "completed" });
  });
});

describe("a page that is read", () => {
  it("leaves the joining to whoever reads the last one", () => {
    const first = claimed(bookedJob({ pages: 2 }), 2);
    const second = claimed(first.job, 1);
    const one = made(settle(second.job, 2, first.fence, READ, T0, LEASE_MS));
    expect(one.joining).toBeNull();
    const two = made(settle(one.job, 1, second.fence, READ, T0, LEASE_MS));
    expect(two.joining).not.toBeNull();
    expect(two.job).toMatchObject({ status: "processing", due_at: T0 + LEASE_MS });
  });

  it("is still taken from a worker that is late, as long as nobody else has the page", () => {
    const { job, fence } = claimed(bookedJob());
    expect(settle(job, 1, fence, READ, T0 + 10 * LEASE_MS, LEASE_MS)).not.toBeNull();
  });

  it("is joined by nobody else while its joiner's lease runs, and by the next one after", () => {
    const { job, fence } = joining(2);
    expect(claim(job, 1, T0 + LEASE_MS - 1, LEASE_MS).kind).toBe("nothing");
    const next = claim(job, 2, T0 + LEASE_MS, LEASE_MS);
    expect(next).toMatchObject({ kind: "join", fence: fence + 1 });
  });

  it("is joined three times at most: then the job ends, and a retry has three again", () => {
    let { job } = joining();
    let now = T0;
    for (let round = 1; round <= 2; round++) {
      for (let time = 2; time <= MAX_ATTEMPTS; time++) {
        now += LEASE_MS;
        const next = claim(job, 1, now, LEASE_MS);
        if (next.kind !== "join") throw new Error(`round ${round}, joining ${time}: ${next.kind}`);
        job = next.job;
      }
      now += LEASE_MS;
      const last = claim(job, 1, now, LEASE_MS);
      if (last.kind !== "exhausted") throw new Error(last.kind);
      expect(last.job).toMatchObject({ status: "failed", error: { code: "attempts_exhausted" } });
      const held = claimed(made(retry(last.job, now, LEASE_MS)), 1, now);
      job = made(settle(held.job, 1, held.fence, READ, now, LEASE_MS)).job;
    }
  });
});

describe("an attempt that went wrong", () => {
  it("leaves the page for the next one, which has a higher fence", () => {
    const { job, fence } = claimed(bookedJob());
    const freed = made(release(job, 1, fence, T0, LEASE_MS));
    expect(states(freed)).toEqual(["waiting"]);
    expect(freed.due_at).toBe(T0 + UPLOAD_SECONDS * 1000 + UPLOAD_GRACE_MS);
    expect(claimed(freed).fence).toBe(fence + 1);
  });

  it("ends the job when it was the last", () => {
    const { job, now } = afterLostLeases(bookedJob(), MAX_ATTEMPTS - 1);
    const last = claimed(job, 1, now);
    expect(made(release(last.job, 1, last.fence, now, LEASE_MS))).toMatchObject({
      status: "failed",
      error: { code: "attempts_exhausted", page: 1 },
      due_at: null,
    });
  });

  it("ends the job at once when it is the photo's fault, and says which photo", () => {
    const { job, fence } = claimed(bookedJob({ pages: 2 }), 2);
    const ended = made(refusePage(job, 2, fence, "image_damaged", T0));
    expect(ended).toMatchObject({ status: "failed", error: { code: "image_damaged", page: 2 } });
    expect(states(ended)).toEqual(["waiting", "failed"]);
  });
});

describe("a message that the queue gave up", () => {
  it("ends the job whose page nobody reads", () => {
    expect(bury(bookedJob(), 1, T0, T0)).toMatchObject({
      status: "failed",
      error: { code: "attempts_exhausted", page: 1 },
    });
    expect(bury(claimed(bookedJob()).job, 1, T0, T0 + LEASE_MS)).toMatchObject({ status: "failed" });
    expect(bury(joining().job, 1, T0, T0 + LEASE_MS)).toMatchObject({ status: "failed" });
  });

  it("changes nothing where a worker has the page, where it is read, or where the job has ended", () => {
    const held = claimed(bookedJob({ pages: 2 }));
    expect(bury(held.job, 1, T0, T0)).toBeNull();
    expect(bury(made(settle(held.job, 1, held.fence, READ, T0, LEASE_MS)).job, 1, T0, T0)).toBeNull();
    expect(bury(joining().job, 1, T0, T0)).toBeNull();
    expect(bury(completedJob(), 1, T0, T0)).toBeNull();
    expect(bury(bookedJob(), 2, T0, T0)).toBeNull();
    expect(bury(startDeleting(bookedJob(), T0, LEASE_MS), 1, T0, T0)).toBeNull();
  });
});

describe("a retry", () => {
  it("is refused while the job is being read, and while it is being removed", () => {
    expect(retry(bookedJob(), T0, LEASE_MS)).toBeNull();
    expect(retry(joining().job, T0, LEASE_MS)).toBeNull();
    expect(retry(startDeleting(completedJob(), T0, LEASE_MS), T0, LEASE_MS)).toBeNull();
  });

  it("begins a new round with every page to read and every attempt to spend", () => {
    const { job, now } = afterLostLeases(bookedJob(), MAX_ATTEMPTS);
    const again = made(retry(fail(job, "attempts_exhausted", now, 1), now, LEASE_MS));
    expect(again).toMatchObject({ status: "pending", round: 2, due_at: now + LEASE_MS });
    expect(again.pages).toEqual([{ state: "waiting", claims: MAX_ATTEMPTS, attempts: 0 }]);
    expect("error" in again || "completed_at" in again).toBe(false);
  });
});

describe("a job that is being removed", () => {
  it("takes no worker's move, so that the sweeper's look at its removal stays due", () => {
    const held = claimed(bookedJob());
    const hidden = startDeleting(held.job, T0, LEASE_MS);
    expect(settle(hidden, 1, held.fence, READ, T0, LEASE_MS)).toBeNull();
    expect(refusePage(hidden, 1, held.fence, "not_an_image", T0)).toBeNull();
    expect(release(hidden, 1, held.fence, T0, LEASE_MS)).toBeNull();
    expect(claim(hidden, 1, T0 + LEASE_MS, LEASE_MS)).toEqual({ kind: "nothing" });
    const joined = joining();
    expect(complete(startDeleting(joined.job, T0, LEASE_MS), joined.fence, DONE, T0)).toBeNull();
  });
});

describe("an ended job", () => {
  it("stays as it ended, whatever else goes wrong", () => {
    const job = completedJob();
    expect(fail(job, "attempts_exhausted", T0)).toBe(job);
    expect(settle(job, 1, 1, READ, T0, LEASE_MS)).toBeNull();
    expect(complete(job, 1, DONE, T0)).toBeNull();
  });
});
