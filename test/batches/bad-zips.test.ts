import { crc32, deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { archiveKey } from "../../contract/object-keys.ts";
import type { BatchFault, SheetReason } from "../../contract/problems.ts";
import { expandBatch } from "../../core/batches/expand.ts";
import { extraField, fields, type MadeEntry, type MadeZip, makeEnd, makeZip } from "../support/zip-bytes.ts";
import { batchWorld, expandingBatch, listZip } from "./zip-listing.ts";

const scan = (name = "a.jpg", more: Partial<MadeEntry> = {}): MadeEntry => ({
  name,
  content: `scan ${name}`,
  ...more,
});
const two = [scan("a.jpg"), scan("b.jpg")];
const whole = makeZip({ entries: two });
const said = (said: MadeZip["said"], more: Partial<MadeZip> = {}) =>
  makeZip({ entries: two, ...more, ...(said ? { said } : {}) });
const wide = (more: MadeZip["said"] = {}) => said(more, { zip64: true });

/** Full overlap: every entry is the same one. */
const fullOverlap = makeZip({
  entries: [
    scan("a.jpg", { content: "x".repeat(5_000) }),
    ...["b", "c"].map((name) => scan(name, { said: { offset: 0 } })),
  ],
});

/** Quoted overlap, as in D. Fifield's zip bomb: each entry's data begins with the local headers of those after it. */
function quotedOverlap(entries: number): Buffer {
  const kernel = deflateRawSync(Buffer.alloc(100_000));
  const local = (name: string) =>
    Buffer.concat([
      fields([4, 0x04034b50], [2, 20], [2, 0], [2, 8], [4, 0], [4, 0], [4, 0], [4, 0], [2, 1], [2, 0]),
      Buffer.from(name),
    ]);
  const heads = Array.from({ length: entries }, (_, index) => local(String.fromCharCode(97 + index)));
  const data = Buffer.concat([...heads, kernel]);
  const headers = heads.map((head, index) => {
    const packed = data.length - (index + 1) * head.length;
    return Buffer.concat([
      fields([4, 0x02014b50], [2, 20], [2, 20], [2, 0], [2, 8], [4, 0], [4, 0], [4, packed], [4, 100_000]),
      fields([2, 1], [2, 0], [2, 0], [2, 0], [2, 0], [4, 0], [4, index * head.length]),
      Buffer.from(String.fromCharCode(97 + index)),
    ]);
  });
  const size = headers.reduce((sum, { length }) => sum + length, 0);
  const truth = { disk: 0, onDisk: entries, entries, size, offset: data.length, located: 0, disks: 1 };
  return Buffer.concat([data, ...headers, makeEnd(truth)]);
}

/** Thirty sheets of 40 MB each, of zeros: 1.2 GB in 1.2 MB. */
const dense = (() => {
  const packed = deflateRawSync(Buffer.alloc(40_000_000));
  const entries = Array.from({ length: 30 }, (_, index) =>
    scan(`${index}.tif`, { content: packed, said: { method: 8, size: 40_000_000 } }),
  );
  return makeZip({ entries });
})();

describe("an archive that is at fault", () => {
  it.each<[string, Uint8Array, BatchFault]>([
    ["that is empty", makeZip({ entries: [] }), "archive_empty"],
    ["of folders alone", makeZip({ entries: [scan("a/", { content: "" })] }), "archive_empty"],
    ["of nothing", new Uint8Array(0), "not_a_zip"],
    ["of one byte", Buffer.from("P"), "not_a_zip"],
    ["that is a picture", Buffer.alloc(70_000, "JFIF"), "not_a_zip"],
    ["that ends early", whole.subarray(0, whole.length - 30), "archive_truncated"],
    ["of which nothing but the beginning is there", whole.subarray(0, 60), "archive_truncated"],
    [
      "that lacks bytes in its middle",
      Buffer.concat([whole.subarray(0, 10), whole.subarray(20)]),
      "archive_truncated",
    ],
    ["whose entries are all one", fullOverlap, "archive_overlaps"],
    ["whose entries quote each other's headers", quotedOverlap(9), "archive_overlaps"],
    ["that unpacks to a thousand times its size", dense, "archive_too_dense"],
    ["that is the last part of several", said({ disk: 2 }), "archive_split"],
    ["whose directory began on another part", said({ onDisk: 1 }), "archive_split"],
    [
      "that is the first part of several",
      Buffer.concat([fields([4, 0x08074b50]), whole.subarray(0, 60)]),
      "archive_split",
    ],
    [
      "with an entry on another part",
      makeZip({ entries: [scan("a.jpg", { said: { disk: 1 } })] }),
      "archive_split",
    ],
    ["that says to have fewer entries", said({ entries: 1, onDisk: 1 }), "archive_damaged"],
    ["that says to have more entries", said({ entries: 3, onDisk: 3 }), "archive_damaged"],
    ["that says to have no entries", said({ entries: 0, onDisk: 0 }), "archive_damaged"],
    ["that says to have more entries than have room", said({ entries: 9, onDisk: 9 }), "archive_damaged"],
    ["whose directory is larger than the archive", said({ size: 9_999 }), "archive_damaged"],
    ["whose directory is cut", said({ size: 80, entries: 1, onDisk: 1, offset: 109 }), "archive_damaged"],
    ["whose directory begins past the end", said({ offset: 9_999 }), "archive_truncated"],
    ["with more entries than are taken", wide({ entries: 500_001, onDisk: 500_001 }), "too_many_entries"],
    ["of which ZIP64 says to have fewer entries", wide({ entries: 1, onDisk: 1 }), "archive_damaged"],
    ["whose ZIP64 directory is larger than anything", wide({ size: 2 ** 52 }), "archive_damaged"],
    ["whose ZIP64 directory begins past the end", wide({ offset: 2 ** 52 }), "archive_truncated"],
    ["whose ZIP64 record is not where its locator says", wide({ located: 1 }), "archive_damaged"],
    ["of which ZIP64 says that it has parts", wide({ disks: 2 }), "archive_split"],
    ["of which ZIP64 says that it is the last part", wide({ disk: 1 }), "archive_split"],
    ["of which ZIP64 says that entries lie elsewhere", wide({ onDisk: 1 }), "archive_split"],
  ])("%s fails its batch", async (_, bytes, code) => {
    const { outcome, batch } = await listZip(bytes);
    expect(outcome).toEqual({ kind: "failed", code });
    expect(batch).toMatchObject({ status: "failed", error: { code }, lease: null, due_at: null });
  });

  it("of which the old and the ZIP64 record disagree fails its batch", async () => {
    const bytes = makeZip({ entries: two, zip64: true });
    // The count of entries in the old record, which is masked otherwise.
    bytes.writeUInt16LE(1, bytes.length - 12);
    expect((await listZip(bytes)).outcome).toEqual({ kind: "failed", code: "archive_damaged" });
  });

  it("that is gone, or another than was opened, fails its batch", async () => {
    const world = batchWorld();
    const missing = await expandingBatch(world);
    expect(await expandBatch(missing.id, {}, world)).toEqual({ kind: "failed", code: "archive_missing" });
    const other = { ...(await expandingBatch(world)), archive: { etag: "another", size: whole.length } };
    world.batches.kept.set(other.id, other);
    await world.archives.put(archiveKey(other.id), whole, "application/zip");
    expect(await expandBatch(other.id, {}, world)).toEqual({ kind: "failed", code: "archive_missing" });
  });
});

describe("an entry that cannot be read", () => {
  it.each<[string, MadeEntry, SheetReason]>([
    ["is encrypted", scan("x", { flags: 1 }), "entry_encrypted"],
    ["is strongly encrypted", scan("x", { flags: 0x41 }), "entry_encrypted"],
    ["is encrypted with AES", scan("x", { said: { method: 99 } }), "entry_encrypted"],
    ["is packed with LZMA", scan("x", { said: { method: 14 } }), "entry_method_unsupported"],
    ["is a patch", scan("x", { flags: 0x20 }), "entry_method_unsupported"],
    ["is over 40 MB", scan("x", { method: "deflated", said: { size: 40_000_001 } }), "sheet_too_large"],
    ["lies past the end", scan("x", { said: { offset: 70_000 } }), "entry_damaged"],
    ["reaches into the directory", scan("x", { said: { packed: 500, size: 500 } }), "entry_damaged"],
    ["is stored in other bytes than it has", scan("x", { said: { size: 3 } }), "entry_damaged"],
    [
      "has no ZIP64 field where one is said to be",
      scan("x", { said: { offset: 0xffffffff } }),
      "entry_damaged",
    ],
    [
      "has a ZIP64 field that ends early",
      scan("x", { said: { offset: 0xffffffff }, extra: extraField(1, fields([4, 0])) }),
      "entry_damaged",
    ],
    [
      "has a ZIP64 field with an offset beyond all numbers",
      scan("x", { said: { offset: 0xffffffff }, extra: extraField(1, Buffer.alloc(8, 0xff)) }),
      "entry_damaged",
    ],
    ["would be written above its folder", scan("../../etc/passwd"), "entry_name_unsafe"],
    ["would be written above its folder by Windows", scan("a\\..\\..\\b.jpg"), "entry_name_unsafe"],
    ["has an absolute name", scan("/etc/passwd"), "entry_name_unsafe"],
    ["has a drive's name", scan("C:\\scans\\a.jpg"), "entry_name_unsafe"],
    ["has a name that ends in its middle", scan("a.jpg\0.exe"), "entry_name_unsafe"],
  ])("and %s is a failed sheet beside the others", async (_, entry, reason) => {
    const { outcome, sheets, world, id, batch } = await listZip(
      makeZip({ entries: [scan("a"), entry, scan("b")] }),
    );
    expect(outcome).toEqual({ kind: "listed", sheets: 3, skipped: 0 });
    expect(sheets.map(({ status }) => status)).toEqual(["pending", "failed", "pending"]);
    expect(sheets[1]).toMatchObject({ reason, place: { kind: "refused" } });
    expect(world.sheetsQueue.sent.map(({ index }) => index)).toEqual([0, 2]);
    expect(await world.tally.read(id)).toMatchObject({ failed: 1 });
    expect(batch.status).toBe("processing");
  });

  it("does not hide the first of several alike", async () => {
    const { sheets } = await listZip(makeZip({ entries: [scan("a", { flags: 1 }), scan("a"), scan("a")] }));
    const [refused, first, second] = sheets.map(({ content }) => content);
    expect(second).toBe(first);
    expect(refused).not.toBe(first);
  });

  it("ends the batch's recount when there is no other", async () => {
    const { world, id } = await listZip(makeZip({ entries: [scan("a", { flags: 1 })] }));
    expect(world.batchesQueue.sent).toEqual([{ type: "recount_batch", batch_id: id, resend: false }]);
  });
});

describe("an archive that is odd and no more", () => {
  it.each<[string, Uint8Array, string[]]>([
    [
      "with a program before it",
      makeZip({ entries: two, prefix: Buffer.alloc(5_000, "MZ") }),
      ["a.jpg", "b.jpg"],
    ],
    [
      "with a program before it and ZIP64",
      makeZip({ entries: two, prefix: Buffer.alloc(5_000, "MZ"), zip64: true }),
      ["a.jpg", "b.jpg"],
    ],
    [
      "with the longest comment",
      makeZip({ entries: two, comment: Buffer.alloc(65_535, "c") }),
      ["a.jpg", "b.jpg"],
    ],
    [
      "with ZIP64 and a comment",
      makeZip({ entries: two, comment: Buffer.alloc(900), zip64: true }),
      ["a.jpg", "b.jpg"],
    ],
    ["with a ZIP in it", makeZip({ entries: [scan("in.zip", { content: whole })] }), ["in.zip"]],
    [
      "of ZIPs in ZIPs",
      makeZip({ entries: Array.from({ length: 16 }, (_, at) => scan(`${at}.zip`, { content: whole })) }),
      Array.from({ length: 16 }, (_, at) => `${at}.zip`),
    ],
    [
      "with the same name twice",
      makeZip({ entries: [scan("a"), scan("a", { content: "other" })] }),
      ["a", "a"],
    ],
    ["with backslashes", makeZip({ entries: [scan("day 1\\a.jpg")] }), ["day 1/a.jpg"]],
    ["with an empty file", makeZip({ entries: [scan("a.jpg", { content: "" })] }), ["a.jpg"]],
    ["with a folder that has bytes", makeZip({ entries: [scan("a/")] }), ["a/"]],
    ["with a name of UTF-8", makeZip({ entries: [scan("Ärztin.jpg", { flags: 0x800 })] }), ["Ärztin.jpg"]],
    ["with a name of UTF-8 that does not say so", makeZip({ entries: [scan("Ärztin.jpg")] }), ["Ärztin.jpg"]],
    [
      "with a name of the IBM PC",
      makeZip({ entries: [scan("x", { name: Buffer.from("8e727a74", "hex") })] }),
      ["Ärzt"],
    ],
    [
      "with Info-ZIP's name",
      makeZip({
        entries: [
          scan("_.jpg", {
            extra: extraField(
              0x7075,
              Buffer.concat([Buffer.of(1), fields([4, crc32("_.jpg")]), Buffer.from("λ.jpg")]),
            ),
          }),
        ],
      }),
      ["λ.jpg"],
    ],
    [
      "with Info-ZIP's name of another name",
      makeZip({
        entries: [scan("b.jpg", { extra: extraField(0x7075, Buffer.from("\u0001\0\0\0\0λ.jpg")) })],
      }),
      ["b.jpg"],
    ],
    [
      "with UTF-8 that is none",
      makeZip({ entries: [scan("x", { name: Buffer.of(0x61, 0xff), flags: 0x800 })] }),
      ["a\ufffd"],
    ],
    ["with signs that turn the writing", makeZip({ entries: [scan("a\u202egpj.exe")] }), ["a\ufffdgpj.exe"]],
    [
      "with extra fields that end early",
      makeZip({ entries: [scan("a", { extra: Buffer.from("abcdefg") })] }),
      ["a"],
    ],
  ])("%s is listed", async (_, bytes, names) => {
    const { outcome, sheets } = await listZip(bytes);
    expect(outcome).toEqual({ kind: "listed", sheets: names.length, skipped: 0 });
    expect(sheets.map(({ name }) => name)).toEqual(names);
    expect(sheets.every(({ status }) => status === "pending")).toBe(true);
  });

  it("leaves out folders and what systems add", async () => {
    const entries = [
      scan("day/", { content: "" }),
      scan("folder", { content: "", attributes: 0x10 }),
      scan("day/a.jpg"),
      scan("__MACOSX/day/._a.jpg"),
      scan("day/._b.jpg"),
      scan("day/.DS_Store"),
      scan("day/Thumbs.db"),
      scan("desktop.ini"),
      scan("@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg"),
    ];
    const { outcome, sheets } = await listZip(makeZip({ entries }));
    expect(outcome).toEqual({ kind: "listed", sheets: 1, skipped: 8 });
    expect(sheets).toMatchObject([{ index: 0, name: "day/a.jpg" }]);
  });

  it("keeps no more of a name than fits, and whole characters of it", async () => {
    const { sheets } = await listZip(
      makeZip({ entries: [scan(`${"a".repeat(1023)}😀${"b".repeat(60_000)}`)] }),
    );
    expect(sheets[0]?.name).toBe(`${"a".repeat(1023)}\ufffd`);
  });
});

describe("an end record in a comment", () => {
  const truth = { disk: 0, onDisk: 0, entries: 0, size: 0, offset: 0, located: 0, disks: 1 };
  /** A comment that ends as an archive ends. */
  const comment = (end: Partial<typeof truth>, length = 65_535) =>
    Buffer.concat([Buffer.alloc(length - 22, "c"), makeEnd({ ...truth, ...end })]);

  it.each<[string, Partial<typeof truth>]>([
    ["of an empty archive", {}],
    ["whose directory lies elsewhere", { entries: 1, onDisk: 1, size: 46, offset: 7 }],
    ["that is damaged", { size: 2 ** 31 }],
  ])("%s is not believed", async (_, end) => {
    const { outcome } = await listZip(makeZip({ entries: two, comment: comment(end) }));
    expect(outcome).toEqual({ kind: "listed", sheets: 2, skipped: 0 });
  });

  it("is not believed in its middle either", async () => {
    const false2 = Buffer.concat([makeEnd(truth, Buffer.alloc(100)), Buffer.alloc(1)]);
    const { outcome } = await listZip(makeZip({ entries: two, comment: false2 }));
    expect(outcome).toEqual({ kind: "listed", sheets: 2, skipped: 0 });
  });

  it("makes the archive damaged where both agree with where they stand", async () => {
    const bytes = makeZip({ entries: two, comment: Buffer.alloc(65_535) });
    const at = bytes.length - 65_535 + 1_000;
    const offset = bytes.readUInt32LE(bytes.length - 65_535 - 6);
    const rest = bytes.length - at - 22;
    makeEnd({ ...truth, entries: 2, onDisk: 2, size: at - offset, offset }, Buffer.alloc(rest)).copy(
      bytes,
      at,
    );
    expect((await listZip(bytes)).outcome).toEqual({ kind: "failed", code: "archive_damaged" });
  });
});
