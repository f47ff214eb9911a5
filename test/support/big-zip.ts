import { fields, HEADER, makeEnd } from "./zip-bytes.ts";

/**
 * A ZIP64 of any size, of which only those bytes are ever made that are asked for. Every entry is stored, has a name of
 * the same length and its offset in a ZIP64 field, so that where each byte stands can be worked out.
 */
export type BigZip = {
  size: number;
  /** Where the directory begins: everything before is sheets. */
  directoryAt: number;
  range(from: number, to: number): Buffer;
};

const NAME_BYTES = "sheets/000000.jpg".length;
const LOCAL_BYTES = 30 + NAME_BYTES;
const HEADER_BYTES = 46 + NAME_BYTES + 12;
const END_BYTES = 56 + 20 + 22;

/** @param size bytes in all; the sheets are as large as fits */
export function bigZip(size: number, entries: number): BigZip {
  const packed = Math.floor((size - END_BYTES) / entries) - HEADER_BYTES - LOCAL_BYTES;
  const directoryAt = size - END_BYTES - entries * HEADER_BYTES;
  const directoryBytes = entries * HEADER_BYTES;
  const end = makeEnd(
    {
      disk: 0,
      disks: 1,
      onDisk: entries,
      entries,
      size: directoryBytes,
      offset: directoryAt,
      located: directoryAt + directoryBytes,
    },
    new Uint8Array(),
    true,
  );
  // One header that is changed in place: the stand-in should leave no garbage beside that of whoever reads it.
  const header = Buffer.concat([
    fields([4, HEADER], [2, 45], [2, 45], [2, 0], [2, 0], [4, 0], [4, 0], [4, packed], [4, packed]),
    fields([2, NAME_BYTES], [2, 12], [2, 0], [2, 0], [2, 0], [4, 0], [4, 0xffffffff]),
    Buffer.from("sheets/000000.jpg"),
    fields([2, 1], [2, 8], [8, 0]),
  ]);
  const headerOf = (index: number): Buffer => {
    const offset = index * (LOCAL_BYTES + packed);
    header.writeUInt32LE(index, 16);
    header.writeUInt32LE(offset % 2 ** 32, HEADER_BYTES - 8);
    header.writeUInt32LE(Math.floor(offset / 2 ** 32), HEADER_BYTES - 4);
    for (let digit = 0, rest = index; digit < 6; digit++, rest = Math.floor(rest / 10)) {
      header[46 + "sheets/00000".length - digit] = 48 + (rest % 10);
    }
    return header;
  };
  return {
    size,
    directoryAt,
    range(from, to) {
      const made = Buffer.alloc(to - from);
      const first = Math.max(0, Math.floor((from - directoryAt) / HEADER_BYTES));
      for (let index = first; index < entries; index++) {
        const at = directoryAt + index * HEADER_BYTES;
        if (at >= to) break;
        copy(headerOf(index), at, made, from);
      }
      copy(end, size - END_BYTES, made, from);
      return made;
    },
  };
}

/** Copies what of `bytes`, which stand at `at`, falls into `into`, which begins at `from`. */
function copy(bytes: Buffer, at: number, into: Buffer, from: number): void {
  const start = Math.max(0, from - at);
  if (at - from < into.length && start < bytes.length) bytes.copy(into, Math.max(0, at - from), start);
}
