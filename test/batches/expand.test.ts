import { describe, expect, it } from "vitest";
import { archiveKey, batchImageKey, manifestKey } from "../../contract/object-keys.ts";
import { cancel } from "../../core/batches/batch.ts";
import { expandBatch } from "../../core/batches/expand.ts";
import type { Sheet } from "../../core/batches/sheet.ts";
import { T0 } from "../support/builders.ts";
import { type MadeEntry, makeZip } from "../support/zip-bytes.ts";
import {
  batchWorld,
  EXPAND_LEASE_MS,
  expandingBatch,
  listZip,
  sheetsOf,
  shortTime,
  stored,
} from "./zip-listing.ts";

const scans = (count: number, more: Partial<MadeEntry> = {}): MadeEntry[] =>
  Array.from({ length: count }, (_, index) => ({ name: `${index}.jpg`, content: `scan ${index}`, ...more }));

describe("listing a batch", () => {
  it("books every entry in the directory's order and sends for each once", async () => {
    const { world, batch, sheets, id } = await listZip(makeZip({ entries: scans(123) }));
    expect(sheets.map(({ index, name }) => [index, name])).toEqual(
      scans(123).map(({ name }, at) => [at, name]),
    );
    expect(world.sheetsQueue.sent.map(({ index }) => index)).toEqual(sheets.map(({ index }) => index));
    expect(batch).toMatchObject({
      id,
      status: "processing",
      archive: { size: expect.any(Number), etag: expect.any(String) },
      listing: { expected: 123, sheets: 123, skipped: 0, done: true },
      lease: null,
      attempts: 0,
    });
  });

  it("says where each entry lies, and what it is alike to", async () => {
    const entry: MadeEntry = { name: "a.jpg", content: "scan ".repeat(9), method: "deflated" };
    const { sheets } = await listZip(
      makeZip({ entries: [entry, { ...entry, name: "b" }], prefix: Buffer.alloc(7) }),
    );
    expect(sheets[0]?.place).toMatchObject({ offset: 7, method: "deflated", size: 45, name_length: 5 });
    expect(sheets[0]?.content).toMatch(/^[0-9a-f]{8}-45$/);
    expect(sheets[1]?.content).toBe(sheets[0]?.content);
  });

  it("fetches the end records and the directory, and nothing else", async () => {
    const bytes = makeZip({ entries: scans(400), zip64: true });
    const { world } = await listZip(bytes);
    const fetched = world.archives.ranges.toSorted((a, b) => a.from - b.from);
    const offset = Number(bytes.readBigUInt64LE(bytes.length - 22 - 20 - 8));
    expect(fetched.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(bytes.length - offset);
    expect(fetched[0]?.from).toBe(offset);
  });

  it("sends for a sheet only when every one before it is booked", async () => {
    const world = batchWorld();
    const send = world.sheetsQueue.send;
    const early: number[] = [];
    world.sheetsQueue.send = async (messages) => {
      for (const { batch_id, index } of messages) {
        const before = Array.from({ length: index }, (_, at) => world.sheets.kept.has(`${batch_id}/${at}`));
        if (!before.every(Boolean)) early.push(index);
      }
      await send(messages);
    };
    const create = world.sheets.create;
    world.sheets.create = async (sheet: Sheet) => {
      await new Promise((resolve) => setTimeout(resolve, (sheet.index * 7) % 5));
      return create(sheet);
    };
    await listZip(makeZip({ entries: scans(230) }), world);
    expect(early).toEqual([]);
    expect(world.sheetsQueue.sent).toHaveLength(230);
  });

  it("goes on in another run where its time was up, and never books a sheet anew", async () => {
    const world = batchWorld();
    const { id } = await expandingBatch(world);
    await world.archives.put(archiveKey(id), makeZip({ entries: scans(130) }), "application/zip");
    const outcome = await expandBatch(id, {}, { ...world, timeLeftMs: shortTime() });
    expect(outcome).toEqual({ kind: "continued", sheets: 50 });
    expect(world.batchesQueue.sent).toEqual([{ type: "expand_batch", batch_id: id }]);
    expect(await stored(world, id)).toMatchObject({
      status: "expanding",
      lease: null,
      listing: { sheets: 50 },
    });
    const read = { ...world.sheets.kept.get(`${id}/3`), status: "duplicate", version: 2 } as Sheet;
    world.sheets.kept.set(`${id}/3`, read);
    expect(await expandBatch(id, {}, world)).toMatchObject({ kind: "listed", sheets: 130 });
    expect(world.sheets.kept.get(`${id}/3`)).toEqual(read);
    expect(world.sheetsQueue.sent.map(({ index }) => index)).toEqual(
      Array.from({ length: 130 }, (_, at) => at),
    );
  });

  it("begins when S3 says that the archive is there, whoever did not live to say so", async () => {
    const world = batchWorld();
    const batch = await expandingBatch(world);
    world.batches.kept.set(batch.id, { ...batch, status: "uploading", reading: null } as never);
    await world.archives.put(archiveKey(batch.id), makeZip({ entries: scans(1) }), "application/zip");
    expect(await expandBatch(batch.id, {}, world)).toEqual({ kind: "nothing" });
    expect(await expandBatch(batch.id, { arrived: true }, world)).toMatchObject({ kind: "listed" });
    expect(await expandBatch(batch.id, { arrived: true }, world)).toEqual({ kind: "nothing" });
  });

  it("stops when its batch is cancelled, and leaves the sheets as they are", async () => {
    const world = batchWorld();
    const { id } = await expandingBatch(world);
    await world.archives.put(archiveKey(id), makeZip({ entries: scans(2_000) }), "application/zip");
    const create = world.sheets.create;
    world.sheets.create = async (sheet: Sheet) => {
      const stopped = sheet.index === 60 ? cancel(await stored(world, id), T0) : null;
      if (stopped) world.batches.kept.set(id, { ...stopped, version: stopped.version + 1 });
      return create(sheet);
    };
    expect(await expandBatch(id, {}, world)).toEqual({ kind: "lost" });
    expect((await stored(world, id)).status).toBe("cancelled");
    expect((await sheetsOf(world, id)).length).toBeLessThan(1_100);
  });

  it("leaves the batch free after a fault that may pass, and gives up after three without getting further", async () => {
    const world = batchWorld();
    const { id } = await expandingBatch(world);
    await world.archives.put(archiveKey(id), makeZip({ entries: scans(3) }), "application/zip");
    world.sheets.create = () => Promise.reject(new Error("throttled"));
    for (let attempt = 1; attempt <= 3; attempt++) {
      await expect(expandBatch(id, {}, world)).rejects.toThrow("throttled");
      expect(await stored(world, id)).toMatchObject({ status: "expanding", lease: null });
    }
    // The first of them got as far as opening the archive, which counts.
    await expandBatch(id, {}, world).catch(() => undefined);
    expect(await expandBatch(id, {}, world)).toEqual({ kind: "exhausted" });
    expect(await stored(world, id)).toMatchObject({
      error: { code: "batch_attempts_exhausted", retryable: true },
    });
  });

  it("is left alone while another lists it", async () => {
    const world = batchWorld();
    const batch = await expandingBatch(world);
    world.batches.kept.set(batch.id, {
      ...batch,
      claims: 1,
      lease: { fence: 1, until: T0 + EXPAND_LEASE_MS },
    });
    expect(await expandBatch(batch.id, {}, world)).toEqual({ kind: "nothing" });
  });
});

describe("listing photos", () => {
  it("books each with its ETag, and refuses an empty one", async () => {
    const world = batchWorld();
    const { id } = await expandingBatch(world, "images");
    const images = ["a.jpg", "b.jpg", "c.jpg"].map((filename) => ({
      filename,
      content_type: "image/jpeg",
      size: 3,
    }));
    await world.archives.put(manifestKey(id), Buffer.from(JSON.stringify({ images })), "application/json");
    await world.archives.put(batchImageKey(id, 0), Buffer.from("one"), "image/jpeg");
    await world.archives.put(batchImageKey(id, 1), Buffer.from(""), "image/jpeg");
    await world.archives.put(batchImageKey(id, 2), Buffer.from("two"), "image/jpeg");
    expect(await expandBatch(id, {}, world)).toEqual({ kind: "listed", sheets: 3, skipped: 0 });
    const [a, b, c] = await sheetsOf(world, id);
    expect(a).toMatchObject({ name: "a.jpg", status: "pending", place: { kind: "image", size: 3 } });
    expect(b).toMatchObject({ name: "b.jpg", status: "failed", reason: "not_an_image" });
    expect(c?.content).not.toBe(a?.content);
    expect((await stored(world, id)).listing).toMatchObject({ expected: 3, sheets: 3 });
  });

  it("fails the batch when they are gone", async () => {
    const world = batchWorld();
    const { id } = await expandingBatch(world, "images");
    expect(await expandBatch(id, {}, world)).toEqual({ kind: "failed", code: "archive_missing" });
  });
});
