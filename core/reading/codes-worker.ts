import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { parentPort } from "node:worker_threads";
import { prepareZXingModule, type ReaderOptions, readBarcodes } from "zxing-wasm/reader";
import type { Code } from "../../contract/reading.ts";
import type { CodesAnswer, CodesQuestion } from "./codes.ts";
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

// From the npm package; without this it would be fetched from a CDN.
const path = createRequire(import.meta.url).resolve("zxing-wasm/reader/zxing_reader.wasm");
await prepareZXingModule({
  overrides: { wasmBinary: new Uint8Array(await readFile(path)).buffer },
  fireImmediately: true,
});

parentPort?.on("message", async ({ id, picture }: CodesQuestion) => {
  // What goes wrong with one picture ends the thread with its reason, and `codes.ts` says so to whoever waits.
  parentPort?.postMessage({ id, codes: await readCodes(picture) } satisfies CodesAnswer);
});
