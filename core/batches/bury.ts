import { startExpanding } from "./batch.ts";
import { bury } from "./sheet.ts";
import {
  type BatchStore,
  changeBatch,
  changeSheet,
  type SheetEndedParts,
  type SheetStore,
  sheetEnded,
} from "./stores.ts";

/**
 * Records on its sheet that a message was given up by the queue: the sheet ends as failed.
 * @returns whether that ended the sheet
 */
export async function burySheet(
  batchId: string,
  index: number,
  parts: SheetEndedParts & { sheets: Pick<SheetStore, "read" | "replace">; now: () => number },
): Promise<boolean> {
  const buried = await changeSheet(parts.sheets, batchId, index, (sheet) => {
    const ended = bury(sheet, parts.now());
    return ended && { record: ended, told: ended };
  });
  if (buried) await sheetEnded(buried.told, parts);
  return buried !== null;
}

/**
 * A message of the queue of batches was given up. The sweeper sends again for a batch that is being read, until its
 * attempts are used up. Only a batch that nobody knows to be complete yet would be forgotten: where it was S3 that told of it.
 * @returns whether that made the batch due
 */
export async function buryArchive(
  batchId: string,
  batches: Pick<BatchStore, "read" | "replace">,
  now: () => number,
): Promise<boolean> {
  const begun = await changeBatch(batches, batchId, (batch) => {
    const started = startExpanding(batch, now());
    return started && { record: started, told: null };
  });
  return begun !== null;
}
