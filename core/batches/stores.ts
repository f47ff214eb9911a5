import type { SheetCounts, SheetFilter, SheetResult } from "../../contract/batches.ts";
import type { BatchesMessage, ReadSheetMessage } from "../../contract/messages.ts";
import { change, type Kept } from "../change.ts";
import type { Batch } from "./batch.ts";
import type { EndedSheet, Sheet } from "./sheet.ts";

/** The ports: what the life of a batch needs of the world. `aws/` keeps them over the AWS SDK, tests in memory. */

export type BatchStore = {
  /** Writes a batch that is not there yet; false when there is one with this id. */
  create(batch: Batch): Promise<boolean>;
  /** The batch as it is now (a consistent read); null when there is none. */
  read(id: string): Promise<Batch | null>;
  /** Writes the batch if the stored one still has the version `batch` was made from; answers whether it did. */
  replace(batch: Batch): Promise<boolean>;
  /** Ids of batches whose `due_at` is at or before the time (ms); every unfinished one for Infinity. */
  due(at: number): AsyncIterable<string>;
  /** Newest first; `after` is the last of the page before. */
  ofOwner(owner: string, limit: number, after?: Pick<Batch, "id" | "created_at">): Promise<Batch[]>;
};

/** What has ended, counted as it happens: near the truth, and right only after a recount. */
export type Tally = Pick<SheetCounts, "completed" | "failed" | "duplicate" | "unmatched">;
export const NONE: Tally = { completed: 0, failed: 0, duplicate: 0, unmatched: 0 };

export type TallyStore = {
  /** Adds to a batch's tally (negative to take away) and answers what it is then. */
  add(batchId: string, more: Partial<Tally>, expiresAt: number): Promise<Tally>;
  /** A consistent read; `NONE` where nothing was added yet. */
  read(batchId: string): Promise<Tally>;
};

export type SheetStore = {
  create(sheet: Sheet): Promise<boolean>;
  /** A consistent read. */
  read(batchId: string, index: number): Promise<Sheet | null>;
  replace(sheet: Sheet): Promise<boolean>;
  /** The lowest index among the batch's sheets with this content (a consistent read), above `after` where given. */
  firstAlike(batchId: string, content: string, after?: number): Promise<number | null>;
  /** Every sheet of the batch in its order (consistent reads), a page at a time. */
  all(batchId: string): AsyncIterable<Sheet[]>;
  /** In the batch's order, from above `after`; narrowed by status, or to those a person must look at. */
  list(batchId: string, limit: number, after?: number, filter?: SheetFilter): Promise<Sheet[]>;
  /** A person's sheets of a task: newest batch first, or those of one batch in its order. */
  ofTask(
    owner: string,
    taskId: string,
    limit: number,
    options?: { batch?: Pick<Batch, "id" | "created_at">; after?: string },
  ): Promise<{ sheets: Sheet[]; next?: string }>;
};

export type SheetResultStore = {
  put(batchId: string, index: number, result: SheetResult, expiresAt: number): Promise<void>;
  /** The results there are of these sheets, by index. */
  get(batchId: string, indexes: readonly number[]): Promise<Map<number, SheetResult>>;
};

export type ObjectHead = { size: number; etag: string };

/** Objects in the bucket, read in pieces and written in pieces. */
export type ArchiveStore = {
  head(key: string): Promise<ObjectHead | null>;
  /**
   * Bytes `from` (inclusive) to `to` (exclusive) of the object with this ETag.
   * @throws ArchiveChanged when there is none, or another
   */
  range(key: string, etag: string, from: number, to: number): Promise<Uint8Array>;
  put(key: string, body: Uint8Array, contentType: string): Promise<void>;
  /** Writes an object from pieces as they come, holding a few MB at most. */
  write(key: string, pieces: AsyncIterable<Uint8Array>, contentType: string): Promise<void>;
};

/** The object is not there, or is not the one that was opened. */
export class ArchiveChanged extends Error {
  override readonly name = "ArchiveChanged";
}

export type BatchesQueue = { send(messages: readonly BatchesMessage[]): Promise<void> };
export type SheetsQueue = { send(messages: readonly ReadSheetMessage[]): Promise<void> };

const keptBatch = (batches: Pick<BatchStore, "read" | "replace">, id: string): Kept<Batch> => ({
  read: () => batches.read(id),
  replace: (batch) => batches.replace(batch),
});

/** The one way a batch changes: see `change`. */
export const changeBatch = <T>(
  batches: Pick<BatchStore, "read" | "replace">,
  id: string,
  move: (batch: Batch) => { record: Batch; told: T } | null,
) => change(keptBatch(batches, id), move);

/** The one way a sheet changes: see `change`. */
export const changeSheet = <T>(
  sheets: Pick<SheetStore, "read" | "replace">,
  batchId: string,
  index: number,
  move: (sheet: Sheet) => { record: Sheet; told: T } | null,
) =>
  change<Sheet, T>(
    { read: () => sheets.read(batchId, index), replace: (sheet) => sheets.replace(sheet) },
    move,
  );

export const endedIn = (tally: Tally): number =>
  tally.completed + tally.failed + tally.duplicate + tally.unmatched;

export type SheetEndedParts = { batches: BatchStore; tally: TallyStore; batchesQueue: BatchesQueue };

/**
 * Tells the batch that a sheet has ended, after that was written. Whoever ends the last one sends for the recount:
 * the tally is written before the batch is read, and the expander writes the batch before it reads the tally, so at
 * least one of the two sees that all is done.
 */
export async function sheetEnded(sheet: EndedSheet, parts: SheetEndedParts): Promise<void> {
  const { batches, tally, batchesQueue } = parts;
  const counted = await tally.add(sheet.batch_id, { [sheet.status]: 1 }, sheet.expires_at);
  const batch = await batches.read(sheet.batch_id);
  if (batch?.status !== "processing" || endedIn(counted) < batch.listing.sheets) return;
  await batchesQueue.send([{ type: "recount_batch", batch_id: batch.id, resend: false }]);
}
