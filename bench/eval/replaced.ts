import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import sharp from "sharp";
import { openLabelReader } from "../../core/label-reader.ts";
import { readWithTesseract } from "./tesseract-cli.ts";
import { scoreText } from "./text-score.ts";
import { readTruth } from "./truth.ts";

const USAGE = "usage: npm run --silent eval:replaced -- DIR [--limit N]";

/** What is known of the recipe that this project replaces: enlarged twice, median, threshold, `tesseract --psm 3`. */
const ENLARGED = 2;
const MEDIAN_PIXELS = 3;
const HALF_GREY = 128;

type Timed = { text: string; ms: number };

/** The recipe from the file's bytes to text. Its own threshold is not known; half grey stands for it. */
async function readAsBefore(photo: Uint8Array): Promise<Timed> {
  const started = performance.now();
  const { width, height } = (await sharp(photo).metadata()).autoOrient;
  const { data, info } = await sharp(photo)
    .autoOrient()
    .greyscale()
    .resize(width * ENLARGED, height * ENLARGED, { fit: "fill" })
    .median(MEDIAN_PIXELS)
    .threshold(HALF_GREY)
    .toColourspace("b-w")
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { text } = await readWithTesseract({ width: info.width, height: info.height, data });
  return { text, ms: performance.now() - started };
}

/** Reads each photo both ways in turn, from its file, and prints how much longer the recipe took. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { limit: { type: "string" } },
  });
  const [folder] = positionals;
  if (!folder || positionals.length > 1) throw new Error(USAGE);
  const photos = (await readTruth(folder)).filter(({ lines }) => lines.length > 0);
  const step = Math.max(1, Math.ceil(photos.length / Number(values.limit ?? photos.length)));
  const reader = await openLabelReader();
  const ratios: number[] = [];
  const found = { ours: 0, recipe: 0, words: 0 };
  for (const { file, lines } of photos.filter((_, i) => i % step === 0)) {
    const bytes = await readFile(path.join(folder, file));
    if (ratios.length === 0) await reader.readPhoto(bytes);
    const started = performance.now();
    const { reading } = await reader.readPhoto(bytes);
    reader.understand([reading]);
    const ms = performance.now() - started;
    const recipe = await readAsBefore(bytes);
    ratios.push(recipe.ms / ms);
    const { words, wordsFound } = scoreText(lines, reading.lines.map(({ text }) => text).join("\n"));
    found.ours += wordsFound;
    found.recipe += scoreText(lines, recipe.text).wordsFound;
    found.words += words;
    const { width, height } = reading;
    console.log(
      `${file} ${width} x ${height}: ours ${ms.toFixed(0)} ms, the recipe ${recipe.ms.toFixed(0)} ms, ${(recipe.ms / ms).toFixed(1)} times`,
    );
  }
  const sorted = ratios.toSorted((a, b) => a - b);
  const median = sorted[sorted.length >> 1] ?? 0;
  console.log(
    `${ratios.length} photos: the recipe takes ${median.toFixed(1)} times as long at the median; words found ${(found.ours / found.words).toFixed(3)} by us, ${(found.recipe / found.words).toFixed(3)} by the recipe`,
  );
  await reader.close();
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
