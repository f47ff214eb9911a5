import type { Sheet } from "./sheet.ts";
import type { SheetStore } from "./stores.ts";

/**
 * Sheets alike in size and checksum whose bytes are compared before a sheet is taken for one of a kind. Two different
 * sheets of one size share a CRC-32 once in four thousand million; more than a few were made to.
 */
const COMPARED_AT_MOST = 4;

/**
 * The first sheet of the batch with the very same bytes, whatever became of it; null where this one is the first.
 * @param bytesOf another sheet's bytes; null where they cannot be had
 */
export async function duplicateOf(
  sheet: Sheet,
  bytes: Uint8Array,
  sheets: Pick<SheetStore, "firstAlike" | "read">,
  bytesOf: (other: Sheet) => Promise<Uint8Array | null>,
): Promise<number | null> {
  let after: number | undefined;
  for (let compared = 0; compared < COMPARED_AT_MOST; compared++) {
    const index = await sheets.firstAlike(sheet.batch_id, sheet.content, after);
    if (index === null || index >= sheet.index) return null;
    const other = await sheets.read(sheet.batch_id, index);
    const theirs = other && (await bytesOf(other));
    if (theirs && Buffer.compare(theirs, bytes) === 0) return index;
    after = index;
  }
  return null;
}
