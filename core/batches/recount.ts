import type { SheetCounts } from "../../contract/batches.ts";
import { type Batch, claim, complete, expiresAt, release } from "./batch.ts";
import type { ExpandParts } from "./expand.ts";
import { writeResults } from "./results.ts";
import { runTime } from "./run-time.ts";
import { allOf, sendFor } from "./send-for.ts";
import { retry, type Sheet } from "./sheet.ts";
import { changeBatch, changeSheet, endedIn, NONE, type SheetResultStore, type Tally } from "./stores.ts";

/** Sheets changed side by side: as many as there are connections to the table. */
const AT_ONCE = 50;

/** What the expander works with, and what was read: counting is the end of listing. */
export type RecountParts = ExpandParts & { sheetResults: SheetResultStore };

/** What came of one message, for the log. */
export type RecountOutcome =
  /** Somebody else counts it, or it is not the time to. */
  | { kind: "nothing" }
  | { kind: "lost" }
  | { kind: "exhausted" }
  /** The time was up: the next run begins again, and finds less to do. */
  | { kind: "continued" }
  | { kind: "pending"; pending: number; sent: number }
  | { kind: "ended"; total: number; failed: number; unmatched: number };

type Held = { batch: Batch; fence: number; parts: RecountParts };

/**
 * Counts the sheets of a batch that is fully listed, one by one, and ends it when every one has ended. On the way the
 * sheets that failed in an earlier round are sent to be read again.
 * @param resend also sends for every sheet that waits: its message may be lost, or its worker
 * @throws whatever went wrong that may pass: the batch is free for the next attempt, and the message should come again
 */
export async function recountBatch(
  id: string,
  resend: boolean,
  parts: RecountParts,
): Promise<RecountOutcome> {
  const { batches, now, leaseMs } = parts;
  const claimed = await changeBatch(batches, id, (batch) => {
    if (batch.status !== "processing") return null;
    const told = claim(batch, now(), leaseMs);
    return told.kind === "nothing" ? null : { record: told.batch, told };
  });
  if (!claimed) return { kind: "nothing" };
  if (claimed.told.kind === "exhausted") return { kind: "exhausted" };
  const held = { batch: claimed.record, fence: claimed.told.fence, parts };
  try {
    return await recount(resend, held);
  } catch (error) {
    await letGo(held, true);
    throw error;
  }
}

/** Whether this run still had it. */
async function letGo({ batch, fence, parts }: Held, passingFault = false): Promise<boolean> {
  const freed = await changeBatch(parts.batches, batch.id, (batch) => {
    const record = release(batch, fence, parts.now(), passingFault);
    return record && { record, told: null };
  });
  return freed !== null;
}

async function recount(resend: boolean, held: Held): Promise<RecountOutcome> {
  const { batch, fence, parts } = held;
  const { tally, batchesQueue, now } = parts;
  const isUp = runTime(parts.timeLeftMs);
  // Read before the sheets are: one that ends in between is then counted twice, and the next recount comes early. The
  // other way round it would be forgotten.
  const before = await tally.read(batch.id);
  const counts = { total: 0, pending: 0, ...NONE };
  let sent = 0;
  const again = async (): Promise<RecountOutcome> => {
    if (!(await letGo(held))) return { kind: "lost" };
    await batchesQueue.send([{ type: "recount_batch", batch_id: batch.id, resend }]);
    return { kind: "continued" };
  };
  for await (const page of parts.sheets.all(batch.id)) {
    const looked = await lookAt(page, resend, held);
    before.failed -= looked.retried;
    sent += looked.sent;
    for (const status of looked.statuses) counts[status] += 1;
    counts.total += page.length;
    if (isUp()) return again();
  }
  await tally.add(batch.id, difference(counts, before), expiresAt(batch));
  if (counts.pending > 0) return waitFor(counts.pending, sent, held);
  await writeResults(batch, parts);
  const ended = await changeBatch(parts.batches, batch.id, (batch) => {
    const record = complete(batch, fence, counts, now());
    return record && { record, told: null };
  });
  if (ended)
    return { kind: "ended", total: counts.total, failed: counts.failed, unmatched: counts.unmatched };
  await letGo(held);
  return { kind: "lost" };
}

/** The last of them may have ended meanwhile: its worker's call for a recount found the batch held by this one. */
async function waitFor(pending: number, sent: number, held: Held): Promise<RecountOutcome> {
  const { batch, parts } = held;
  if (!(await letGo(held))) return { kind: "lost" };
  if (endedIn(await parts.tally.read(batch.id)) >= batch.listing.sheets) {
    await parts.batchesQueue.send([{ type: "recount_batch", batch_id: batch.id, resend: false }]);
  }
  return { kind: "pending", pending, sent };
}

const difference = (counts: SheetCounts, before: Tally): Tally => ({
  completed: counts.completed - before.completed,
  failed: counts.failed - before.failed,
  duplicate: counts.duplicate - before.duplicate,
  unmatched: counts.unmatched - before.unmatched,
});

type Looked = { statuses: Sheet["status"][]; retried: number; sent: number };

/** Sees to a page of sheets: those of an earlier round that failed wait again, and those that wait may be sent for. */
async function lookAt(page: readonly Sheet[], resend: boolean, { batch, parts }: Held): Promise<Looked> {
  const looked: Looked = { statuses: [], retried: 0, sent: 0 };
  for (let first = 0; first < page.length; first += AT_ONCE) {
    const some = page.slice(first, first + AT_ONCE);
    const retried = new Set<number>();
    const now = await allOf(
      some.map(async (sheet) => {
        if (!retry(sheet, batch.round)) return sheet;
        const made = await changeSheet(parts.sheets, batch.id, sheet.index, (sheet) => {
          const record = retry(sheet, batch.round);
          return record && { record, told: null };
        });
        if (made) retried.add(sheet.index);
        return made?.record ?? sheet;
      }),
    );
    if (retried.size > 0) {
      await parts.tally.add(batch.id, { failed: -retried.size }, expiresAt(batch));
      looked.retried += retried.size;
    }
    // Also for those that are held: whoever holds one may be gone, and its message waits until the lease is over.
    const wanted = now.filter((sheet) => resend || retried.has(sheet.index));
    const waiting = wanted.filter(({ status }) => status === "pending");
    await sendFor(waiting, parts.sheetsQueue);
    looked.sent += waiting.length;
    looked.statuses.push(...now.map(({ status }) => status));
  }
  return looked;
}
