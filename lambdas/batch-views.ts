import { type BatchProgress, batchId, type SheetCounts } from "../contract/batches.ts";
import { ProblemError } from "../contract/problems.ts";
import { type Batch, isBeingRead, isEnded, isGone } from "../core/batches/batch.ts";
import { type BatchStore, endedIn, type Tally } from "../core/batches/stores.ts";

/** How a batch looks from outside. */

export const progressPath = (id: string): string => `/batches/${id}/progress`;

/**
 * The person's batch.
 * @throws ProblemError batch_not_found, alike for one that never was, one that is gone and somebody else's
 */
export async function ownBatch(batches: Pick<BatchStore, "read">, id: string, owner: string): Promise<Batch> {
  const batch = batchId.safeParse(id).success ? await batches.read(id) : null;
  if (!batch || batch.owner !== owner || isGone(batch, Date.now())) throw new ProblemError("batch_not_found");
  return batch;
}

/** Changes whenever the counts or the status do. Weak: `eta_seconds` goes on without it. */
export const progressTag = (batch: Batch, tally: Tally): string =>
  `W/"${batch.version}-${tally.completed}-${tally.failed}-${tally.duplicate}-${tally.unmatched}"`;

/** Seconds until it is worth asking again. */
const RETRY = { uploading: 5, least: 1, most: 10 };
/** Of the time that is left, so that a bar moves some thirty times however long the batch is. */
const STEPS = 30;

export function retryAfterOf({ status, eta_seconds = 0 }: BatchProgress): Record<string, string> {
  if (status === "uploading") return { "Retry-After": String(RETRY.uploading) };
  if (status !== "expanding" && status !== "processing") return {};
  const seconds = Math.min(Math.max(Math.round(eta_seconds / STEPS), RETRY.least), RETRY.most);
  return { "Retry-After": String(seconds) };
}

export function batchProgressOf(batch: Batch, tally: Tally, now: number): BatchProgress {
  const counts = "counts" in batch ? batch.counts : countsOf(batch, tally);
  const eta_seconds = etaSeconds(batch, counts, now);
  return {
    batch_id: batch.id,
    filename: batch.filename,
    size: batch.size,
    upload_type: batch.upload_type,
    ...(batch.task_id === null ? {} : { task_id: batch.task_id }),
    status: batch.status,
    created_at: new Date(batch.created_at).toISOString(),
    ...(isEnded(batch) ? { completed_at: new Date(batch.completed_at).toISOString() } : {}),
    progress_percentage: percentageOf(batch, counts),
    counts,
    skipped: batch.listing.skipped,
    ...(eta_seconds === null ? {} : { eta_seconds }),
    ...(batch.status === "failed" ? { error: batch.error } : {}),
  };
}

/**
 * The tally runs beside the listing: sheets end before the listing they stand in is written down, and a worker that
 * died between two writes may have counted one twice. What is told adds up all the same; the recount has the last word.
 */
function countsOf({ listing }: Batch, tally: Tally): SheetCounts {
  const ended = endedIn(tally);
  const total = listing.done ? listing.sheets : Math.max(listing.sheets, ended);
  let over = Math.max(0, ended - total);
  const fitting = { ...tally };
  for (const status of ["completed", "unmatched", "duplicate", "failed"] as const) {
    const less = Math.min(over, fitting[status]);
    fitting[status] -= less;
    over -= less;
  }
  return { total, ...fitting, pending: total - endedIn(fitting) };
}

/** All sheets there will be, as far as it is known: while the ZIP is being listed its directory's own count says so. */
function expectedSheets({ listing }: Batch, { total }: SheetCounts): number {
  return listing.done ? total : Math.max((listing.expected ?? 0) - listing.skipped, total);
}

/** In tenths. Short of 100 until every sheet has ended and been counted. */
function percentageOf(batch: Batch, counts: SheetCounts): number {
  if ("counts" in batch) return 100;
  const expected = expectedSheets(batch, counts);
  if (expected === 0) return 0;
  return Math.min(Math.floor(((counts.total - counts.pending) / expected) * 1000) / 10, 99.9);
}

/** Sheets that must have ended before their rate says anything: the first ones wait for cold workers. */
const LEAST_MEASURED = 3;

/** From the rate of this round so far. Null while there is none. */
function etaSeconds(batch: Batch, counts: SheetCounts, now: number): number | null {
  if (!isBeingRead(batch) || batch.reading === null) return null;
  const ended = counts.total - counts.pending;
  const measured = ended - batch.reading.ended;
  const ms = now - batch.reading.began_at;
  if (measured < LEAST_MEASURED || ms <= 0) return null;
  return Math.ceil(((expectedSheets(batch, counts) - ended) * (ms / measured)) / 1000);
}
