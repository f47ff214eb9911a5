import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { prepareZXingModule, writeBarcode } from "zxing-wasm/writer";
import { openCodeReader } from "../../core/reading/codes.ts";
import type { Grey } from "../../core/reading/picture.ts";

const reader = openCodeReader();
afterAll(() => reader.close());

async function qrOf(text: string): Promise<Grey> {
  const path = createRequire(import.meta.url).resolve("zxing-wasm/writer/zxing_writer.wasm");
  prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(await readFile(path)).buffer } });
  const { image } = await writeBarcode(text, { format: "QRCode", scale: 8 });
  const bytes = Buffer.from((await image?.arrayBuffer()) ?? new ArrayBuffer());
  const { data, info } = await sharp(bytes)
    .extend({ top: 40, bottom: 40, left: 40, right: 40, background: "white" })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

describe("the code reader", () => {
  it("gives each of several pictures handed in together its own codes", async () => {
    const pictures = await Promise.all(["12345678", "23456789", "34567890"].map(qrOf));
    const found = await Promise.all(pictures.map((picture) => reader.read(picture)));
    expect(found.map((codes) => codes.map(({ text }) => text))).toEqual([
      ["12345678"],
      ["23456789"],
      ["34567890"],
    ]);
  });

  it("says so when a picture ends its thread, and reads the next one", async () => {
    const picture = await qrOf("12345678");
    const broken = { ...picture, data: null } as unknown as Grey;
    await expect(reader.read(broken)).rejects.toThrow();
    const [code] = await reader.read(picture);
    expect(code?.text).toBe("12345678");
  });
});
