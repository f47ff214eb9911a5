import type { SheetResult } from "../../contract/batches.ts";
import type { Review, UnderstoodMedication } from "../../contract/medications.ts";
import { sheetImageKey } from "../../contract/object-keys.ts";
import type { SheetReason } from "../../contract/problems.ts";
import type { PageReading } from "../../contract/reading.ts";
import { type Batch, isBeingRead, isGone } from "./batch.ts";
import { duplicateOf } from "./duplicate.ts";
import { claim, type EndedSheet, type Outcome, type PendingSheet, release, settle } from "./sheet.ts";
import { bytesOfSheet } from "./sheet-bytes.ts";
import {
  ArchiveChanged,
  type ArchiveStore,
  changeSheet,
  type SheetEndedParts,
  type SheetResultStore,
  type SheetStore,
  sheetEnded,
} from "./stores.ts";
import { type SheetTask, taskOf } from "./task.ts";
import { EntryDamaged } from "./zip-entry.ts";

export type ReadSheetParts = SheetEndedParts & {
  sheets: SheetStore;
  results: SheetResultStore;
  archives: ArchiveStore;
  readPhoto: (
    photo: Uint8Array,
  ) => Promise<{ reading: PageReading; image: Uint8Array; thumbnail: Uint8Array }>;
  /** The picture's fault, as the reason the sheet fails for; null for any other error. */
  refusalOf: (error: unknown) => SheetReason | null;
  /** A sheet's reading to its medications: at least one. */
  understand: (readings: readonly PageReading[]) => UnderstoodMedication[];
  now: () => number;
  leaseMs: number;
};

/** What came of one message, for the log. */
export type ReadSheetOutcome =
  /** Its batch is not being read, or it was read before. */
  | { kind: "nothing" }
  /** Another worker has it, at the latest until then (ms): the message should come again, should that one die. */
  | { kind: "held"; until: number }
  /** The lease ran out while this worker was at it; another has the sheet. */
  | { kind: "lost" }
  | { kind: "exhausted" }
  | { kind: "ended"; status: EndedSheet["status"]; bytes: number };

/**
 * Reads one sheet of a batch: claim, fetch, unpack, read, record. Every write is conditional, so the same message may
 * come any number of times.
 * @throws whatever went wrong that may pass: the sheet is free for the next attempt, and the message should come again
 */
export async function readSheet(
  batchId: string,
  index: number,
  parts: ReadSheetParts,
): Promise<ReadSheetOutcome> {
  const { batches, sheets, now, leaseMs } = parts;
  const batch = await batches.read(batchId);
  if (!batch || isGone(batch, now()) || !isBeingRead(batch)) return { kind: "nothing" };
  const claimed = await changeSheet(sheets, batchId, index, (sheet) => {
    const made = claim(sheet, now(), leaseMs);
    return { record: made.kind === "nothing" ? sheet : made.sheet, told: made };
  });
  if (!claimed) return { kind: "nothing" };
  const { record, told } = claimed;
  if (told.kind === "read") return read(batch, told.sheet, told.fence, parts);
  if (told.kind === "exhausted") {
    await sheetEnded(told.sheet, parts);
    return { kind: "exhausted" };
  }
  return record.status === "pending" && record.lease
    ? { kind: "held", until: record.lease.until }
    : { kind: "nothing" };
}

async function read(
  batch: Batch,
  sheet: PendingSheet,
  fence: number,
  parts: ReadSheetParts,
): Promise<ReadSheetOutcome> {
  const { sheets, now } = parts;
  const { batch_id, index } = sheet;
  try {
    const { outcome, bytes } = await outcomeOf(batch, sheet, parts);
    const settled = await changeSheet(sheets, batch_id, index, (sheet) => {
      const ended = settle(sheet, fence, outcome, now());
      return ended && { record: ended, told: ended };
    });
    if (!settled) return { kind: "lost" };
    await sheetEnded(settled.told, parts);
    return { kind: "ended", status: outcome.status, bytes };
  } catch (error) {
    const freed = await changeSheet(sheets, batch_id, index, (sheet) => {
      const made = release(sheet, fence, now());
      return made && { record: made, told: made };
    });
    if (!freed || freed.told.status === "pending") throw error;
    await sheetEnded(freed.told, parts);
    return { kind: "exhausted" };
  }
}

/** How the sheet ends. What it shows is kept before that is written: nobody would look again afterwards. */
async function outcomeOf(
  batch: Batch,
  sheet: PendingSheet,
  parts: ReadSheetParts,
): Promise<{ outcome: Outcome; bytes: number }> {
  let bytes = 0;
  const failed = (reason: SheetReason) => ({ outcome: { status: "failed" as const, reason }, bytes });
  try {
    const photo = await bytesOfSheet(batch, sheet, parts.archives);
    bytes = photo.length;
    const duplicate_of = await duplicateOf(sheet, photo, parts.sheets, async (other) => {
      try {
        return await bytesOfSheet(batch, other, parts.archives);
      } catch (error) {
        if (error instanceof EntryDamaged || error instanceof ArchiveChanged) return null;
        throw error;
      }
    });
    if (duplicate_of !== null) return { outcome: { status: "duplicate", duplicate_of }, bytes };
    return { outcome: await readAndKeep(batch, sheet, photo, parts), bytes };
  } catch (error) {
    if (error instanceof EntryDamaged) return failed("entry_damaged");
    const reason = parts.refusalOf(error);
    if (reason) return failed(reason);
    throw error;
  }
}

async function readAndKeep(
  { task_id }: Batch,
  { batch_id, index, expires_at }: PendingSheet,
  photo: Uint8Array,
  { archives, results, readPhoto, understand }: ReadSheetParts,
): Promise<Outcome> {
  const { reading, image, thumbnail } = await readPhoto(photo);
  const understood = understand([reading]);
  const task: SheetTask = task_id ? { task_id, source: "batch" } : taskOf(reading, understood);
  const result = resultOf(reading, understood, task);
  await Promise.all([
    archives.put(sheetImageKey(batch_id, index, "image"), image, "image/webp"),
    archives.put(sheetImageKey(batch_id, index, "thumbnail"), thumbnail, "image/webp"),
    results.put(batch_id, index, result, expires_at),
  ]);
  const needs_review = result.results.some((one) => one.needs_review);
  if (task.task_id === null) return { status: "unmatched", reason: task.reason, needs_review };
  return { status: "completed", task_id: task.task_id, needs_review };
}

/** A task that was printed only: a person should see that it is the right one. */
const taskPrinted: Review = {
  code: "task_printed",
  message: "The task was read from printed figures, not from a QR code: compare it with the sheet.",
};

function resultOf(
  { width, height, lines }: PageReading,
  understood: readonly UnderstoodMedication[],
  task: SheetTask,
): SheetResult {
  const printed = task.task_id !== null && task.source === "printed";
  const results = understood.map((one) =>
    printed ? { ...one, needs_review: true, review: [...one.review, taskPrinted] } : one,
  );
  const [result] = results;
  if (!result) throw new Error("nothing was understood, not even that nothing was read");
  return {
    ...(task.task_id === null ? {} : { task_source: task.source }),
    confidence: confidenceOf(result),
    result,
    results,
    width,
    height,
    text: lines.map(({ text }) => text).join("\n"),
  };
}

/** The lowest of the drug's name and its strength; 0 where there is no name. */
const confidenceOf = ({ fields: { name, dosage } }: UnderstoodMedication): number =>
  name ? Math.min(name.confidence, dosage?.confidence ?? 1) : 0;
