import type { SheetResult } from "../../contract/batches.ts";
import { type Batch, bookBatch, type NewBatch, startExpanding } from "../../core/batches/batch.ts";
import {
  bookSheet,
  claim,
  type NewSheet,
  type Outcome,
  type Sheet,
  settle,
} from "../../core/batches/sheet.ts";
import { LEASE_MS, made, T0, understood } from "./builders.ts";

/** Batches and sheets to test with: each is whole and legal, and a test says only what it is about. */

export const BATCH_ID = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

export const newBatch = (more: Partial<NewBatch> = {}): NewBatch => ({
  id: BATCH_ID,
  owner: "nurse",
  fingerprint: "f",
  filename: "ward 3.zip",
  size: 1000,
  upload_type: "zip_with_qr",
  task_id: null,
  upload: { upload_id: "u", chunk_size: 8 * 2 ** 20, total_chunks: 1 },
  ...more,
});

export const bookedBatch = (more: Partial<NewBatch> = {}, now = T0): Batch => bookBatch(newBatch(more), now);

/** A batch whose upload is complete and whose archive was opened. */
export const expandingBatch = (more: Partial<NewBatch> = {}, now = T0): Batch => ({
  ...made(startExpanding(bookedBatch(more, now), now)),
  archive: { etag: '"1"', size: 1000 },
});

/** A batch all of whose sheets are listed. */
export const processingBatch = (sheets: number, more: Partial<NewBatch> = {}, now = T0): Batch => ({
  ...expandingBatch(more, now),
  status: "processing",
  listing: { expected: sheets, sheets, skipped: 0, done: true },
});

export const newSheet = (more: Partial<NewSheet> = {}): NewSheet => ({
  batch_id: BATCH_ID,
  index: 0,
  owner: "nurse",
  round: 1,
  name: "ward 3/sheet-1.jpg",
  place: { kind: "image", etag: '"1"', size: 10 },
  content: `c-${more.index ?? 0}`,
  expires_at: T0 + 30 * 24 * 3600_000,
  ...more,
});

export const pendingSheet = (more: Partial<NewSheet> = {}): Sheet => bookSheet(newSheet(more));

export function endedSheet(outcome: Outcome, more: Partial<NewSheet> = {}): Sheet {
  const held = claim(pendingSheet(more), T0, LEASE_MS);
  if (held.kind !== "read") throw new Error(held.kind);
  return made(settle(held.sheet, held.fence, outcome, T0 + 1000));
}

export const resultOf = (name = "Lisinopril", text = "LISINOPRIL 10 MG"): SheetResult => ({
  task_source: "qr",
  confidence: 0.97,
  result: understood(name),
  results: [understood(name)],
  width: 640,
  height: 480,
  text,
});
