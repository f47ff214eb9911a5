import { MAX_ENTRIES } from "../../contract/batches.ts";
import type { BatchFault } from "../../contract/problems.ts";
import { type Archive, ArchiveFault, keeping, type Piece, uint64, viewOf } from "./zip-archive.ts";

/**
 * The end of a ZIP: where its directory lies. A ZIP is read from its end, and its last record may be followed by a
 * comment in which anything may stand, another such record too.
 * https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT 4.3.14 to 4.3.16
 */

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const LOCATOR_SIGNATURE = 0x07064b50;
const LOCATOR_BYTES = 20;
const END64_SIGNATURE = 0x06064b50;
const END64_BYTES = 56;
const MAX_COMMENT = 0xffff;
const LOCAL_SIGNATURE = 0x04034b50;
/** What the first part of a split archive begins with. */
const SPLIT_SIGNATURE = 0x08074b50;
/** Bytes of a directory entry without its name. */
export const MIN_HEADER_BYTES = 46;
/**
 * A directory of 500,000 entries with names of 1,000 bytes and every extra field there is has less; what is larger was
 * made to keep us fetching.
 */
const MAX_DIRECTORY_BYTES = 2 ** 30;
const TWO_16 = 2 ** 16;
const TWO_32 = 2 ** 32;
/** A field of the old record that says: see the ZIP64 record. */
const MASKED_16 = 0xffff;
const MASKED_32 = 0xffffffff;

export type Directory = {
  /** Bytes of the archive that the directory takes: `from` inclusive, `to` exclusive. */
  from: number;
  to: number;
  /** How many entries it says to have. */
  entries: number;
  /** Whether `entries` is the number itself: before ZIP64 there was room for 16 bits of it. */
  exact: boolean;
  /** Bytes before the ZIP (a program that unpacks it): what every offset in it is short of. */
  shift: number;
  /** Offsets are short of multiples of 2^32 instead: macOS writes archives of over 4 GiB without ZIP64. */
  wraps: boolean;
};

/**
 * Finds the directory. The end records are fetched and, of a ZIP without a comment, nothing else.
 * @returns also the archive with what is in hand of it
 * @throws ArchiveFault not_a_zip, archive_truncated, archive_split, archive_damaged, archive_empty, too_many_entries
 */
export async function findDirectory(archive: Archive): Promise<{ directory: Directory; archive: Archive }> {
  const last = await tail(archive, END_BYTES + LOCATOR_BYTES + END64_BYTES);
  const plain = withoutComment(last);
  const piece = plain
    ? last
    : await tail(archive, END_BYTES + MAX_COMMENT + LOCATOR_BYTES + END64_BYTES, last);
  const directory = plain ?? onlyOne(endRecords(piece.bytes), piece);
  if (!directory) throw new ArchiveFault(await kindOfNoZip(archive));
  const { from, to, entries, exact } = directory;
  if (from === to && entries === 0) throw new ArchiveFault("archive_empty");
  if (entries > MAX_ENTRIES) throw new ArchiveFault("too_many_entries");
  const bytes = to - from;
  if (entries * MIN_HEADER_BYTES > bytes || bytes > MAX_DIRECTORY_BYTES || (exact && entries === 0)) {
    throw new ArchiveFault("archive_damaged");
  }
  return { directory, archive: keeping(archive, piece) };
}

/** The archive's last bytes; `has` are those of them that are there already. */
async function tail(archive: Archive, bytes: number, has?: Piece): Promise<Piece> {
  const from = Math.max(0, archive.size - bytes);
  if (!has) return { from, bytes: await archive.range(from, archive.size) };
  return from < has.from
    ? { from, bytes: Buffer.concat([await archive.range(from, has.from), has.bytes]) }
    : has;
}

/** Of an archive whose last bytes are an end record with the directory right before it, as nearly all are; else null. */
function withoutComment(last: Piece): Directory | null {
  const [at] = endRecords(last.bytes);
  if (at === undefined || at !== last.bytes.length - END_BYTES) return null;
  const directory = readOrFault(at, last);
  return directory instanceof ArchiveFault || directory.shift > 0 ? null : directory;
}

/** Where in the bytes there are end records whose comment reaches exactly to the end. */
function endRecords(bytes: Uint8Array): number[] {
  const view = viewOf(bytes);
  const places: number[] = [];
  for (let at = bytes.length - END_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) !== END_SIGNATURE) continue;
    if (at + END_BYTES + view.getUint16(at + 20, true) === bytes.length) places.push(at);
  }
  return places;
}

async function kindOfNoZip(archive: Archive): Promise<BatchFault> {
  if (archive.size < 4) return "not_a_zip";
  const first = viewOf(await archive.range(0, 4)).getUint32(0, true);
  if (first === SPLIT_SIGNATURE) return "archive_split";
  return first === LOCAL_SIGNATURE ? "archive_truncated" : "not_a_zip";
}

/**
 * Of several records that may be the last, the one whose directory ends exactly where the record begins. A comment
 * that holds such a record too makes the archive say two things, and neither is believed. Null when there is no record.
 */
function onlyOne(places: readonly number[], piece: Piece): Directory | null {
  const read = places.map((at) => readOrFault(at, piece));
  const found = read.filter((one): one is Directory => !(one instanceof ArchiveFault));
  const unshifted = found.filter(({ shift }) => shift === 0);
  const [only, ...more] = unshifted.length > 0 ? unshifted : found;
  if (more.length > 0) throw new ArchiveFault("archive_damaged");
  if (only) return only;
  // The one furthest from the end is the real one if any is: the others stand in its comment.
  const fault = read.at(-1);
  if (fault instanceof ArchiveFault) throw fault;
  return null;
}

function readOrFault(at: number, piece: Piece): Directory | ArchiveFault {
  try {
    return read(at, piece);
  } catch (error) {
    if (error instanceof ArchiveFault) return error;
    throw error;
  }
}

function read(at: number, piece: Piece): Directory {
  const record = viewOf(piece.bytes.subarray(at, at + END_BYTES));
  const said = {
    entries: record.getUint16(10, true),
    size: record.getUint32(12, true),
    offset: record.getUint32(16, true),
  };
  const end64 = readEnd64(at, piece);
  if (end64) {
    // What the old record has room for must be the same in both.
    if (said.entries !== MASKED_16 && said.entries !== end64.entries)
      throw new ArchiveFault("archive_damaged");
    if (said.size !== MASKED_32 && said.size !== end64.size) throw new ArchiveFault("archive_damaged");
    if (said.offset !== MASKED_32 && said.offset !== end64.offset) throw new ArchiveFault("archive_damaged");
    const directory = place(end64, end64.at, true);
    if (end64.located + directory.shift !== end64.at) throw new ArchiveFault("archive_damaged");
    return directory;
  }
  const oneDisk = record.getUint16(4, true) === 0 && record.getUint16(6, true) === 0;
  if (!oneDisk || record.getUint16(8, true) !== said.entries) throw new ArchiveFault("archive_split");
  return place(said, piece.from + at, false);
}

/** The directory ends where the first end record begins. */
function place(
  said: { entries: number; size: number; offset: number },
  to: number,
  zip64: boolean,
): Directory {
  const from = to - said.size;
  const before = from - said.offset;
  if (from < 0) throw new ArchiveFault("archive_damaged");
  // Bytes that were there when the offset was written are missing.
  if (before < 0) throw new ArchiveFault("archive_truncated");
  const wraps = !zip64 && before > 0 && before % TWO_32 === 0;
  const exact = zip64 || said.size < TWO_16 * MIN_HEADER_BYTES;
  return { from, to, entries: said.entries, exact, shift: wraps ? 0 : before, wraps };
}

/**
 * The ZIP64 end record of the end record at `at`: it stands before its locator, and that before the old record. Null
 * where there is no locator. One with an extensible data sector, known from encrypted directories only, is refused.
 */
function readEnd64(at: number, piece: Piece) {
  const view = viewOf(piece.bytes);
  const locator = at - LOCATOR_BYTES;
  if (locator < 0 || view.getUint32(locator, true) !== LOCATOR_SIGNATURE) return null;
  if (view.getUint32(locator + 4, true) !== 0 || view.getUint32(locator + 16, true) > 1) {
    throw new ArchiveFault("archive_split");
  }
  const begin = locator - END64_BYTES;
  // Its size field counts neither itself nor the signature.
  if (
    begin < 0 ||
    view.getUint32(begin, true) !== END64_SIGNATURE ||
    uint64(view, begin + 4) !== END64_BYTES - 12
  ) {
    throw new ArchiveFault("archive_damaged");
  }
  const entries = uint64(view, begin + 32);
  const oneDisk = view.getUint32(begin + 16, true) === 0 && view.getUint32(begin + 20, true) === 0;
  if (!oneDisk || uint64(view, begin + 24) !== entries) throw new ArchiveFault("archive_split");
  return {
    at: piece.from + begin,
    located: uint64(view, locator + 8),
    entries,
    size: uint64(view, begin + 40),
    offset: uint64(view, begin + 48),
  };
}
