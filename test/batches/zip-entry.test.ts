import { crc32, deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { EntryDamaged, type EntryPlace, entryRange, openEntry } from "../../core/batches/zip-entry.ts";

const content = Buffer.from("the scanned sheet ".repeat(50));

/** An archive that is nothing but one entry, and where it is. */
function entry(method: EntryPlace["method"], extra = 0, more: Partial<EntryPlace> = {}) {
  const packed = method === "stored" ? content : deflateRawSync(content);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(method === "stored" ? 0 : 8, 8);
  header.writeUInt16LE(5, 26);
  header.writeUInt16LE(extra, 28);
  const place: EntryPlace = {
    kind: "entry",
    offset: 0,
    packed: packed.length,
    size: content.length,
    method,
    crc32: crc32(content),
    name_length: 5,
    ...more,
  };
  return { bytes: Buffer.concat([header, Buffer.from("a.jpg"), Buffer.alloc(extra), packed]), place };
}

describe("an entry of a ZIP", () => {
  it.each(["stored", "deflated"] as const)("is opened when it is %s", async (method) => {
    const { bytes, place } = entry(method, 28);
    const opened = await openEntry(bytes, place);
    expect(opened.kind === "opened" && Buffer.from(opened.content).equals(content)).toBe(true);
  });

  it("says how many bytes it needs when its local extra field is longer than was fetched for", async () => {
    const { bytes, place } = entry("deflated", 4_000);
    const { from, to } = entryRange(place, bytes.length);
    const opened = await openEntry(bytes.subarray(from, to), place);
    expect(opened).toEqual({ kind: "short", needed: bytes.length });
    expect((await openEntry(bytes, place)).kind).toBe("opened");
  });

  it("is fetched in one range that ends with the archive", () => {
    const { bytes, place } = entry("deflated");
    expect(entryRange(place, bytes.length)).toEqual({ from: 0, to: bytes.length });
  });

  it("opens to nothing when it is empty", async () => {
    const { bytes, place } = entry("stored", 0, { packed: 0, size: 0, crc32: 0 });
    const opened = await openEntry(bytes, place);
    expect(opened.kind === "opened" && opened.content.length).toBe(0);
  });

  it.each<[string, Partial<EntryPlace>]>([
    ["has another checksum", { crc32: 1 }],
    ["unpacks to more than the directory says", { size: content.length - 1 }],
    ["unpacks to less than the directory says", { size: content.length + 1 }],
    ["has a local name of another length", { name_length: 4 }],
    ["is packed in another way", { method: "stored" }],
    ["ends early", { packed: 9 }],
  ])("is damaged when it %s", async (_, more) => {
    const { bytes, place } = entry("deflated", 0, more);
    await expect(openEntry(bytes, place)).rejects.toThrow(EntryDamaged);
  });

  it("is damaged when no local header is there", async () => {
    const { bytes, place } = entry("deflated");
    await expect(openEntry(bytes.subarray(1), place)).rejects.toThrow(EntryDamaged);
    await expect(openEntry(bytes.subarray(0, 12), place)).rejects.toThrow(EntryDamaged);
  });

  it("unpacks no further than the directory says", async () => {
    const bomb = deflateRawSync(Buffer.alloc(50_000_000));
    const { bytes, place } = entry("deflated");
    const before = process.memoryUsage().arrayBuffers;
    const packed = Buffer.concat([bytes.subarray(0, 35), bomb]);
    await expect(openEntry(packed, { ...place, packed: bomb.length, size: 1_000 })).rejects.toThrow(
      EntryDamaged,
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(5_000_000);
  });
});
