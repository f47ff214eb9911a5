import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { type Corpus, generatePhoto } from "./generate.ts";
import type { Truth } from "./photograph.ts";

const USAGE = "usage: npm run corpus -- DIR --seed N --count N [--split tune|report]";

/** Writes DIR/*.jpg and DIR/truth.json. */
async function main(): Promise<void> {
  const { folder, ...corpus } = readArguments();
  await mkdir(folder, { recursive: true });
  const truths: Truth[] = [];
  for (let index = 0; index < corpus.count; index++) {
    const { jpeg, truth } = await generatePhoto(corpus, index);
    await writeFile(path.join(folder, truth.file), jpeg);
    truths.push(truth);
  }
  await writeFile(path.join(folder, "truth.json"), `${JSON.stringify(truths, null, 1)}\n`);
  console.log(`${truths.length} photos (${corpus.split}, seed ${corpus.seed}) in ${folder}`);
}

function readArguments(): Corpus & { folder: string } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: "string" },
      count: { type: "string" },
      split: { type: "string", default: "tune" },
    },
  });
  const [folder] = positionals;
  const { seed, count, split } = values;
  if (!folder || positionals.length > 1 || seed === undefined || !count) throw new Error(USAGE);
  if (!/^[1-9]\d{0,5}$/.test(count))
    throw new Error(`--count must be a whole number from 1: ${count}\n${USAGE}`);
  if (split !== "tune" && split !== "report")
    throw new Error(`--split must be tune or report: ${split}\n${USAGE}`);
  return { folder, seed, count: Number(count), split };
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
