import { ProblemError } from "../../contract/problems.ts";
import { type Batch, isEnded, retryFailed } from "./batch.ts";
import { type BatchesQueue, type BatchStore, changeBatch, endedIn, type TallyStore } from "./stores.ts";

export type RetryBatchParts = {
  batches: BatchStore;
  tally: Pick<TallyStore, "read">;
  queue: BatchesQueue;
  now: () => number;
};

/**
 * Has the failed sheets of an ended batch read again, and those that were left when it was cancelled.
 * @throws ProblemError batch_running, batch_not_retryable
 */
export async function retryBatch(
  { id }: Pick<Batch, "id">,
  { batches, tally, queue, now }: RetryBatchParts,
): Promise<void> {
  const counted = await tally.read(id);
  const begun = await changeBatch(batches, id, (batch) => {
    if (!isEnded(batch)) throw new ProblemError("batch_running");
    // What failed is to be read: it has not ended in the new round.
    const again = retryFailed(batch, endedIn(counted) - counted.failed, now());
    return again && { record: again, told: null };
  });
  if (!begun) throw new ProblemError("batch_not_retryable");
  const { status, listing } = begun.record;
  // Should this fail, the sweeper finds the batch due and sends for it.
  await queue.send([
    status === "expanding" && listing.sheets === 0
      ? { type: "expand_batch", batch_id: id }
      : { type: "recount_batch", batch_id: id, resend: true },
  ]);
}
