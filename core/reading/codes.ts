import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { prepareZXingModule, type ReaderOptions, readBarcodes } from "zxing-wasm/reader";
import type { Code } from "../../contract/reading.ts";
import { type Grey, portableGraymap } from "./picture.ts";

/** The codes that a label or a sheet carries: task QR, NDC and DIN as EAN, UPC, Code 128 or DataMatrix. */
const OPTIONS: ReaderOptions = {
  formats: ["QRCode", "DataMatrix", "Code128", "Code39", "EAN13", "EAN8", "UPCA", "UPCE", "ITF"],
  // Looking less hard finds 56 of 180 turned and blurred test codes instead of 136; looking for white on black and on
  // a smaller copy doubles the time and finds no more (docs/decisions/0034).
  tryHarder: true,
  tryInvert: false,
  tryDownscale: false,
  maxNumberOfSymbols: 16,
};

/** Loads the code reader from the npm package; without this it would fetch its WebAssembly from a CDN. */
export async function openCodeReader(): Promise<(picture: Grey) => Promise<Code[]>> {
  const path = createRequire(import.meta.url).resolve("zxing-wasm/reader/zxing_reader.wasm");
  const bytes = await readFile(path);
  await prepareZXingModule({
    overrides: { wasmBinary: new Uint8Array(bytes).buffer },
    fireImmediately: true,
  });
  return readCodes;
}

/** Codes on the picture, in its pixels. */
async function readCodes(picture: Grey): Promise<Code[]> {
  const found = await readBarcodes(portableGraymap(picture), OPTIONS);
  return found
    .filter((code) => code.isValid)
    .map(({ format, text, position }) => {
      const corners = [position.topLeft, position.topRight, position.bottomRight, position.bottomLeft];
      const left = Math.min(...corners.map(({ x }) => x));
      const top = Math.min(...corners.map(({ y }) => y));
      const right = Math.max(...corners.map(({ x }) => x));
      const bottom = Math.max(...corners.map(({ y }) => y));
      return { format, text, box: [left, top, right - left, bottom - top] };
    });
}
