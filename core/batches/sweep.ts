import { archiveKey } from "../../contract/object-keys.ts";
import { type Batch, type Look, look, startExpanding } from "./batch.ts";
import {
  type ArchiveStore,
  type BatchesQueue,
  type BatchStore,
  changeBatch,
  endedIn,
  type TallyStore,
} from "./stores.ts";

export type SweepBatchesParts = {
  batches: BatchStore;
  tally: Pick<TallyStore, "read">;
  archives: Pick<ArchiveStore, "head">;
  batchesQueue: BatchesQueue;
  now: () => number;
};
export type SweepBatchesReport = { looked_at: number; ended: number; sent: number; failed: number };

/**
 * Looks at every batch that is due: gives up uploads, and sends for the expander where nobody lists a batch or none of
 * its sheets has ended since the last look. One batch's trouble does not keep it from the others: that batch stays due.
 * @param takeAll looks at every unfinished batch and takes running leases as lost
 */
export async function sweepBatches(parts: SweepBatchesParts, takeAll = false): Promise<SweepBatchesReport> {
  const report: SweepBatchesReport = { looked_at: 0, ended: 0, sent: 0, failed: 0 };
  const due: string[] = [];
  for await (const id of parts.batches.due(takeAll ? Number.POSITIVE_INFINITY : parts.now())) due.push(id);
  for (const id of due) {
    report.looked_at += 1;
    try {
      await lookAt(id, parts, takeAll, report);
    } catch {
      report.failed += 1;
    }
  }
  return report;
}

async function lookAt(
  id: string,
  { batches, tally, archives, batchesQueue, now }: SweepBatchesParts,
  takeAll: boolean,
  report: SweepBatchesReport,
): Promise<void> {
  const ended = endedIn(await tally.read(id));
  const found = await batches.read(id);
  // Complete in the bucket, but whoever completed it died before saying so, and S3's event was lost.
  const arrived = found?.status === "uploading" && (await archives.head(archiveKey(id))) !== null;
  const changed = await changeBatch(batches, id, (batch) => {
    const made = look(arrived ? begun(batch, now()) : batch, ended, now(), takeAll);
    return made && { record: made.batch, told: made };
  });
  if (!changed) return;
  if (changed.record.status === "failed") report.ended += 1;
  if (changed.told.send === null) return;
  await batchesQueue.send([messageOf(changed.told, takeAll)]);
  report.sent += 1;
}

const begun = (batch: Batch, now: number): Batch => startExpanding(batch, now) ?? batch;

/** After a queue was lost, the sheets that were listed before must be sent for again too: a recount sees to both. */
function messageOf({ batch, send }: Look, takeAll: boolean) {
  const anew = takeAll && batch.listing.sheets > 0;
  return send === "recount" || anew
    ? { type: "recount_batch" as const, batch_id: batch.id, resend: true }
    : { type: "expand_batch" as const, batch_id: batch.id };
}
