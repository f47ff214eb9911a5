import { randomUUID } from "node:crypto";
import type { UploadType } from "../../contract/batches.ts";
import { archiveKey } from "../../contract/object-keys.ts";
import { type Batch, bookBatch, startExpanding } from "../../core/batches/batch.ts";
import { type ExpandParts, expandBatch } from "../../core/batches/expand.ts";
import type { RecountParts } from "../../core/batches/recount.ts";
import type { Sheet } from "../../core/batches/sheet.ts";
import { T0 } from "../support/builders.ts";
import {
  type MemoryArchive,
  type MemoryBatches,
  type MemoryBatchesQueue,
  type MemorySheetResults,
  type MemorySheets,
  type MemorySheetsQueue,
  type MemoryTally,
  memoryArchive,
  memoryBatches,
  memoryBatchesQueue,
  memorySheetResults,
  memorySheets,
  memorySheetsQueue,
  memoryTally,
} from "../support/memory-batches.ts";

/** Everything the expander works with, in memory. */

export const EXPAND_LEASE_MS = 310_000;

export type BatchWorld = ExpandParts &
  RecountParts & {
    batches: MemoryBatches;
    tally: MemoryTally;
    sheets: MemorySheets;
    sheetResults: MemorySheetResults;
    archives: MemoryArchive;
    sheetsQueue: MemorySheetsQueue;
    batchesQueue: MemoryBatchesQueue;
  };

export const batchWorld = (): BatchWorld => ({
  batches: memoryBatches(),
  tally: memoryTally(),
  sheets: memorySheets(),
  sheetResults: memorySheetResults(),
  archives: memoryArchive(),
  sheetsQueue: memorySheetsQueue(),
  batchesQueue: memoryBatchesQueue(),
  now: () => T0,
  leaseMs: EXPAND_LEASE_MS,
  timeLeftMs: () => 290_000,
});

/** The time of a run that is up as soon as it has begun. */
export function shortTime(): () => number {
  let asked = 0;
  return () => (asked++ === 0 ? 290_000 : 0);
}

/** A batch whose upload is complete. */
export async function expandingBatch(
  world: BatchWorld,
  upload_type: UploadType = "zip_with_qr",
  size = 1,
): Promise<Batch> {
  const wanted = {
    id: randomUUID(),
    owner: "nurse",
    fingerprint: "f",
    filename: "scans.zip",
    size,
    upload_type,
    task_id: upload_type === "zip_with_qr" ? null : "12345678",
    upload: { upload_id: "u", chunk_size: 1, total_chunks: 1 },
  };
  const batch = startExpanding(bookBatch(wanted, T0), T0);
  if (!batch) throw new Error("a new batch can be begun");
  await world.batches.create(batch);
  return batch;
}

/** Hands a ZIP in and lists it. */
export async function listZip(bytes: Uint8Array, world = batchWorld()) {
  const { id } = await expandingBatch(world, "zip_with_qr", Math.max(1, bytes.length));
  await world.archives.put(archiveKey(id), bytes, "application/zip");
  const outcome = await expandBatch(id, {}, world);
  return { id, outcome, world, batch: await stored(world, id), sheets: await sheetsOf(world, id) };
}

export async function stored(world: BatchWorld, id: string): Promise<Batch> {
  const batch = await world.batches.read(id);
  if (!batch) throw new Error("the batch is there");
  return batch;
}

export const sheetsOf = (world: BatchWorld, id: string): Promise<Sheet[]> =>
  world.sheets.list(id, Number.POSITIVE_INFINITY);
