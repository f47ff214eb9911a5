import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prepareZXingModule, writeBarcode } from "zxing-wasm/writer";
import { pageReading } from "../../contract/reading.ts";
import { openPhotoReader, type PhotoReader } from "../../core/reading/read-photo.ts";

const label = await readFile(new URL("../fixtures/samples/lisinopril.jpg", import.meta.url));

let reader: PhotoReader;
beforeAll(async () => {
  reader = await openPhotoReader();
});
afterAll(async () => {
  await reader.close();
});

/** Every text of a reading, without the spaces. */
const lettersOf = (lines: { text: string }[]) =>
  lines.map(({ text }) => text.replaceAll(" ", "").toUpperCase()).join("\n");

describe("reading a photo", () => {
  it("reads a label into lines that keep the contract, with a confidence for each character", async () => {
    const { reading } = await reader.read(label);
    expect(pageReading.safeParse(reading).error).toBeUndefined();
    expect(lettersOf(reading.lines)).toContain("LISINOPRIL");
    for (const { text, characters, box } of reading.lines) {
      expect(characters).toHaveLength(text.length);
      expect(box[0] + box[2]).toBeLessThanOrEqual(reading.width * 1.05);
    }
  });

  it("makes the web image and the thumbnail from the same photo", async () => {
    const { image, thumbnail } = await reader.read(label);
    const [large, small] = await Promise.all([sharp(image).metadata(), sharp(thumbnail).metadata()]);
    expect([large.format, small.format]).toEqual(["webp", "webp"]);
    expect(Math.max(large.width, large.height)).toBeLessThanOrEqual(2000);
    expect(Math.max(small.width, small.height)).toBe(320);
  });

  it.each([90, 180, 270])("reads the same label turned by %i degrees", async (degrees) => {
    const { reading } = await reader.read(await sharp(label).rotate(degrees).jpeg().toBuffer());
    expect(lettersOf(reading.lines)).toContain("LISINOPRIL");
  });

  it("reads letters that are much narrower than usual", async () => {
    const { width = 0, height = 0 } = await sharp(label).metadata();
    const narrow = sharp(label).resize({ width: Math.round(0.6 * width), height, fit: "fill" });
    const { reading } = await reader.read(await narrow.jpeg().toBuffer());
    const texts = reading.lines.map(({ text }) => text);
    expect(texts).toEqual(expect.arrayContaining(["Evelyn Whitlock", "Refills: 2", "(218) 555-0142"]));
  });

  it("gives places in pixels of the photo, however large it is", async () => {
    const [once, twice] = await Promise.all([
      reader.read(label),
      reader.read(await sharp(label).resize({ width: 4000 }).jpeg().toBuffer()),
    ]);
    const boxOf = (read: typeof once) =>
      read.reading.lines.find(({ text }) => /lisinopril/i.test(text))?.box ?? [0];
    const grown = twice.reading.width / once.reading.width;
    expect(Math.abs(boxOf(twice)[0] / boxOf(once)[0] / grown - 1)).toBeLessThan(0.05);
  });

  it("asks the second reader about the lines it was told to, and only those", async () => {
    const { reading } = await reader.read(label, {
      secondLook: (lines) => lines.flatMap(({ text }, i) => (/lisinopril/i.test(text) ? [i, i, 999] : [])),
    });
    const asked = reading.lines.filter(({ second }) => second);
    expect(asked.length).toBeGreaterThan(0);
    for (const { text, second } of asked) {
      expect(text).toMatch(/lisinopril/i);
      expect(second?.text).toMatch(/lisinopril/i);
    }
    expect(reading.readers).toHaveLength(2);
  });

  it("finds no line on a blank photo and says so, instead of failing", async () => {
    const blank = await sharp({ create: { width: 1200, height: 900, channels: 3, background: "#ddd" } })
      .jpeg()
      .toBuffer();
    const { reading } = await reader.read(blank, { secondLook: (lines) => [...lines.keys()] });
    expect(reading.lines).toEqual([]);
    expect(reading.quality.map(({ issue }) => issue)).toEqual(["no_text"]);
  });

  it("reads a photo of one pixel as one without text", async () => {
    const dot = await sharp({ create: { width: 1, height: 1, channels: 3, background: "black" } })
      .png()
      .toBuffer();
    const { reading } = await reader.read(dot);
    expect([reading.width, reading.lines.length]).toEqual([1, 0]);
  });

  it("reads a QR code and says where it stands", async () => {
    const wasmBinary = await readFile(
      createRequire(import.meta.url).resolve("zxing-wasm/writer/zxing_writer.wasm"),
    );
    prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(wasmBinary).buffer } });
    const { image } = await writeBarcode("TASK-12345678", { format: "QRCode", scale: 10 });
    const qr = Buffer.from((await image?.arrayBuffer()) ?? new ArrayBuffer());
    const sheet = await sharp({ create: { width: 1000, height: 1400, channels: 3, background: "white" } })
      .composite([{ input: qr, left: 600, top: 100 }])
      .jpeg()
      .toBuffer();
    const [code] = (await reader.read(sheet)).reading.codes;
    expect(code).toMatchObject({ format: "QRCode", text: "TASK-12345678" });
    expect(code?.box[0]).toBeGreaterThan(600);
  });

  it("reads on while its pictures are being kept, and answers only once they are", async () => {
    const order: string[] = [];
    const read = Promise.withResolvers<void>();
    const secondLook = () => {
      order.push("lines");
      read.resolve();
      return [];
    };
    const onPictures = async ({ thumbnail }: { thumbnail: Uint8Array }) => {
      expect(thumbnail.length).toBeGreaterThan(0);
      await read.promise;
      await new Promise((resolve) => setTimeout(resolve, 1000));
      order.push("kept");
    };
    await reader.read(label, { secondLook, onPictures });
    expect(new Set(order)).toEqual(new Set(["lines", "kept"]));
    expect(order.at(-1)).toBe("kept");
  });

  it("fails when its pictures cannot be kept", async () => {
    const onPictures = () => Promise.reject(new Error("no bucket"));
    await expect(reader.read(label, { onPictures })).rejects.toThrow("no bucket");
  });

  it("leaves nothing going on behind it when it is told to stop", async () => {
    const stop = new AbortController();
    let kept = false;
    const onPictures = async () => {
      stop.abort(new Error("lease lost"));
      await new Promise((resolve) => setTimeout(resolve, 1000));
      kept = true;
    };
    await expect(reader.read(label, { signal: stop.signal, onPictures })).rejects.toThrow("lease lost");
    expect(kept).toBe(true);
  });

  it("stops when it is told to", async () => {
    await expect(reader.read(label, { signal: AbortSignal.abort(new Error("lease lost")) })).rejects.toThrow(
      "lease lost",
    );
    const { reading } = await reader.read(label);
    expect(reading.lines.length).toBeGreaterThan(5);
  });
});
