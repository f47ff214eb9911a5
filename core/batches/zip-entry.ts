import { promisify } from "node:util";
import { crc32, inflateRaw } from "node:zlib";
import type { Place } from "./sheet.ts";

/**
 * One entry of a ZIP, from its local header on. What the central directory said of it (`Place`) is what counts; of the
 * local header only its length is taken, and that its method is the same.
 * https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT 4.3.7
 */

export type EntryPlace = Extract<Place, { kind: "entry" }>;

/** Bytes of a local header before the name. */
export const LOCAL_HEADER_BYTES = 30;
const LOCAL_SIGNATURE = 0x04034b50;
/**
 * Bytes fetched beyond what the directory tells, for the local extra field: times and owners as Info-ZIP writes them
 * take 28, NTFS times 36, ZIP64 sizes 20. Padding can be longer; then the entry is fetched again.
 */
const EXTRA_SLACK = 256;

/** The entry's bytes are not what the directory promises. */
export class EntryDamaged extends Error {
  override readonly name = "EntryDamaged";
}

/** Bytes of the archive to fetch first for an entry: `from` inclusive, `to` exclusive, never past the archive's end. */
export const entryRange = (place: EntryPlace, archiveSize: number): { from: number; to: number } => ({
  from: place.offset,
  to: Math.min(
    archiveSize,
    place.offset + LOCAL_HEADER_BYTES + place.name_length + EXTRA_SLACK + place.packed,
  ),
});

export type OpenedEntry =
  | { kind: "opened"; content: Uint8Array }
  /** The local extra field is longer than was fetched for: so many bytes from `place.offset` on are needed. */
  | { kind: "short"; needed: number };

const inflate = promisify(inflateRaw);

/**
 * Unpacks an entry and checks its size and CRC-32. At most `place.size` bytes are ever unpacked: that the caller can
 * bear so many was checked when the sheet was booked.
 * @param bytes the archive from `place.offset` on
 * @throws EntryDamaged
 */
export async function openEntry(bytes: Uint8Array, place: EntryPlace): Promise<OpenedEntry> {
  if (bytes.length < LOCAL_HEADER_BYTES) throw new EntryDamaged("no room for a local header");
  const header = new DataView(bytes.buffer, bytes.byteOffset, LOCAL_HEADER_BYTES);
  if (header.getUint32(0, true) !== LOCAL_SIGNATURE) throw new EntryDamaged("no local header there");
  const method = place.method === "stored" ? 0 : 8;
  if (header.getUint16(8, true) !== method) throw new EntryDamaged("another method");
  if (header.getUint16(26, true) !== place.name_length) throw new EntryDamaged("another name");
  const start = LOCAL_HEADER_BYTES + place.name_length + header.getUint16(28, true);
  const end = start + place.packed;
  if (bytes.length < end) return { kind: "short", needed: end };
  const content = await unpack(bytes.subarray(start, end), place);
  if (content.length !== place.size) throw new EntryDamaged("another size");
  if (crc32(content) !== place.crc32) throw new EntryDamaged("another checksum");
  return { kind: "opened", content };
}

async function unpack(packed: Uint8Array, place: EntryPlace): Promise<Uint8Array> {
  if (place.method === "stored") return packed;
  try {
    // zlib takes no limit of 0.
    return await inflate(packed, { maxOutputLength: Math.max(1, place.size) });
  } catch (cause) {
    throw new EntryDamaged("not to be inflated", { cause });
  }
}
