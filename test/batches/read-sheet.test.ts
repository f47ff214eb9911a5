import { crc32 } from "node:zlib";
import sharp from "sharp";
import { beforeEach, describe, expect, it } from "vitest";
import { archiveKey, batchImageKey, sheetImageKey } from "../../contract/object-keys.ts";
import type { PageReading } from "../../contract/reading.ts";
import { type Batch, cancel, fail, type NewBatch } from "../../core/batches/batch.ts";
import { type ReadSheetParts, readSheet } from "../../core/batches/read-sheet.ts";
import { claim, MAX_ATTEMPTS, type Sheet } from "../../core/batches/sheet.ts";
import { changeSheet } from "../../core/batches/stores.ts";
import { decode } from "../../core/reading/decode.ts";
import { PhotoRefused } from "../../core/reading/photo-refused.ts";
import { BATCH_ID, expandingBatch, pendingSheet, processingBatch } from "../support/batch-builders.ts";
import { LEASE_MS, made, reading, T0, understood } from "../support/builders.ts";
import {
  memoryArchive,
  memoryBatches,
  memoryBatchesQueue,
  memorySheetResults,
  memorySheets,
  memoryTally,
  sheetKey,
} from "../support/memory-batches.ts";
import { packed } from "./sheet-zip.ts";

/** The worker of sheets over stores in memory. A sheet's bytes are its text: a line `qr <text>` is a QR code. */

let clock = T0;

function road() {
  const batches = memoryBatches();
  const tally = memoryTally();
  const sheets = memorySheets();
  const results = memorySheetResults();
  const archives = memoryArchive();
  const batchesQueue = memoryBatchesQueue();
  const read: string[] = [];
  const parts: ReadSheetParts = {
    batches,
    tally,
    sheets,
    results,
    archives,
    batchesQueue,
    now: () => clock,
    leaseMs: LEASE_MS,
    readPhoto: async (photo) => {
      const text = Buffer.from(photo).toString();
      read.push(text);
      const lines = text.split("\n");
      const codes = lines
        .filter((line) => line.startsWith("qr "))
        .map((line) => ({
          format: "QRCode",
          text: line.slice(3),
          box: [0, 0, 10, 10] as [number, number, number, number],
        }));
      const printed = reading(...lines.filter((line) => !line.startsWith("qr ")));
      return {
        reading: { ...printed, lines: printed.lines.map((line) => ({ ...line, confidence: 0.99 })), codes },
        image: Buffer.from(`image of ${text}`),
        thumbnail: Buffer.from(`thumbnail of ${text}`),
      };
    },
    refusalOf: (error) => (error instanceof PhotoRefused ? error.code : null),
    understand: (readings: readonly PageReading[]) =>
      readings.map(({ lines }) => (lines[0] ? understood(lines[0].text) : { ...understood(""), fields: {} })),
  };
  return { ...parts, batches, tally, sheets, results, archives, batchesQueue, parts, read };
}

let at: ReturnType<typeof road>;
beforeEach(() => {
  clock = T0;
  at = road();
});

/** A batch with these sheets in one archive, all listed. */
async function batchOf(
  contents: (string | Uint8Array)[],
  more: Partial<NewBatch> = {},
  extra = 28,
): Promise<Batch> {
  const bytes = contents.map((one) => (typeof one === "string" ? Buffer.from(one) : one));
  const { archive, entries } = packed(bytes, extra);
  await at.archives.put(archiveKey(BATCH_ID), archive, "application/zip");
  const batch: Batch = {
    ...processingBatch(contents.length, more),
    archive: made(await at.archives.head(archiveKey(BATCH_ID))),
  };
  await at.batches.create(batch);
  for (const [index, { place, content }] of entries.entries())
    await at.sheets.create(pendingSheet({ index, place, content }));
  return batch;
}
const work = (index = 0) => readSheet(BATCH_ID, index, at.parts);
const sheet = (index = 0): Sheet => made(at.sheets.kept.get(sheetKey(BATCH_ID, index)) ?? null);
const result = (index = 0) => at.results.kept.get(sheetKey(BATCH_ID, index));
const ended = (index = 0) => {
  const { status, ...rest } = sheet(index);
  const { task_id, reason, duplicate_of } = rest as {
    task_id?: string;
    reason?: string;
    duplicate_of?: number;
  };
  return [status, task_id ?? reason ?? duplicate_of];
};
const replaceBatch = async (batch: Batch) => at.batches.replace({ ...batch, version: batch.version + 1 });

describe("a sheet with a task's QR code", () => {
  it("is completed with the task, what was read, and the pictures, and counted", async () => {
    await batchOf(["qr 12345678\nLisinopril"]);
    expect(await work()).toEqual({ kind: "ended", status: "completed", bytes: 22 });
    expect(sheet()).toMatchObject({
      status: "completed",
      task_id: "12345678",
      needs_review: false,
      ended_at: T0,
    });
    expect(result()).toEqual({
      task_source: "qr",
      confidence: 0.97,
      result: understood("Lisinopril"),
      results: [understood("Lisinopril")],
      width: 640,
      height: 480,
      text: "Lisinopril",
    });
    expect(
      Buffer.from(made(at.archives.kept.get(sheetImageKey(BATCH_ID, 0, "thumbnail")) ?? null)).toString(),
    ).toContain("thumbnail");
    expect(at.archives.kept.has(sheetImageKey(BATCH_ID, 0, "image"))).toBe(true);
    expect(at.tally.kept.get(BATCH_ID)).toMatchObject({ completed: 1 });
  });

  it("costs one request of the archive, no longer than it must be; two where its header is unusually long", async () => {
    await batchOf(["qr 12345678\nA", "qr 12345678\nB"]);
    await work(1);
    expect(at.archives.ranges).toHaveLength(1);
    const { place } = sheet(1);
    if (place.kind !== "entry") throw new Error(place.kind);
    expect(at.archives.ranges[0]?.from).toBe(place.offset);

    at = road();
    await batchOf(["qr 12345678\nA", "qr 12345678\nB"], {}, 5_000);
    await work(0);
    expect(ended(0)).toEqual(["completed", "12345678"]);
    expect(at.archives.ranges).toHaveLength(2);
  });

  it("is read while the rest of the archive is still being listed", async () => {
    const batch = await batchOf(["qr 12345678\nLisinopril"]);
    await replaceBatch({ ...batch, ...expandingBatch(), archive: batch.archive });
    expect(await work()).toMatchObject({ kind: "ended" });
    // The listing may go on for long: nothing is counted yet.
    expect(at.batchesQueue.sent).toEqual([]);
  });

  it("is the last: it sends for the recount, once", async () => {
    await batchOf(["qr 12345678\nA", "qr 12345678\nB", "x"]);
    for (const index of [2, 0]) await work(index);
    expect(at.batchesQueue.sent).toEqual([]);
    await work(1);
    for (const index of [0, 1, 2]) expect(await work(index)).toEqual({ kind: "nothing" });
    expect(at.batchesQueue.sent).toEqual([{ type: "recount_batch", batch_id: BATCH_ID, resend: false }]);
  });
});

describe("the task", () => {
  it("of a batch that has one is that of every sheet, whatever their QR codes say", async () => {
    await batchOf(["qr 12345678\nA", "B"], { upload_type: "zip_no_qr", task_id: "87654321" });
    await work(0);
    await work(1);
    expect([ended(0), ended(1)]).toEqual([
      ["completed", "87654321"],
      ["completed", "87654321"],
    ]);
    expect(result(0)?.task_source).toBe("batch");
  });

  it.each([
    ["no QR code", "Lisinopril", "no_task_code"],
    ["one that is not 8 digits", "qr 1234567\nLisinopril", "task_code_invalid"],
    ["two that differ", "qr 12345678\nqr 12345679\nLisinopril", "several_task_codes"],
  ])("cannot be told from a sheet with %s: it is read and kept all the same", async (_, text, reason) => {
    await batchOf([text]);
    await work();
    expect(ended()).toEqual(["unmatched", reason]);
    expect(result()).toMatchObject({ result: { name: "Lisinopril" } });
    expect(result()).not.toHaveProperty("task_source");
    expect(at.tally.kept.get(BATCH_ID)).toMatchObject({ unmatched: 1, completed: 0 });
  });

  it("from printed figures alone is for a person to look at, and the result says why", async () => {
    await batchOf(["Lisinopril\n12345678"]);
    await work();
    expect(sheet()).toMatchObject({ status: "completed", task_id: "12345678", needs_review: true });
    expect(result()).toMatchObject({
      task_source: "printed",
      result: { needs_review: true, review: [{ code: "task_printed" }] },
    });
  });
});

describe("a sheet with the same bytes as another", () => {
  const same = "qr 12345678\nLisinopril";

  it.each([[[0, 1, 2, 3]], [[3, 2, 1, 0]], [[2, 3, 0, 1]]])(
    "is a duplicate of the first in the archive, in whichever order they are read: %j",
    async (order) => {
      await batchOf(["other", same, same, same]);
      for (const index of order) await work(index);
      expect([0, 1, 2, 3].map((index) => ended(index))).toEqual([
        ["unmatched", "no_task_code"],
        ["completed", "12345678"],
        ["duplicate", 1],
        ["duplicate", 1],
      ]);
      expect(at.read).toHaveLength(2);
    },
  );

  it("is one also of a sheet that failed: the same bytes would fail again", async () => {
    await batchOf(["bad", "bad"]);
    at.parts.readPhoto = () => Promise.reject(new PhotoRefused("not_an_image", ""));
    await work(0);
    await work(1);
    expect([ended(0), ended(1)]).toEqual([
      ["failed", "not_an_image"],
      ["duplicate", 0],
    ]);
  });

  it("is none where only checksum and size are the same", async () => {
    // "plumless" and "buckeroo" are known to share their CRC-32.
    expect(crc32("plumless")).toBe(crc32("buckeroo"));
    await batchOf(["plumless", "buckeroo", "buckeroo"]);
    for (const index of [2, 1, 0]) await work(index);
    expect([0, 1, 2].map((index) => ended(index)[0])).toEqual(["unmatched", "unmatched", "duplicate"]);
    expect(ended(2)).toEqual(["duplicate", 1]);
  });

  it("is none of a sheet whose bytes cannot be had", async () => {
    await batchOf([same, same]);
    const first = sheet(0);
    if (first.place.kind !== "entry") throw new Error(first.place.kind);
    const archive = made(at.archives.kept.get(archiveKey(BATCH_ID)) ?? null);
    archive.fill(0, first.place.offset, first.place.offset + 4);
    await work(1);
    await work(0);
    expect([ended(0), ended(1)]).toEqual([
      ["failed", "entry_damaged"],
      ["completed", "12345678"],
    ]);
  });
});

describe("a photo of a batch of photos", () => {
  it("is read from its own object, in the version that was listed", async () => {
    const text = Buffer.from("Lisinopril");
    await at.batches.create(processingBatch(2, { upload_type: "images", task_id: "12345678" }));
    for (const index of [0, 1]) await at.archives.put(batchImageKey(BATCH_ID, index), text, "image/jpeg");
    for (const index of [0, 1]) {
      const { etag, size } = made(await at.archives.head(batchImageKey(BATCH_ID, index)));
      await at.sheets.create(pendingSheet({ index, place: { kind: "image", etag, size }, content: "same" }));
    }
    await work(0);
    await work(1);
    expect([ended(0), ended(1)]).toEqual([
      ["completed", "12345678"],
      ["duplicate", 0],
    ]);
  });
});

describe("an entry that is no sheet", () => {
  it.each<[string, (archive: Uint8Array) => void]>([
    ["another header", (archive) => archive.fill(0, 0, 4)],
    ["other bytes", (archive) => archive.fill(0, archive.length - 12)],
  ])("fails as damaged where the archive has %s", async (_, damage) => {
    await batchOf(["qr 12345678\nLisinopril"]);
    damage(made(at.archives.kept.get(archiveKey(BATCH_ID)) ?? null));
    expect(await work()).toMatchObject({ kind: "ended", status: "failed" });
    expect(ended()).toEqual(["failed", "entry_damaged"]);
    expect(at.read).toEqual([]);
  });

  it("fails for what is wrong with the picture: no image, a bomb of pixels, a file that ends early", async () => {
    const white = sharp({ create: { width: 20, height: 20, channels: 3, background: "white" } });
    const bomb = await white.png().toBuffer();
    // It says 30,000 x 30,000 pixels: 2.7 GB unpacked.
    bomb.writeUInt32BE(30_000, 16);
    bomb.writeUInt32BE(30_000, 20);
    bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
    const jpeg = await sharp({ create: { width: 800, height: 600, channels: 3, background: "white" } })
      .jpeg()
      .toBuffer();
    await batchOf(["Milk, bread, eggs", bomb, jpeg.subarray(0, jpeg.length / 2)]);
    at.parts.readPhoto = async (photo) => {
      await decode(photo);
      throw new Error("it was decoded");
    };
    const before = process.memoryUsage().rss;
    for (const index of [0, 1, 2]) await work(index);
    expect([0, 1, 2].map((index) => ended(index))).toEqual([
      ["failed", "not_an_image"],
      ["failed", "image_too_large"],
      ["failed", "image_damaged"],
    ]);
    expect(process.memoryUsage().rss - before).toBeLessThan(300e6);
    expect(at.tally.kept.get(BATCH_ID)).toMatchObject({ failed: 3 });
  }, 60_000);
});

describe("a sheet that must not be read", () => {
  it.each<[string, (batch: Batch) => Batch]>([
    ["was stopped", (batch) => made(cancel(batch, T0))],
    ["has failed", (batch) => fail(batch, "archive_overlaps", T0)],
    ["is past its time", (batch) => ({ ...batch, created_at: T0 - 31 * 24 * 3600_000 })],
  ])("waits as it is while its batch %s", async (_, move) => {
    await replaceBatch(move(await batchOf(["qr 12345678\nLisinopril"])));
    expect(await work()).toEqual({ kind: "nothing" });
    expect(sheet()).toMatchObject({ status: "pending", attempts: 0, version: 1 });
  });

  it("does not exist: nothing happens", async () => {
    expect(await work()).toEqual({ kind: "nothing" });
    await batchOf(["A"]);
    expect(await work(1)).toEqual({ kind: "nothing" });
  });
});

describe("attempts", () => {
  const broken = () => Promise.reject(new Error("throttled"));

  it("that go wrong in a way that may pass leave the sheet to the next one, and throw", async () => {
    await batchOf(["qr 12345678\nLisinopril"]);
    const { readPhoto } = at.parts;
    at.parts.readPhoto = broken;
    await expect(work()).rejects.toThrow("throttled");
    expect(sheet()).toMatchObject({ status: "pending", attempts: 1, lease: null });
    at.parts.readPhoto = readPhoto;
    expect(await work()).toMatchObject({ kind: "ended", status: "completed" });
  });

  it("end after the last: the sheet has failed and is counted", async () => {
    await batchOf(["qr 12345678\nLisinopril"]);
    at.parts.readPhoto = broken;
    for (let times = 1; times < MAX_ATTEMPTS; times++) await expect(work()).rejects.toThrow("throttled");
    expect(await work()).toEqual({ kind: "exhausted" });
    expect(ended()).toEqual(["failed", "attempts_exhausted"]);
    expect(at.batchesQueue.sent).toHaveLength(1);
  });

  it("of workers that die count, too: the next after the last ends the sheet", async () => {
    await batchOf(["qr 12345678\nLisinopril"]);
    at.parts.readPhoto = () => new Promise(() => undefined);
    for (let times = 0; times < MAX_ATTEMPTS; times++) {
      void work();
      await new Promise(setImmediate);
      clock += LEASE_MS + 1;
    }
    expect(await work()).toEqual({ kind: "exhausted" });
    expect(at.tally.kept.get(BATCH_ID)).toMatchObject({ failed: 1 });
  });
});

describe("a sheet that another worker has", () => {
  async function heldElsewhere() {
    await batchOf(["qr 12345678\nLisinopril"]);
    await changeSheet(at.sheets, BATCH_ID, 0, (sheet) => {
      const held = claim(sheet, clock, LEASE_MS);
      return held.kind === "read" ? { record: held.sheet, told: null } : null;
    });
  }

  it("is put off until that one's lease is over, and then read", async () => {
    await heldElsewhere();
    expect(await work()).toEqual({ kind: "held", until: T0 + LEASE_MS });
    clock = T0 + LEASE_MS;
    expect(await work()).toMatchObject({ kind: "ended", status: "completed" });
  });

  it("is that one's: whoever outlives his lease changes nothing any more", async () => {
    await batchOf(["qr 12345678\nLisinopril"]);
    const { readPhoto } = at.parts;
    let wake = (): void => undefined;
    at.parts.readPhoto = async (photo) => {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      return readPhoto(photo);
    };
    const late = work();
    while (sheet().claims === 0) await new Promise(setImmediate);
    await new Promise(setImmediate);
    clock += LEASE_MS + 1;
    at.parts.readPhoto = readPhoto;
    expect(await work()).toMatchObject({ kind: "ended" });
    const after = sheet();
    wake();
    expect(await late).toEqual({ kind: "lost" });
    expect(sheet()).toEqual(after);
    expect(at.tally.kept.get(BATCH_ID)).toMatchObject({ completed: 1 });
  });

  it("fails under a zombie without the zombie's fault being counted", async () => {
    await batchOf(["qr 12345678\nLisinopril"]);
    let refuse = (_: Error): void => undefined;
    const { readPhoto } = at.parts;
    at.parts.readPhoto = () =>
      new Promise((_, reject) => {
        refuse = reject;
      });
    const late = work();
    await new Promise((resolve) => setTimeout(resolve, 20));
    clock += LEASE_MS + 1;
    at.parts.readPhoto = readPhoto;
    await work();
    refuse(new PhotoRefused("image_damaged", ""));
    expect(await late).toEqual({ kind: "lost" });
    expect(ended()).toEqual(["completed", "12345678"]);
  });
});
