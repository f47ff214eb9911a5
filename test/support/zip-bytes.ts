import { crc32, deflateRawSync } from "node:zlib";

/** ZIPs byte by byte, honest ones and others: what no ZIP writer would write. APPNOTE.TXT 4.3 */

export type MadeEntry = {
  name: string | Uint8Array;
  content?: Uint8Array | string;
  method?: "stored" | "deflated";
  flags?: number;
  /** Extra fields: in the directory, and in the local header. */
  extra?: Uint8Array;
  localExtra?: Uint8Array;
  attributes?: number;
  /** What the directory says instead of the truth. */
  said?: Partial<Record<"method" | "crc32" | "packed" | "size" | "offset" | "disk", number>>;
};

export type MadeZip = {
  entries: readonly MadeEntry[];
  /** Bytes before the ZIP; offsets do not know of them. */
  prefix?: Uint8Array;
  comment?: Uint8Array;
  /** Writes ZIP64 records and masks the plain fields. */
  zip64?: boolean;
  /** What the end records say instead of the truth. */
  said?: Partial<Record<"disk" | "onDisk" | "entries" | "size" | "offset" | "located" | "disks", number>>;
};

/** Fields one after another, each with its bytes: 2, 4 or 8. */
export function fields(...values: readonly [bytes: 2 | 4 | 8, value: number][]): Buffer {
  const made = Buffer.alloc(values.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of values) {
    if (bytes === 8) made.writeBigUInt64LE(BigInt(value), at);
    else made.writeUIntLE(value, at, bytes);
    at += bytes;
  }
  return made;
}

export const extraField = (id: number, data: Uint8Array): Buffer =>
  Buffer.concat([fields([2, id], [2, data.length]), data]);

export const LOCAL = 0x04034b50;
export const HEADER = 0x02014b50;
export const END = 0x06054b50;

export function makeZip({
  entries,
  prefix,
  comment = new Uint8Array(),
  zip64 = false,
  said = {},
}: MadeZip): Buffer {
  const locals: Buffer[] = [];
  const headers: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { local, header } = makeEntry(entry, offset);
    locals.push(local);
    headers.push(header);
    offset += local.length;
  }
  const directory = Buffer.concat(headers);
  const truth = { disk: 0, onDisk: entries.length, entries: entries.length, size: directory.length, offset };
  const end = makeEnd({ ...truth, located: offset + directory.length, disks: 1, ...said }, comment, zip64);
  return Buffer.concat([prefix ?? Buffer.alloc(0), ...locals, directory, end]);
}

function makeEntry(entry: MadeEntry, at: number): { local: Buffer; header: Buffer } {
  const { content = "", method = "stored", flags = 0, extra = Buffer.alloc(0), said = {} } = entry;
  const { localExtra = Buffer.alloc(0), attributes = 0 } = entry;
  const name = Buffer.from(entry.name);
  const plain = Buffer.from(content);
  const packed = method === "stored" ? plain : deflateRawSync(plain);
  const number = method === "stored" ? 0 : 8;
  const local = Buffer.concat([
    fields([4, LOCAL], [2, 20], [2, flags], [2, number], [4, 0], [4, crc32(plain)], [4, packed.length]),
    fields([4, plain.length], [2, name.length], [2, localExtra.length]),
    name,
    localExtra,
    packed,
  ]);
  const tells = {
    method: number,
    crc32: crc32(plain),
    packed: packed.length,
    size: plain.length,
    offset: at,
    disk: 0,
    ...said,
  };
  const header = Buffer.concat([
    fields([4, HEADER], [2, 20], [2, 20], [2, flags], [2, tells.method], [4, 0], [4, tells.crc32]),
    fields([4, tells.packed], [4, tells.size], [2, name.length], [2, extra.length], [2, 0], [2, tells.disk]),
    fields([2, 0], [4, attributes], [4, tells.offset]),
    name,
    extra,
  ]);
  return { local, header };
}

type End = Required<NonNullable<MadeZip["said"]>>;

export function makeEnd(end: End, comment: Uint8Array = new Uint8Array(), zip64 = false): Buffer {
  const plain = zip64
    ? { onDisk: 0xffff, entries: 0xffff, size: 0xffffffff, offset: 0xffffffff }
    : { onDisk: end.onDisk & 0xffff, entries: end.entries & 0xffff, size: end.size, offset: end.offset };
  const end64 = zip64
    ? [
        fields([4, 0x06064b50], [8, 44], [2, 45], [2, 45], [4, end.disk], [4, 0], [8, end.onDisk]),
        fields([8, end.entries], [8, end.size], [8, end.offset]),
        fields([4, 0x07064b50], [4, 0], [8, end.located], [4, end.disks]),
      ]
    : [];
  return Buffer.concat([
    ...end64,
    fields([4, END], [2, zip64 ? 0 : end.disk], [2, 0], [2, plain.onDisk], [2, plain.entries]),
    fields([4, plain.size], [4, plain.offset], [2, comment.length]),
    comment,
  ]);
}
