import type { BatchFault } from "../../contract/problems.ts";
import {
  type Batch,
  checkpoint,
  claim,
  expiresAt,
  fail,
  finishListing,
  release,
  startExpanding,
} from "./batch.ts";
import { type Listed, openSource } from "./listed.ts";
import { runTime } from "./run-time.ts";
import { allOf, sendFor } from "./send-for.ts";
import { bookRefused, bookSheet, type Sheet } from "./sheet.ts";
import {
  ArchiveChanged,
  type ArchiveStore,
  type BatchesQueue,
  type BatchStore,
  changeBatch,
  endedIn,
  type SheetStore,
  type SheetsQueue,
  type TallyStore,
} from "./stores.ts";
import { ArchiveFault } from "./zip-archive.ts";

/** Sheets booked between two checkpoints: what a run that dies leaves to be gone through once more. */
const CHECKPOINT_SHEETS = 1_000;

export type ExpandParts = {
  batches: BatchStore;
  tally: TallyStore;
  sheets: SheetStore;
  archives: ArchiveStore;
  sheetsQueue: SheetsQueue;
  batchesQueue: BatchesQueue;
  now: () => number;
  leaseMs: number;
  /** Milliseconds until this run is killed. */
  timeLeftMs: () => number;
};

/** What came of one message, for the log. */
export type ExpandOutcome =
  /** Somebody else lists it, or there is nothing to list. */
  | { kind: "nothing" }
  /** The lease ran out, or the batch was stopped. */
  | { kind: "lost" }
  | { kind: "exhausted" }
  | { kind: "failed"; code: BatchFault }
  /** The time was up: the next run goes on from here. */
  | { kind: "continued"; sheets: number }
  | { kind: "listed"; sheets: number; skipped: number };

/** The lease went to somebody else, or the batch has ended. */
class Lost extends Error {
  override readonly name = "Lost";
}

export type ExpandReason = {
  /** S3 says that the archive is there: the upload is complete, whether or not its caller lived to say so. */
  arrived?: boolean;
  /** Sheets booked by now may have to be sent for again: a recount sees to that when all are listed. */
  resend?: boolean;
};

type Held = { id: string; fence: number; resend: boolean; parts: ExpandParts };

/**
 * Lists a batch: reads the ZIP's directory, books a sheet for every entry and sends for it to be read; the first are
 * sent for while the rest is still being listed. A listing that was broken off is gone through again from its start,
 * and booked from where the last checkpoint was.
 * @throws whatever went wrong that may pass: the batch is free for the next attempt, and the message should come again
 */
export async function expandBatch(id: string, why: ExpandReason, parts: ExpandParts): Promise<ExpandOutcome> {
  const { batches, now, leaseMs } = parts;
  const claimed = await changeBatch(batches, id, (found) => {
    const batch = (why.arrived && startExpanding(found, now())) || found;
    if (batch.status !== "expanding") return null;
    const told = claim(batch, now(), leaseMs);
    return told.kind === "nothing" ? null : { record: told.batch, told };
  });
  if (!claimed) return { kind: "nothing" };
  if (claimed.told.kind === "exhausted") return { kind: "exhausted" };
  // Sheets booked in an earlier round may have failed in it.
  const resend = why.resend === true || claimed.record.round > 1;
  const held = { id, fence: claimed.told.fence, resend, parts };
  try {
    return await list(claimed.record, held);
  } catch (error) {
    if (error instanceof Lost) return { kind: "lost" };
    const code = faultOf(error);
    const ended = await changeBatch(batches, id, (batch) => {
      if (code === null) return moved(release(batch, held.fence, now(), true));
      return batch.lease?.fence === held.fence ? moved(fail(batch, code, now())) : null;
    });
    if (code === null) throw error;
    return ended ? { kind: "failed", code } : { kind: "lost" };
  }
}

function faultOf(error: unknown): BatchFault | null {
  if (error instanceof ArchiveFault) return error.code;
  return error instanceof ArchiveChanged ? "archive_missing" : null;
}

const moved = (record: Batch | null) => record && { record, told: null };

/** Makes a move that only the batch's holder may make. */
async function mine({ id, parts }: Held, move: (batch: Batch) => Batch | null): Promise<Batch> {
  const made = await changeBatch(parts.batches, id, (batch) => moved(move(batch)));
  if (!made) throw new Lost();
  return made.record;
}

async function list(batch: Batch, held: Held): Promise<ExpandOutcome> {
  const { fence, parts } = held;
  const { archives, now, leaseMs } = parts;
  const isUp = runTime(parts.timeLeftMs);
  const { archive, expected, entries } = await openSource(batch, archives);
  // Before the first message: whoever reads a sheet reads it from the archive as it is pinned here. Only once, because
  // a checkpoint forgets that earlier runs died, and this one has got no further than they did.
  if (batch.archive?.etag !== archive?.etag || batch.listing.expected !== expected) {
    const pinned = { archive, listing: { ...batch.listing, expected } };
    await mine(held, (batch) => checkpoint(batch, fence, pinned, now(), leaseMs));
  }
  const listing = { expected, sheets: 0, skipped: 0, done: false };
  let unsent: Sheet[] = [];
  let kept = batch.listing.sheets;
  for await (const found of entries) {
    const sheets: Sheet[] = [];
    for (const one of found) {
      if (one.kind === "skip") listing.skipped += 1;
      else if (listing.sheets++ >= batch.listing.sheets) {
        sheets.push(bookedAs(one, listing.sheets - 1, batch, now()));
      }
    }
    // A sheet is sent for only when every one before it is booked: else the second of two alike could be read before
    // the first can be found.
    await allOf([create(sheets, held), sendFor(unsent, parts.sheetsQueue)]);
    unsent = sheets;
    const over = listing.sheets > kept && isUp();
    if (!over && listing.sheets - kept < CHECKPOINT_SHEETS) continue;
    await sendFor(unsent, parts.sheetsQueue);
    unsent = [];
    kept = listing.sheets;
    const got = { listing: { ...listing } };
    await mine(held, (batch) => checkpoint(batch, fence, got, now(), leaseMs));
    if (over) return handOver(kept, held);
  }
  await sendFor(unsent, parts.sheetsQueue);
  if (listing.sheets === 0) throw new ArchiveFault("archive_empty");
  await finish(listing, held);
  return { kind: "listed", sheets: listing.sheets, skipped: listing.skipped };
}

async function handOver(sheets: number, held: Held): Promise<ExpandOutcome> {
  const { id: batch_id, fence, resend, parts } = held;
  // Free before the message: the next run must not find it held.
  await mine(held, (batch) => release(batch, fence, parts.now()));
  await parts.batchesQueue.send([
    resend ? { type: "recount_batch", batch_id, resend } : { type: "expand_batch", batch_id },
  ]);
  return { kind: "continued", sheets };
}

/** The last sheet may have ended before the batch could say that it is the last: then nobody else sends for a recount. */
async function finish(listing: Batch["listing"], held: Held): Promise<void> {
  const { id, fence, resend, parts } = held;
  const { tally, batchesQueue, now } = parts;
  await mine(held, (batch) => finishListing(batch, fence, listing, now()));
  // Free before the tally is read: a recount sent for by a worker in between found the batch held and did nothing.
  await mine(held, (batch) => release(batch, fence, now()));
  if (resend || endedIn(await tally.read(id)) >= listing.sheets) {
    await batchesQueue.send([{ type: "recount_batch", batch_id: id, resend }]);
  }
}

function bookedAs(one: Exclude<Listed, { kind: "skip" }>, index: number, batch: Batch, now: number): Sheet {
  const { id: batch_id, owner, round } = batch;
  const wanted = { batch_id, index, owner, round, name: one.name, expires_at: expiresAt(batch) };
  // What is refused is like no other.
  if (one.kind === "refuse") return bookRefused({ ...wanted, content: `refused-${index}` }, one.reason, now);
  return bookSheet({ ...wanted, place: one.place, content: one.content });
}

async function create(sheets: readonly Sheet[], { id, parts }: Held): Promise<void> {
  const created = await allOf(
    sheets.map(async (sheet) => ((await parts.sheets.create(sheet)) ? sheet : null)),
  );
  const [refused, ...more] = created.filter((sheet) => sheet?.status === "failed");
  // Should this fail, the recount sees to it.
  if (refused) await parts.tally.add(id, { failed: 1 + more.length }, refused.expires_at);
}
