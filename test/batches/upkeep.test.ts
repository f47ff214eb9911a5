import { beforeEach, describe, expect, it } from "vitest";
import { archiveKey } from "../../contract/object-keys.ts";
import { type Batch, cancel, claim, LOOK_EVERY_MS, UPLOAD_MS } from "../../core/batches/batch.ts";
import { buryArchive, burySheet } from "../../core/batches/bury.ts";
import { claim as claimSheet } from "../../core/batches/sheet.ts";
import { sweepBatches } from "../../core/batches/sweep.ts";
import {
  BATCH_ID,
  bookedBatch,
  endedSheet,
  expandingBatch,
  pendingSheet,
  processingBatch,
} from "../support/batch-builders.ts";
import { LEASE_MS, made, T0 } from "../support/builders.ts";
import {
  memoryArchive,
  memoryBatches,
  memoryBatchesQueue,
  memorySheets,
  memoryTally,
} from "../support/memory-batches.ts";

let clock = T0;
function road() {
  return {
    batches: memoryBatches(),
    tally: memoryTally(),
    sheets: memorySheets(),
    archives: memoryArchive(),
    batchesQueue: memoryBatchesQueue(),
    now: () => clock,
  };
}
let at: ReturnType<typeof road>;
beforeEach(() => {
  clock = T0;
  at = road();
});
const batch = (): Batch => made(at.batches.kept.get(BATCH_ID) ?? null);
const held = (batch: Batch): Batch => {
  const made = claim(batch, clock, LEASE_MS);
  if (made.kind !== "held") throw new Error(made.kind);
  return made.batch;
};
const expand = { type: "expand_batch", batch_id: BATCH_ID };
const recount = { type: "recount_batch", batch_id: BATCH_ID, resend: true };

describe("the sweeper", () => {
  it("gives up an upload that was never completed, and not a minute before", async () => {
    await at.batches.create(bookedBatch());
    clock = T0 + UPLOAD_MS - 1;
    expect(await sweepBatches(at)).toEqual({ looked_at: 0, ended: 0, sent: 0, failed: 0 });
    clock = T0 + UPLOAD_MS;
    expect(await sweepBatches(at)).toEqual({ looked_at: 1, ended: 1, sent: 0, failed: 0 });
    expect(batch()).toMatchObject({
      status: "failed",
      error: { code: "batch_upload_expired" },
      due_at: null,
    });
  });

  it("has a complete archive listed that nobody told of, instead of giving it up", async () => {
    await at.batches.create(bookedBatch());
    await at.archives.put(archiveKey(BATCH_ID), Buffer.from("zip"), "application/zip");
    clock = T0 + UPLOAD_MS;
    expect(await sweepBatches(at)).toMatchObject({ ended: 0, sent: 1 });
    expect(batch().status).toBe("expanding");
    expect(at.batchesQueue.sent).toEqual([expand]);
  });

  it("sends for the expander again where nobody lists a batch, and once in five minutes only", async () => {
    await at.batches.create(expandingBatch());
    await sweepBatches(at);
    await sweepBatches(at);
    expect(at.batchesQueue.sent).toEqual([expand]);
    clock += LOOK_EVERY_MS;
    await sweepBatches(at);
    expect(at.batchesQueue.sent).toHaveLength(2);
  });

  it("leaves a batch to whoever holds it, until the lease is over", async () => {
    await at.batches.create(held(expandingBatch()));
    clock = T0 + LEASE_MS - 1;
    await sweepBatches(at);
    expect(at.batchesQueue.sent).toEqual([]);
    clock = T0 + LEASE_MS;
    await sweepBatches(at);
    expect(at.batchesQueue.sent).toEqual([expand]);
    expect(batch().lease).toBeNull();
  });

  it("has a batch counted and its sheets sent for when none has ended since it last looked", async () => {
    await at.batches.create({ ...processingBatch(10), due_at: T0 });
    await at.tally.add(BATCH_ID, { completed: 4 }, T0);
    await sweepBatches(at);
    expect(at.batchesQueue.sent).toEqual([]);
    clock += LOOK_EVERY_MS;
    await at.tally.add(BATCH_ID, { completed: 1 }, T0);
    await sweepBatches(at);
    expect(at.batchesQueue.sent).toEqual([]);
    clock += LOOK_EVERY_MS;
    await sweepBatches(at);
    expect(at.batchesQueue.sent).toEqual([recount]);
  });

  it("has a batch counted at once when by its tally all is done", async () => {
    await at.batches.create({ ...processingBatch(10), due_at: T0 });
    await at.tally.add(BATCH_ID, { completed: 10 }, T0);
    await sweepBatches(at);
    expect(at.batchesQueue.sent).toEqual([recount]);
  });

  it("after a start takes up everything unfinished: leases are lost, messages are gone", async () => {
    const ids = [1, 2, 3, 4].map((n) => `7c9e6679-7425-40de-944b-e07fc1f90ae${n}`);
    const [listed, begun, counting, stopped] = ids.map((id) => ({ id }));
    await at.batches.create(held(expandingBatch(listed)));
    const some = { expected: 10, sheets: 5, skipped: 0, done: false };
    await at.batches.create({ ...held(expandingBatch(begun)), listing: some });
    await at.batches.create({ ...held(processingBatch(10, counting)) });
    await at.batches.create(made(cancel(expandingBatch(stopped), T0)));
    expect(await sweepBatches(at, true)).toEqual({ looked_at: 3, ended: 0, sent: 3, failed: 0 });
    expect(at.batchesQueue.sent).toEqual([
      { ...expand, batch_id: ids[0] },
      // The messages of the five that were listed before are gone, too.
      { ...recount, batch_id: ids[1] },
      { ...recount, batch_id: ids[2] },
    ]);
  });

  it("looks at the others when one gives trouble, which stays due", async () => {
    const other = "7c9e6679-7425-40de-944b-e07fc1f90ae1";
    await at.batches.create(expandingBatch());
    await at.batches.create(expandingBatch({ id: other }));
    const { read } = at.batches;
    at.batches.read = (id) => (id === BATCH_ID ? Promise.reject(new Error("throttled")) : read(id));
    expect(await sweepBatches(at)).toEqual({ looked_at: 2, ended: 0, sent: 1, failed: 1 });
    expect(at.batchesQueue.sent).toEqual([{ ...expand, batch_id: other }]);
    expect(batch().due_at).toBe(T0);
  });
});

describe("a message that was given up", () => {
  it("ends its sheet as failed, once, and counts it; the last one sends for the recount", async () => {
    await at.batches.create(processingBatch(1));
    await at.sheets.create(pendingSheet());
    expect(await burySheet(BATCH_ID, 0, at)).toBe(true);
    expect(await burySheet(BATCH_ID, 0, at)).toBe(false);
    expect(await at.sheets.read(BATCH_ID, 0)).toMatchObject({
      status: "failed",
      reason: "attempts_exhausted",
    });
    expect(await at.tally.read(BATCH_ID)).toMatchObject({ failed: 1 });
    expect(at.batchesQueue.sent).toEqual([{ ...recount, resend: false }]);
  });

  it("changes nothing of a sheet that has ended, that a worker holds, or that is not there", async () => {
    await at.batches.create(processingBatch(2));
    await at.sheets.create(endedSheet({ status: "duplicate", duplicate_of: 0 }, { index: 0 }));
    const claimed = claimSheet(pendingSheet({ index: 1 }), T0, LEASE_MS);
    if (claimed.kind === "nothing") throw new Error("not claimed");
    await at.sheets.create(claimed.sheet);
    for (const index of [0, 1, 2]) expect(await burySheet(BATCH_ID, index, at)).toBe(false);
    clock += LEASE_MS;
    expect(await burySheet(BATCH_ID, 1, at)).toBe(true);
  });

  it("about an archive that arrived leaves the batch to the sweeper, within a minute", async () => {
    await at.batches.create(bookedBatch());
    expect(await buryArchive(BATCH_ID, at.batches, at.now)).toBe(true);
    expect(await buryArchive(BATCH_ID, at.batches, at.now)).toBe(false);
    await sweepBatches(at);
    expect(at.batchesQueue.sent).toEqual([expand]);
  });
});
