import * as z from "zod";
import { sheetCounts, taskId, uploadTypes } from "../../contract/batches.ts";
import { type BatchFault, batchError, batchErrorOf } from "../../contract/problems.ts";

/**
 * The life of a batch: its states, and the moves between them. Every function here is pure: it takes a batch and answers
 * the batch after the move, or null when the move is not legal. Stores write what comes out only if the batch is still
 * at the version that went in (core/change.ts).
 *
 *     uploading ──archive there──> expanding ──all listed──> processing ──recount──> completed, completed_with_errors
 *         └────── cancelled, failed <──┴───────────────────────┘        retry-failed: processing or expanding again
 *
 * Times are milliseconds since the epoch.
 */

/** Times the expander may die over a batch without getting any further before the batch is given up. */
export const MAX_ATTEMPTS = 3;
/** An upload not completed by then is given up; the bucket's lifecycle removes its parts at the same age. */
export const UPLOAD_MS = 24 * 3600_000;
/** How long a batch, its archive and its results are kept. The bucket's lifecycle rule says the same. */
export const KEPT_DAYS = 30;
const DAY_MS = 24 * 3600_000;
/** How often the sweeper sees whether a batch that is being read gets any further. */
export const LOOK_EVERY_MS = 5 * 60_000;

const lease = z.object({ fence: z.number().int(), until: z.number() });

const base = {
  id: z.uuid(),
  owner: z.string().min(1),
  /** Counts every write; a store refuses a write that was made from an older one. */
  version: z.number().int(),
  /** 1 for the first reading, one more with every retry. */
  round: z.number().int().positive(),
  created_at: z.number(),
  /** Identifies the booking's body, to tell a repeated booking from another one under the same Idempotency-Key. */
  fingerprint: z.string(),
  filename: z.string(),
  /** Bytes in all. */
  size: z.number().int().positive(),
  upload_type: z.enum(uploadTypes),
  task_id: taskId.nullable(),
  upload: z.object({
    upload_id: z.string(),
    /** Bytes. Of `images`, where every chunk has a size of its own, the largest. */
    chunk_size: z.number().int().positive(),
    total_chunks: z.number().int().positive(),
  }),
  /** The archive as it was when it was first opened: reads are pinned to its ETag. Null for `images` and before. */
  archive: z.object({ etag: z.string(), size: z.number() }).nullable(),
  /** What the expander has done: `expected` is the directory's own count of entries, once known. */
  listing: z.object({
    expected: z.number().int().nullable(),
    sheets: z.number().int(),
    skipped: z.number().int(),
    done: z.boolean(),
  }),
  /** Holds of the expander: numbered over the whole life; attempts since it last got any further. */
  claims: z.number().int(),
  attempts: z.number().int(),
  lease: lease.nullable(),
  /** For the rate: when this round's reading began, and how many sheets had ended by then. */
  reading: z.object({ began_at: z.number(), ended: z.number().int() }).nullable(),
  /** How many sheets had ended when the sweeper last looked. */
  seen: z.number().int(),
  /** When the sweeper must look, or null when there is nothing left that could go wrong. */
  due_at: z.number().nullable(),
};
const ended = { completed_at: z.number() };

export const batch = z.discriminatedUnion("status", [
  z.object({ status: z.literal("uploading"), ...base }),
  z.object({ status: z.literal("expanding"), ...base }),
  z.object({ status: z.literal("processing"), ...base }),
  z.object({ status: z.literal("completed"), ...base, ...ended, counts: sheetCounts }),
  z.object({ status: z.literal("completed_with_errors"), ...base, ...ended, counts: sheetCounts }),
  z.object({ status: z.literal("failed"), ...base, ...ended, error: batchError }),
  z.object({ status: z.literal("cancelled"), ...base, ...ended }),
]);
export type Batch = z.infer<typeof batch>;
export type EndedBatch = Exclude<Batch, { status: "uploading" | "expanding" | "processing" }>;
type Base = Omit<Extract<Batch, { status: "uploading" }>, "status">;
type Counts = z.infer<typeof sheetCounts>;

export type NewBatch = Pick<
  Base,
  "id" | "owner" | "fingerprint" | "filename" | "size" | "upload_type" | "task_id" | "upload"
>;

export function bookBatch(wanted: NewBatch, now: number): Batch {
  return {
    status: "uploading",
    ...wanted,
    version: 1,
    round: 1,
    created_at: now,
    archive: null,
    listing: { expected: null, sheets: 0, skipped: 0, done: false },
    claims: 0,
    attempts: 0,
    lease: null,
    reading: null,
    seen: 0,
    due_at: now + UPLOAD_MS,
  };
}

export const expiresAt = ({ created_at }: Pick<Batch, "created_at">): number =>
  created_at + KEPT_DAYS * DAY_MS;
export const isGone = (batch: Batch, now: number): boolean => now >= expiresAt(batch);
/** Whether sheets of it may be read. */
export const isBeingRead = (batch: Batch): boolean =>
  batch.status === "expanding" || batch.status === "processing";
export const isEnded = (batch: Batch): batch is EndedBatch =>
  batch.status !== "uploading" && !isBeingRead(batch);

/** The upload is complete: the expander may begin. Null when it has begun before, or the batch has ended. */
export function startExpanding(batch: Batch, now: number): Batch | null {
  if (batch.status !== "uploading") return null;
  return { ...batch, status: "expanding", reading: { began_at: now, ended: 0 }, due_at: now };
}

export type Claim =
  | { kind: "held"; batch: Batch; fence: number }
  /** It died over this batch too often: the batch has failed. */
  | { kind: "exhausted"; batch: Batch }
  | { kind: "nothing" };

/** The expander comes for a batch, to list it or to count it. */
export function claim(batch: Batch, now: number, leaseMs: number): Claim {
  if (!isBeingRead(batch) || (batch.lease && batch.lease.until > now)) return { kind: "nothing" };
  if (batch.attempts >= MAX_ATTEMPTS)
    return { kind: "exhausted", batch: fail(batch, "batch_attempts_exhausted", now) };
  const fence = batch.claims + 1;
  const until = now + leaseMs;
  const held = { claims: fence, attempts: batch.attempts + 1, lease: { fence, until }, due_at: until };
  return { kind: "held", fence, batch: { ...batch, ...held } };
}

const holds = (batch: Batch, fence: number): boolean => isBeingRead(batch) && batch.lease?.fence === fence;

/**
 * The expander got this far: what it has listed is kept, the lease runs anew and its earlier deaths are forgotten.
 * Null when another has the batch, or it has ended.
 */
export function checkpoint(
  batch: Batch,
  fence: number,
  got: Partial<Pick<Base, "archive" | "listing">>,
  now: number,
  leaseMs: number,
): Batch | null {
  if (!holds(batch, fence)) return null;
  const until = now + leaseMs;
  return { ...batch, ...got, attempts: 0, lease: { fence, until }, due_at: until };
}

/** The expander lets go, to be sent for again, or because only sheets are left to do. Null when it does not hold it. */
export function release(batch: Batch, fence: number, now: number, passingFault = false): Batch | null {
  if (!holds(batch, fence)) return null;
  const freed = { lease: null, attempts: passingFault ? batch.attempts : 0 };
  const due_at = batch.status === "expanding" || passingFault ? now : now + LOOK_EVERY_MS;
  return { ...batch, ...freed, due_at };
}

/** Every entry is listed. The lease stays with the one who listed. Null when another has it. */
export function finishListing(
  batch: Batch,
  fence: number,
  listing: Base["listing"],
  now: number,
): Batch | null {
  if (batch.status !== "expanding" || !holds(batch, fence)) return null;
  return { ...batch, status: "processing", listing: { ...listing, done: true }, due_at: now + LOOK_EVERY_MS };
}

/** A recount found every sheet ended. Null when it found otherwise, or another has the batch. */
export function complete(batch: Batch, fence: number, counts: Counts, now: number): Batch | null {
  if (batch.status !== "processing" || !holds(batch, fence)) return null;
  if (counts.pending > 0 || counts.total !== batch.listing.sheets) return null;
  const status = counts.failed + counts.unmatched > 0 ? "completed_with_errors" : "completed";
  return { ...common(batch), status, completed_at: now, counts };
}

/** The archive is at fault. An ended batch stays as it is. */
export function fail(batch: Batch, code: BatchFault, now: number): Batch {
  if (isEnded(batch)) return batch;
  return { ...common(batch), status: "failed", completed_at: now, error: batchErrorOf(code) };
}

/** Stops it: what is done is kept. Null when it has ended. */
export function cancel(batch: Batch, now: number): Batch | null {
  if (isEnded(batch)) return null;
  return { ...common(batch), status: "cancelled", completed_at: now };
}

/** Whether its archive ever was complete: without it there is nothing to read again. */
const wasUploaded = (batch: Batch): boolean => batch.reading !== null;

/**
 * Reads again what failed, and what was left when it was cancelled: a new round, begun by the expander's recount.
 * `ended` is the number of sheets that have ended. Null while it is being read, and when there is nothing to read.
 */
export function retryFailed(batch: Batch, ended: number, now: number): Batch | null {
  if (!isEnded(batch) || !wasUploaded(batch)) return null;
  if (batch.status === "failed" && !batch.error.retryable) return null;
  return {
    ...common(batch),
    status: batch.listing.done ? "processing" : "expanding",
    round: batch.round + 1,
    reading: { began_at: now, ended },
    seen: ended,
    due_at: now,
  };
}

export type Look = { batch: Batch; send: "expand" | "recount" | null };

/**
 * What the sweeper does about a batch that is due: gives up an upload, sends for the expander, or, where reading has
 * got no further since it last looked, has the sheets counted and sent for again. Null when there is nothing to do.
 * @param takeAll takes a running lease as lost
 */
export function look(batch: Batch, ended: number, now: number, takeAll = false): Look | null {
  if (batch.status === "uploading") {
    if (now < batch.created_at + UPLOAD_MS) return null;
    return { batch: fail(batch, "batch_upload_expired", now), send: null };
  }
  if (!isBeingRead(batch)) return null;
  if (batch.lease && batch.lease.until > now && !takeAll) return null;
  // Ended, not removed: the next one to hold it gets a higher fence.
  const freed = { ...batch, lease: null, seen: ended, due_at: now + LOOK_EVERY_MS };
  if (batch.status === "expanding") return { batch: freed, send: "expand" };
  const moved = ended !== batch.seen && ended < batch.listing.sheets;
  return { batch: freed, send: moved && !takeAll ? null : "recount" };
}

/** What all states have in common, with nothing left to look for. */
function common(batch: Batch): Base {
  const { status: _, ...rest } = batch;
  const {
    completed_at: _at,
    counts: _counts,
    error: _error,
    ...kept
  } = rest as typeof rest & {
    completed_at?: number;
    counts?: unknown;
    error?: unknown;
  };
  return { ...kept, attempts: 0, lease: null, due_at: null };
}
