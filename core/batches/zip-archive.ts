import type { BatchFault } from "../../contract/problems.ts";

/** The archive as a whole is at fault: what its batch fails with. */
export class ArchiveFault extends Error {
  override readonly name = "ArchiveFault";
  readonly code: BatchFault;

  constructor(code: BatchFault) {
    super(code);
    this.code = code;
  }
}

/** The archive's bytes where they lie: `from` inclusive, `to` exclusive, both within `size`. */
export type Archive = {
  size: number;
  range(from: number, to: number): Promise<Uint8Array>;
};

/** A piece of the archive that is in hand, and where it begins. */
export type Piece = { from: number; bytes: Uint8Array };

/** The archive, with one piece of it kept so that it is not fetched twice. */
export function keeping(archive: Archive, kept: Piece): Archive {
  const end = kept.from + kept.bytes.length;
  return {
    size: archive.size,
    async range(from, to) {
      if (from >= kept.from && to <= end) return kept.bytes.subarray(from - kept.from, to - kept.from);
      if (from >= kept.from || to <= kept.from || to > end) return archive.range(from, to);
      const before = await archive.range(from, kept.from);
      return Buffer.concat([before, kept.bytes.subarray(0, to - kept.from)]);
    },
  };
}

/** A 64-bit field; no archive has a size or an offset that a number cannot hold. */
export function uint64(view: DataView, at: number): number {
  const high = view.getUint32(at + 4, true);
  return high >= 2 ** 21 ? Number.POSITIVE_INFINITY : high * 2 ** 32 + view.getUint32(at, true);
}

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
