import { crc32, deflateRawSync } from "node:zlib";
import type { EntryPlace } from "../../core/batches/zip-entry.ts";

export type PackedEntry = { place: EntryPlace; content: string };

/** Entries packed one behind the other, without a directory: all that reading a sheet looks at. */
export function packed(
  contents: readonly Uint8Array[],
  extra = 28,
): { archive: Buffer; entries: PackedEntry[] } {
  const pieces: Buffer[] = [];
  const entries: PackedEntry[] = [];
  let offset = 0;
  for (const content of contents) {
    const data = deflateRawSync(content);
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(8, 8);
    header.writeUInt16LE(5, 26);
    header.writeUInt16LE(extra, 28);
    const local = Buffer.concat([header, Buffer.from("a.jpg"), Buffer.alloc(extra), data]);
    const crc = crc32(content);
    entries.push({
      place: {
        kind: "entry",
        offset,
        packed: data.length,
        size: content.length,
        method: "deflated",
        crc32: crc,
        name_length: 5,
      },
      content: `${crc.toString(16).padStart(8, "0")}-${content.length}`,
    });
    pieces.push(local);
    offset += local.length;
  }
  return { archive: Buffer.concat(pieces), entries };
}
