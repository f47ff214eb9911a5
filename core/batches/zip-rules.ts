import { MAX_ENTRIES, MAX_SHEET_BYTES } from "../../contract/batches.ts";
import type { SheetReason } from "../../contract/problems.ts";
import { ArchiveFault } from "./zip-archive.ts";
import type { DirectoryEntry } from "./zip-directory.ts";
import { type Directory, MIN_HEADER_BYTES } from "./zip-end.ts";
import { type EntryPlace, LOCAL_HEADER_BYTES } from "./zip-entry.ts";
import { isUnsafeName, shownName } from "./zip-names.ts";

/** What becomes of an entry, by what the directory says of it, and what an archive as a whole may not be. */

export type Verdict =
  /** A folder, or what a system adds of its own. */
  | { kind: "skip" }
  | { kind: "refuse"; name: string; reason: SheetReason }
  | { kind: "book"; name: string; place: EntryPlace };

/** General purpose bits: encrypted, patched, strongly encrypted, directory masked. APPNOTE 4.4.4 */
const ENCRYPTED = 0x0001 | 0x0040 | 0x2000;
const PATCHED = 0x0020;
/** APPNOTE 4.4.5 */
const STORED = 0;
const DEFLATED = 8;
const AES = 99;
const DOS_FOLDER = 0x10;

/** Folders and files that systems add: macOS, Windows, Synology. */
const ADDED_FOLDERS = new Set(["__MACOSX", "@eaDir", ".Spotlight-V100", ".Trashes", ".fseventsd"]);
const ADDED_FILES = new Set([".ds_store", "thumbs.db", "ehthumbs.db", "desktop.ini"]);

/**
 * Deflate never makes data larger by more than 5 bytes in 16 KiB (RFC 1951, stored blocks); beyond that a sheet's
 * packed bytes are something else, and a worker must hold them.
 */
const MAX_PACKED_BYTES = MAX_SHEET_BYTES + 2 ** 16;

function isAdded(name: string): boolean {
  const parts = name.split("/");
  const file = parts.pop() ?? "";
  // "._" files keep what other file systems have no room for (AppleDouble).
  return (
    parts.some((part) => ADDED_FOLDERS.has(part)) ||
    ADDED_FILES.has(file.toLowerCase()) ||
    file.startsWith("._")
  );
}

export function judge(entry: DirectoryEntry, directory: Directory): Verdict {
  const name = shownName(entry.name);
  // A folder that has bytes is no folder: it is read like any sheet, so that nothing hides behind its name.
  const folder = name.endsWith("/") || (entry.attributes & DOS_FOLDER) !== 0;
  if ((folder && entry.size === 0) || isAdded(name)) return { kind: "skip" };
  const reason = refusal(entry, directory);
  if (reason) return { kind: "refuse", name, reason };
  const { offset, packed, size, crc32, name_length } = entry;
  const method = entry.method === STORED ? "stored" : "deflated";
  return { kind: "book", name, place: { kind: "entry", offset, packed, size, method, crc32, name_length } };
}

function refusal(entry: DirectoryEntry, directory: Directory): SheetReason | null {
  if (isUnsafeName(entry.name)) return "entry_name_unsafe";
  if (entry.flags & ENCRYPTED || entry.method === AES) return "entry_encrypted";
  if ((entry.method !== STORED && entry.method !== DEFLATED) || entry.flags & PATCHED) {
    return "entry_method_unsupported";
  }
  if (entry.offset + LOCAL_HEADER_BYTES + entry.name_length + entry.packed > directory.from) {
    return "entry_damaged";
  }
  if (entry.size > MAX_SHEET_BYTES || entry.packed > MAX_PACKED_BYTES) return "sheet_too_large";
  if (entry.method === STORED && entry.packed !== entry.size) return "entry_damaged";
  return null;
}

/** Entries there can be in a directory of that size. */
export const mostEntries = ({ from, to }: Directory): number =>
  Math.min(MAX_ENTRIES, Math.floor((to - from) / MIN_HEADER_BYTES));

/**
 * An archive whose sheets unpack to over 100 times its size is no scanner's work. Deflate reaches 1,032; scans are
 * packed already, and bilevel ones that are not (TIFF) reach about 40. Below the floor it does no harm.
 */
const MAX_RATIO = 100;
const RATIO_FLOOR_BYTES = 2 ** 30;

/**
 * Checks over all entries that are booked: that no two lie over each other (D. Fifield, A better zip bomb, WOOT 2019)
 * and that they do not unpack to too much. Holds two numbers an entry, outside the heap.
 */
export class Extents {
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #archiveSize: number;
  #count = 0;
  #packed = 0;
  #size = 0;

  /** @param most entries that there can be */
  constructor(most: number, archiveSize: number) {
    this.#starts = new Float64Array(most);
    this.#ends = new Float64Array(most);
    this.#archiveSize = archiveSize;
  }

  /** @throws ArchiveFault as soon as the entries so far cannot all be apart, or unpack to too much */
  add(place: EntryPlace): void {
    const bytes = LOCAL_HEADER_BYTES + place.name_length + place.packed;
    this.#starts[this.#count] = place.offset;
    this.#ends[this.#count] = place.offset + bytes;
    this.#count += 1;
    this.#packed += bytes;
    this.#size += place.size;
    if (this.#packed > this.#archiveSize) throw new ArchiveFault("archive_overlaps");
    if (this.#size > RATIO_FLOOR_BYTES && this.#size > MAX_RATIO * this.#archiveSize) {
      throw new ArchiveFault("archive_too_dense");
    }
  }

  /** @throws ArchiveFault archive_overlaps */
  check(): void {
    // Each by itself: no more than one extent is open anywhere exactly if the nth ends before the next one starts.
    const starts = this.#starts.subarray(0, this.#count).sort();
    const ends = this.#ends.subarray(0, this.#count).sort();
    for (let index = 1; index < this.#count; index++) {
      if ((starts[index] ?? 0) < (ends[index - 1] ?? 0)) throw new ArchiveFault("archive_overlaps");
    }
  }
}
