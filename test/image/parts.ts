import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";

/** What the function's own part of the image is made of: paths below the task's folder, the first match counts. */
const PARTS: readonly (readonly [name: string, path: RegExp])[] = [
  ["ONNX Runtime's library", /^node_modules\/onnxruntime-node\/.*\.so/],
  ["libvips, and sharp on it", /^node_modules\/(@img|sharp)\//],
  ["models of the first reader (PP-OCRv4)", /^node_modules\/@gutenye\/ocr-models\//],
  ["tesseract.js-core (WebAssembly)", /^node_modules\/tesseract\.js-core\//],
  ["trained data of the second reader", /^node_modules\/@tesseract\.js-data\//],
  ["source maps of the bundles", /^read-(page|sheet)\.mjs\.map$/],
  ["the bundles", /^read-(page|sheet)\.mjs$/],
  ["zxing-wasm (codes)", /^node_modules\/zxing-wasm\//],
  ["lexicon", /\.tsv$/],
  [
    "JavaScript of ONNX Runtime and tesseract.js",
    /^node_modules\/(onnxruntime-(node|common)|tesseract\.js)\//,
  ],
];
const REST = "small packages these need";

/** Bytes of each part, largest first, links not followed. */
export function partsOf(folder: string): [name: string, bytes: number][] {
  const sums = new Map<string, number>();
  for (const path of filesIn(folder)) {
    const name = PARTS.find(([, pattern]) => pattern.test(path))?.[0] ?? REST;
    sums.set(name, (sums.get(name) ?? 0) + statSync(join(folder, path)).size);
  }
  return [...sums].toSorted(([, a], [, b]) => b - a);
}

export const bytesOf = (parts: [string, number][]): number =>
  parts.reduce((sum, [, bytes]) => sum + bytes, 0);

/** Bytes of everything that no part names. */
export const unnamed = (parts: [string, number][]): number => new Map(parts).get(REST) ?? 0;

/** Native code: what the system's loader opens. */
export const nativeFilesIn = (folder: string): string[] =>
  filesIn(folder).filter((path) => /\.node$|\.so(\.[\d.]+)?$/.test(basename(path)));

/** Regular files below the folder, relative to it. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}
