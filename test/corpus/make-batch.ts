import { createWriteStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { ZipFile } from "yazl";
import { Random } from "./random.ts";
import { drawTaskSheet, type TaskMark } from "./task-sheet.ts";

const USAGE = "usage: npm run corpus:batch -- FOLDER --seed N --count N [--clean]";

/** What is to become of a sheet; `first` is the index of the one with the same bytes. */
export type SheetTruth = {
  name: string;
  status: "completed" | "unmatched" | "duplicate" | "failed";
  task_id?: string;
  reason?: string;
  duplicate_of?: number;
  drug?: string;
  strength?: string;
};

export type MadeSheet = { name: string; bytes: Buffer; truth: SheetTruth };

/** Of each twenty sheets: where things are not as they should be. */
const ODD: Readonly<Record<number, "duplicate" | "none" | "two" | "other" | "printed" | "text">> = {
  5: "duplicate",
  8: "none",
  11: "two",
  13: "other",
  16: "printed",
  18: "text",
};

/** Sheets of a batch in order, the same for a seed whatever the count. `clean` leaves out everything odd. */
export async function* makeSheets(seed: string, count: number, clean = false): AsyncGenerator<MadeSheet> {
  let last: { index: number; made: MadeSheet } | undefined;
  for (let index = 0; index < count; index++) {
    const random = new Random(`batch/${seed}/${index}`);
    const name = `ward ${random.whole(1, 9)}/sheet-${String(index + 1).padStart(5, "0")}.jpg`;
    const odd = clean ? undefined : ODD[index % 20];
    if (odd === "duplicate" && last) {
      const truth: SheetTruth = { name, status: "duplicate", duplicate_of: last.index };
      yield { name, bytes: last.made.bytes, truth };
      continue;
    }
    if (odd === "text") {
      const bytes = Buffer.from(`Notes of ward ${index}\n`);
      yield { name, bytes, truth: { name, status: "failed", reason: "not_an_image" } };
      continue;
    }
    const taskId = random.digits(8);
    const { jpeg, fields } = await drawTaskSheet(markOf(odd, taskId, random), "tune", random);
    const read = { drug: fields.name, strength: fields.dosage };
    const truth: SheetTruth =
      odd === "none"
        ? { name, status: "unmatched", reason: "no_task_code", ...read }
        : odd === "two"
          ? { name, status: "unmatched", reason: "several_task_codes", ...read }
          : odd === "other"
            ? { name, status: "unmatched", reason: "task_code_invalid", ...read }
            : { name, status: "completed", task_id: taskId, ...read };
    const made = { name, bytes: jpeg, truth };
    if (truth.status === "completed") last = { index, made };
    yield made;
  }
}

function markOf(odd: string | undefined, taskId: string, random: Random): TaskMark {
  if (odd === "none") return { kind: "none" };
  if (odd === "two") return { kind: "two", taskIds: [taskId, random.digits(8)] };
  if (odd === "other") return { kind: "other", text: "https://pharmacy.example/leaflet" };
  if (odd === "printed") return { kind: "other", text: "https://pharmacy.example/leaflet", printed: taskId };
  return { kind: "qr", taskId };
}

/** Writes FOLDER/batch.zip, FOLDER/sheets/ with the same files, and FOLDER/truth.json. */
export async function writeBatch(
  folder: string,
  seed: string,
  count: number,
  clean = false,
): Promise<SheetTruth[]> {
  await mkdir(path.join(folder, "sheets"), { recursive: true });
  const zip = new ZipFile();
  const written = pipeline(zip.outputStream, createWriteStream(path.join(folder, "batch.zip")));
  const truths: SheetTruth[] = [];
  // The same date in every entry: the same seed gives the same ZIP.
  const mtime = new Date(Date.UTC(2026, 0, 5));
  for await (const { name, bytes, truth } of makeSheets(seed, count, clean)) {
    zip.addBuffer(bytes, name, { mtime, compress: false });
    await writeFile(path.join(folder, "sheets", path.basename(name)), bytes);
    truths.push(truth);
  }
  zip.end();
  await written;
  await writeFile(path.join(folder, "truth.json"), `${JSON.stringify(truths, null, 1)}\n`);
  return truths;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: "string" },
      count: { type: "string" },
      clean: { type: "boolean", default: false },
    },
  });
  const [folder] = positionals;
  const { seed, count, clean } = values;
  if (!folder || positionals.length > 1 || seed === undefined || !count || !/^[1-9]\d{0,5}$/.test(count)) {
    throw new Error(USAGE);
  }
  const truths = await writeBatch(folder, seed, Number(count), clean);
  console.log(`${truths.length} sheets (seed ${seed}) in ${folder}/batch.zip`);
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
