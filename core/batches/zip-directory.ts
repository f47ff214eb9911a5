import { MAX_ENTRIES } from "../../contract/batches.ts";
import { type Archive, ArchiveFault, uint64, viewOf } from "./zip-archive.ts";
import type { Directory } from "./zip-end.ts";
import { decodeName } from "./zip-names.ts";

/**
 * The directory of a ZIP, entry by entry, from ranges of the archive.
 * https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT 4.3.12 and 4.5.3
 */

const HEADER_SIGNATURE = 0x02014b50;
const HEADER_BYTES = 46;
const ZIP64_EXTRA = 0x0001;
const MASKED_16 = 0xffff;
const MASKED_32 = 0xffffffff;
const TWO_32 = 2 ** 32;
/** Bytes fetched at once: some 2,000 entries. With 1 MiB the pieces outlive the young heap, and memory is not flat. */
const PIECE_BYTES = 2 ** 17;
/** Entries handed on at once: few, so that few are alive at a time. */
const MOST_AT_ONCE = 50;

/** An entry as the directory has it. Offsets and sizes may be anything up to Infinity. */
export type DirectoryEntry = {
  name: string;
  /** Bytes of the name. */
  name_length: number;
  flags: number;
  method: number;
  crc32: number;
  packed: number;
  size: number;
  /** Of the local header, from the archive's start. */
  offset: number;
  /** MS-DOS attributes. */
  attributes: number;
};

/**
 * Every entry in the directory's order, at most 50 at a time.
 * @throws ArchiveFault archive_damaged when the directory is not as many entries as it says, archive_split,
 *   too_many_entries
 */
export async function* entriesOf(directory: Directory, archive: Archive): AsyncGenerator<DirectoryEntry[]> {
  const offsets = { directory, base: 0, last: 0 };
  let rest: Uint8Array = new Uint8Array(0);
  let count = 0;
  for (let from = directory.from; from < directory.to; from += PIECE_BYTES) {
    const piece = await archive.range(from, Math.min(directory.to, from + PIECE_BYTES));
    const bytes = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
    const view = viewOf(bytes);
    let entries: DirectoryEntry[] = [];
    let at = 0;
    for (;;) {
      const length = headerLength(view, at);
      if (length === null || at + length > bytes.length) break;
      entries.push(readHeader(bytes.subarray(at, at + length), offsets));
      at += length;
      count += 1;
      if (count > MAX_ENTRIES) throw new ArchiveFault("too_many_entries");
      if (directory.exact && count > directory.entries) throw new ArchiveFault("archive_damaged");
      if (entries.length === MOST_AT_ONCE) {
        yield entries;
        entries = [];
      }
    }
    if (entries.length > 0) yield entries;
    rest = bytes.subarray(at);
  }
  const said = directory.exact ? count : count % 2 ** 16;
  if (rest.length > 0 || said !== directory.entries) throw new ArchiveFault("archive_damaged");
}

/** Bytes of the header at `at` with name, extra fields and comment; null when not even its fixed part is there. */
function headerLength(view: DataView, at: number): number | null {
  if (at + 4 <= view.byteLength && view.getUint32(at, true) !== HEADER_SIGNATURE) {
    throw new ArchiveFault("archive_damaged");
  }
  if (at + HEADER_BYTES > view.byteLength) return null;
  const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
  return HEADER_BYTES + (name ?? 0) + (extra ?? 0) + (comment ?? 0);
}

type Offsets = { directory: Directory; base: number; last: number };

function readHeader(bytes: Uint8Array, offsets: Offsets): DirectoryEntry {
  const view = viewOf(bytes);
  const name_length = view.getUint16(28, true);
  const nameEnd = HEADER_BYTES + name_length;
  const extra = extraFields(bytes.subarray(nameEnd, nameEnd + view.getUint16(30, true)));
  const flags = view.getUint16(8, true);
  const wide = wideFields(extra.get(ZIP64_EXTRA));
  // In this order, and each only where the plain field is masked. APPNOTE 4.5.3
  const size = wide(view.getUint32(24, true), MASKED_32);
  const packed = wide(view.getUint32(20, true), MASKED_32);
  const offset = wide(view.getUint32(42, true), MASKED_32);
  if (wide(view.getUint16(34, true), MASKED_16, 4) !== 0) throw new ArchiveFault("archive_split");
  return {
    name: decodeName(bytes.subarray(HEADER_BYTES, nameEnd), flags, extra),
    name_length,
    flags,
    method: view.getUint16(10, true),
    crc32: view.getUint32(16, true),
    packed,
    size,
    offset: trueOffset(offset, offsets),
    attributes: view.getUint32(38, true) & 0xff,
  };
}

/** The extra fields by id, the first of each; what is not well-formed from some byte on is left out. */
function extraFields(bytes: Uint8Array): Map<number, Uint8Array> {
  const fields = new Map<number, Uint8Array>();
  const view = viewOf(bytes);
  for (let at = 0; at + 4 <= bytes.length; ) {
    const id = view.getUint16(at, true);
    const end = at + 4 + view.getUint16(at + 2, true);
    if (end > bytes.length) break;
    if (!fields.has(id)) fields.set(id, bytes.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

/** Takes the ZIP64 field's numbers one by one; without that field a masked number stands for itself. */
function wideFields(field: Uint8Array | undefined) {
  const view = field ? viewOf(field) : null;
  let at = 0;
  return (plain: number, masked: number, bytes = 8): number => {
    if (plain !== masked || !view) return plain;
    // It lies: such a number is no entry's.
    if (at + bytes > view.byteLength) return Number.POSITIVE_INFINITY;
    const wide = bytes === 8 ? uint64(view, at) : view.getUint32(at, true);
    at += bytes;
    return wide;
  };
}

function trueOffset(said: number, offsets: Offsets): number {
  if (!offsets.directory.wraps) return said + offsets.directory.shift;
  // Entries lie in the directory's order: an offset below the one before it has run over.
  if (said < offsets.last) offsets.base += TWO_32;
  offsets.last = said;
  return offsets.base + said;
}
