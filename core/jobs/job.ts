import * as z from "zod";
import { medicationResult } from "../../contract/medications.ts";
import { type JobFailureCode, jobError, jobErrorOf } from "../../contract/problems.ts";
import { qualityIssue } from "../../contract/reading.ts";

/**
 * The life of a scan: its states, and the moves between them. Every function here is pure: it takes a job and answers
 * the job after the move, or why the move is not legal. Stores write what comes out only if the job is still at the
 * version that went in (`change` in stores.ts), so two workers can never both make the same move.
 *
 * Times are milliseconds since the epoch.
 */

/** Reads of one photo before its job is given up: one for bad luck, one for worse, and a third to be sure. */
export const MAX_ATTEMPTS = 3;
/** An upload begun just before its URL expired may still be running for a while. */
export const UPLOAD_GRACE_MS = 5 * 60_000;
/** How long a scan and its photos are kept. The bucket's lifecycle rule says the same. */
export const KEPT_DAYS = 30;
const DAY_MS = 24 * 3600_000;
/** What two services' clocks may differ by. */
const CLOCK_SKEW_MS = 1000;
/** The longest a job that waits in a busy queue goes without being looked at. */
const LONGEST_NUDGE_MS = 3600_000;

/** A worker's hold on a page or on the joining: whoever comes with an older fence is refused. */
const lease = z.object({ fence: z.number().int(), until: z.number() });

/** `claims` only ever grows, over retries too: it numbers the leases. `attempts` counts since the last retry. */
const pageBase = { claims: z.number().int(), attempts: z.number().int() };

const page = z.discriminatedUnion("state", [
  z.object({ state: z.literal("waiting"), ...pageBase }),
  z.object({ state: z.literal("reading"), ...pageBase, lease }),
  z.object({
    state: z.literal("read"),
    ...pageBase,
    width: z.number(),
    height: z.number(),
    quality: z.array(qualityIssue),
  }),
  z.object({ state: z.literal("failed"), ...pageBase }),
]);
export type Page = z.infer<typeof page>;
export type ReadPage = Pick<Extract<Page, { state: "read" }>, "width" | "height" | "quality">;

const base = {
  id: z.uuid(),
  owner: z.string().min(1),
  /** Counts every write; a store refuses a write that was made from an older one. */
  version: z.number().int(),
  /** 1 for the first reading, one more with every retry. */
  round: z.number().int().positive(),
  created_at: z.number(),
  /** When this round began: what was sent before it is about an earlier one. */
  round_began_at: z.number(),
  upload_expires_at: z.number(),
  /** Identifies the booking's body, to tell a repeated booking from another one under the same Idempotency-Key. */
  fingerprint: z.string(),
  pages: z.array(page).min(1),
  /** How many times the sweeper has sent for this job's pages since something last happened. */
  nudges: z.number().int(),
  /** When the sweeper must look, or null when there is nothing left that could go wrong. */
  due_at: z.number().nullable(),
  /** Removal has begun: to everyone but the remover this job does not exist. */
  deleting: z.boolean(),
};

const baseOnly = z.object(base);

export const job = z.discriminatedUnion("status", [
  z.object({ status: z.literal("pending"), ...base }),
  /** `joining` is held by whoever puts the pages together, from the moment the last page is read. */
  z.object({ status: z.literal("processing"), ...base, joining: lease.nullable() }),
  z.object({
    status: z.literal("completed"),
    ...base,
    completed_at: z.number(),
    results: z.array(medicationResult).min(1),
    ocr_text: z.string(),
  }),
  z.object({ status: z.literal("failed"), ...base, completed_at: z.number(), error: jobError }),
]);
export type Job = z.infer<typeof job>;
export type OpenJob = Extract<Job, { status: "pending" | "processing" }>;
type ProcessingJob = Extract<Job, { status: "processing" }>;
type Base = z.infer<typeof baseOnly>;

export type NewJob = { id: string; owner: string; pages: number; fingerprint: string; uploadSeconds: number };

export function book(wanted: NewJob, now: number): Job {
  const uploadExpiresAt = now + wanted.uploadSeconds * 1000;
  return {
    status: "pending",
    id: wanted.id,
    owner: wanted.owner,
    version: 1,
    round: 1,
    created_at: now,
    round_began_at: now,
    upload_expires_at: uploadExpiresAt,
    fingerprint: wanted.fingerprint,
    pages: Array.from({ length: wanted.pages }, () => ({ state: "waiting", claims: 0, attempts: 0 })),
    nudges: 0,
    due_at: uploadExpiresAt + UPLOAD_GRACE_MS,
    deleting: false,
  };
}

/**
 * Fresh upload URLs were given out for a job that was booked before: its photos have until then to arrive. The sweeper's
 * next look stays where it is; it finds photos still expected and sets the one after. Null when none is expected.
 */
export function extendUpload(job: Job, uploadExpiresAt: number): Job | null {
  if (!isOpen(job) || job.deleting || !job.pages.some(({ state }) => state === "waiting")) return null;
  return { ...job, upload_expires_at: Math.max(job.upload_expires_at, uploadExpiresAt) };
}

/** When a job is forgotten. DynamoDB removes it some time after; until then readers look away. */
export const expiresAt = (job: Job): number => job.created_at + KEPT_DAYS * DAY_MS;
export const isGone = (job: Job, now: number): boolean => job.deleting || now >= expiresAt(job);
export const isOpen = (job: Job): job is OpenJob => job.status === "pending" || job.status === "processing";
/** Joinings are numbered on over a job's rounds: a joiner left over from an earlier round is refused in this one. */
const firstJoining = ({ round }: Job): number => (round - 1) * MAX_ATTEMPTS + 1;
const isSettled = (page: Page): boolean => page.state === "read" || page.state === "failed";

export type Claim =
  /** The page is ours to read until the lease ends. */
  | { kind: "read"; job: Job; fence: number }
  /** Every page is read and nobody is joining them: that is ours now. */
  | { kind: "join"; job: Job; fence: number }
  /** The attempts are used up: the job has failed with this. */
  | { kind: "exhausted"; job: Job }
  /** Somebody else holds it, it is done already, or the job has ended. */
  | { kind: "nothing" };

/** A worker comes for a page. */
export function claim(job: Job, pageNumber: number, now: number, leaseMs: number): Claim {
  const page = job.pages[pageNumber - 1];
  if (!page || !isOpen(job) || job.deleting) return { kind: "nothing" };
  const until = now + leaseMs;
  if (isSettled(page)) {
    if (job.status !== "processing" || !job.pages.every(isSettled)) return { kind: "nothing" };
    if (job.joining && job.joining.until > now) return { kind: "nothing" };
    const fence = job.joining ? job.joining.fence + 1 : firstJoining(job);
    if (fence >= firstJoining(job) + MAX_ATTEMPTS)
      return { kind: "exhausted", job: fail(job, "attempts_exhausted", now) };
    return { kind: "join", fence, job: { ...job, joining: { fence, until }, nudges: 0, due_at: until } };
  }
  if (page.state === "reading" && page.lease.until > now) return { kind: "nothing" };
  if (page.attempts >= MAX_ATTEMPTS) {
    return { kind: "exhausted", job: fail(job, "attempts_exhausted", now, pageNumber) };
  }
  const fence = page.claims + 1;
  const held: Page = {
    state: "reading",
    claims: fence,
    attempts: page.attempts + 1,
    lease: { fence, until },
  };
  return {
    kind: "read",
    fence,
    job: processing({ ...job, pages: replaced(job.pages, pageNumber, held), nudges: 0 }, now, leaseMs),
  };
}

/** The page, if this worker still has it: null when it went to another, or when the job has ended or is being removed. */
function heldPage(job: Job, pageNumber: number, fence: number): Extract<Page, { state: "reading" }> | null {
  const page = job.pages[pageNumber - 1];
  if (!isOpen(job) || job.deleting) return null;
  return page?.state === "reading" && page.lease.fence === fence ? page : null;
}

/**
 * The page is read. Whoever settles the last one gets the joining in the same write: nobody else can.
 * Null when the lease was lost to somebody else in the meantime.
 */
export function settle(
  job: Job,
  pageNumber: number,
  fence: number,
  read: ReadPage,
  now: number,
  leaseMs: number,
): { job: Job; joining: number | null } | null {
  const page = heldPage(job, pageNumber, fence);
  if (!page || !isOpen(job)) return null;
  const done: Page = { state: "read", claims: page.claims, attempts: page.attempts, ...read };
  const pages = replaced(job.pages, pageNumber, done);
  if (!pages.every(isSettled)) return { job: processing({ ...job, pages }, now, leaseMs), joining: null };
  const joining = { fence: firstJoining(job), until: now + leaseMs };
  const joined: Job = { ...processing({ ...job, pages }, now, leaseMs), joining, due_at: joining.until };
  return { job: joined, joining: joining.fence };
}

/** The photo cannot be read by anyone: the job ends. Null when the lease was lost. */
export function refusePage(
  job: Job,
  pageNumber: number,
  fence: number,
  code: JobFailureCode,
  now: number,
): Job | null {
  const page = heldPage(job, pageNumber, fence);
  if (!page || !isOpen(job)) return null;
  return fail(job, code, now, pageNumber);
}

/** The attempt went wrong in a way that may pass: the page waits for the next one, or the job ends with the last. */
export function release(
  job: Job,
  pageNumber: number,
  fence: number,
  now: number,
  leaseMs: number,
): Job | null {
  const page = heldPage(job, pageNumber, fence);
  if (!page || !isOpen(job)) return null;
  if (page.attempts >= MAX_ATTEMPTS) return fail(job, "attempts_exhausted", now, pageNumber);
  const waiting: Page = { state: "waiting", claims: page.claims, attempts: page.attempts };
  return processing({ ...job, pages: replaced(job.pages, pageNumber, waiting) }, now, leaseMs);
}

/** The joining went wrong in a way that may pass: the next message may have it at once. Null when it was lost. */
export function releaseJoining(job: Job, fence: number, now: number): Job | null {
  if (job.status !== "processing" || job.deleting || job.joining?.fence !== fence) return null;
  return { ...job, joining: { fence, until: now } };
}

/** The pages are joined and understood. Null when the joining was lost to somebody else. */
export function complete(
  job: Job,
  fence: number,
  made: { results: Extract<Job, { status: "completed" }>["results"]; ocr_text: string },
  now: number,
): Job | null {
  if (job.status !== "processing" || job.deleting || job.joining?.fence !== fence) return null;
  return { ...common(job), status: "completed", completed_at: now, ...made, nudges: 0, due_at: null };
}

/**
 * The page's message, sent at `sentAt`, was given up by the queue. Null where that changes nothing: it was about an
 * earlier round, the page is read, or a worker holds it by another message (and the sweeper looks when its lease ends).
 */
export function bury(job: Job, pageNumber: number, sentAt: number, now: number): Job | null {
  const page = job.pages[pageNumber - 1];
  if (!isOpen(job) || !page || job.deleting || sentAt < job.round_began_at - CLOCK_SKEW_MS) return null;
  const joinable = job.pages.every(isSettled);
  if (isSettled(page) && !joinable) return null;
  if (page.state === "reading" && page.lease.until > now) return null;
  if (joinable && job.status === "processing" && job.joining && job.joining.until > now) return null;
  return fail(job, "attempts_exhausted", now, joinable ? undefined : pageNumber);
}

/** Ends an open job. An ended one stays as it is. */
export function fail(job: Job, code: JobFailureCode, now: number, pageNumber?: number): Job {
  if (!isOpen(job)) return job;
  const page = pageNumber === undefined ? undefined : job.pages[pageNumber - 1];
  const pages =
    page && pageNumber !== undefined
      ? replaced(job.pages, pageNumber, { state: "failed", claims: page.claims, attempts: page.attempts })
      : job.pages;
  const error = jobErrorOf(code, pageNumber);
  return { ...common(job), pages, status: "failed", completed_at: now, error, nudges: 0, due_at: null };
}

/** Reads the kept photos again: a new round. Null while the job is still being read. */
export function retry(job: Job, now: number, leaseMs: number): Job | null {
  if (isOpen(job) || job.deleting) return null;
  const pages = job.pages.map((page): Page => ({ state: "waiting", claims: page.claims, attempts: 0 }));
  const round = { round: job.round + 1, round_began_at: now };
  return { ...common(job), status: "pending", ...round, pages, nudges: 0, due_at: now + leaseMs };
}

/** From now on the job is hidden, and the sweeper sees its removal through if the remover does not. */
export function startDeleting(job: Job, now: number, leaseMs: number): Job {
  return { ...job, deleting: true, due_at: now + leaseMs };
}

/** Whether a worker may still be at it: it has a lease that runs, whatever became of the job since. */
export function isHeld(job: Job, now: number): boolean {
  const leases = job.pages.flatMap((page) => (page.state === "reading" ? [page.lease] : []));
  if (job.status === "processing" && job.joining) leases.push(job.joining);
  return leases.some(({ until }) => until > now);
}

/** What the sweeper finds when it looks at a job. `arrived` says of each photo whether its object exists. */
export type Inspection =
  | { kind: "nothing" }
  | { kind: "ended"; job: Job }
  /** These pages want a worker: send for them after the job is written. */
  | { kind: "nudged"; job: Job; pages: number[] };

/**
 * What to do about an open job that is due. `takeAll` takes running leases as lost.
 * A page nobody reads is sent for again at growing distances, so that a long queue is not made longer still.
 */
export function inspect(
  job: Job,
  arrived: readonly boolean[],
  now: number,
  leaseMs: number,
  takeAll = false,
): Inspection {
  if (!isOpen(job)) return { kind: "nothing" };
  const wanted: number[] = [];
  let pages = job.pages;
  for (const [index, page] of job.pages.entries()) {
    const number = index + 1;
    if (isSettled(page)) continue;
    if (page.state === "reading") {
      if (page.lease.until > now && !takeAll) continue;
      if (page.attempts >= MAX_ATTEMPTS)
        return { kind: "ended", job: fail(job, "attempts_exhausted", now, number) };
      pages = replaced(pages, number, { state: "waiting", claims: page.claims, attempts: page.attempts });
      wanted.push(number);
    } else if (arrived[index]) {
      wanted.push(number);
    } else if (now >= job.upload_expires_at + UPLOAD_GRACE_MS) {
      return { kind: "ended", job: fail(job, "upload_expired", now, number) };
    }
  }
  let { joining } = job.status === "processing" ? job : { joining: null };
  if (job.status === "processing" && pages.every(isSettled)) {
    if (joining && joining.until > now && !takeAll) return { kind: "nothing" };
    // The lease is ended, not removed: the next one to join must get a higher fence.
    if (joining) joining = { ...joining, until: Math.min(joining.until, now) };
    wanted.push(1);
  }
  const nextLook = now + Math.min(leaseMs * 2 ** job.nudges, LONGEST_NUDGE_MS);
  const leases = pages.flatMap((page) => (page.state === "reading" ? [page.lease.until] : []));
  const waitsForUpload = pages.some((page, index) => page.state === "waiting" && !arrived[index]);
  const due_at = Math.min(
    ...(wanted.length > 0 ? [nextLook] : []),
    ...leases,
    ...(waitsForUpload ? [Math.max(job.upload_expires_at + UPLOAD_GRACE_MS, now + 1)] : []),
  );
  const seen = { pages, due_at, nudges: wanted.length > 0 ? job.nudges + 1 : job.nudges };
  const next: Job = job.status === "processing" ? { ...job, ...seen, joining } : { ...job, ...seen };
  return { kind: "nudged", job: next, pages: wanted };
}

/** The open job as processing, due when the first of its leases or uploads runs out. */
function processing(job: OpenJob, now: number, leaseMs: number): ProcessingJob {
  // A page waits for its upload or, when that has long come (a retry), for its turn in the queue.
  const waitsUntil = Math.max(job.upload_expires_at + UPLOAD_GRACE_MS, now + leaseMs);
  const dues = job.pages.flatMap((page) => {
    if (page.state === "reading") return [page.lease.until];
    return page.state === "waiting" ? [waitsUntil] : [];
  });
  const due_at = dues.length > 0 ? Math.min(...dues) : job.due_at;
  return { ...job, status: "processing", joining: job.status === "processing" ? job.joining : null, due_at };
}

function replaced(pages: readonly Page[], pageNumber: number, page: Page): Page[] {
  return pages.map((old, index) => (index === pageNumber - 1 ? page : old));
}

/** What every state has, without what only some have. */
const common = (job: Job): Base => baseOnly.parse(job);
