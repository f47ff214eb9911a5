import { parseArgs } from "node:util";
import { measure } from "./measure.ts";
import { printed } from "./print.ts";
import { summarize } from "./summary.ts";
import { readTruth } from "./truth.ts";

const USAGE = "usage: npm run --silent eval -- DIR [--json] [--vs tesseract] [--limit N]";

/** Reads a folder of photos with truth.json through the worker's own code and says how well. */
async function main(): Promise<void> {
  const { folder, json, vs, limit } = readArguments();
  const photos = spread(await readTruth(folder), limit);
  const summary = summarize(await measure(folder, photos, vs));
  console.log(json ? JSON.stringify(summary, null, 1) : printed(summary));
}

/** At most `limit` of the photos, evenly spread, since truths stand in order of their category. */
function spread<T>(all: readonly T[], limit: number): T[] {
  const step = Math.max(1, all.length / limit);
  return all.filter((_, index) => Math.floor(index / step) > Math.floor((index - 1) / step)).slice(0, limit);
}

function readArguments(): { folder: string; json: boolean; vs: boolean; limit: number } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: "boolean", default: false }, vs: { type: "string" }, limit: { type: "string" } },
  });
  const [folder] = positionals;
  const { json, vs, limit } = values;
  if (!folder || positionals.length > 1) throw new Error(USAGE);
  if (vs !== undefined && vs !== "tesseract") throw new Error(`--vs knows only tesseract: ${vs}\n${USAGE}`);
  if (limit !== undefined && !/^[1-9]\d*$/.test(limit))
    throw new Error(`--limit must be a whole number from 1: ${limit}`);
  return { folder, json, vs: vs === "tesseract", limit: limit ? Number(limit) : Number.POSITIVE_INFINITY };
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
