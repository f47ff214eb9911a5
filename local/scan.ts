import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { extname } from "node:path";
import { parseArgs } from "node:util";
import { followScan, type Photo, StillRunning, scan } from "../client/scan.ts";
import { ApiError } from "../client/transport.ts";
import type { ScanStatus } from "../contract/scans.ts";
import { photoTypeOf } from "./photo-files.ts";
import { givenService, NoToken, ownStack, type Reached } from "./reach.ts";

/** `npm run scan`: takes photos the whole road and prints what became of each. */

const USAGE = `usage: npm run --silent scan -- [--json] [--together] FILE...

  --json       one line of JSON per file on stdout, in order
  --together   the files are photos of one label

Goes to RXSCAN_URL with RXSCAN_TOKEN, or else to a system of its own that ends with the command.`;

/** A line of `--json`. */
type Line = {
  file: string;
  job_id: string | null;
  status: ScanStatus["status"];
  result?: ScanStatus["result"];
  results?: ScanStatus["results"];
  ocr_text?: string;
  error?: { code: string; message: string; retryable: boolean };
  ms: number;
};

const { values: flags, positionals: files } = parseOrExit();

const service = await reach();
let failures = 0;
try {
  const scans = flags.together ? [files] : files.map((file) => [file]);
  const made = inOrder(scans, availableParallelism(), (group) => scanFiles(group));
  for await (const line of made) {
    if (line.status !== "completed") failures += 1;
    console.log(flags.json ? JSON.stringify(line) : readable(line));
  }
} finally {
  await service.end();
}
process.exitCode = failures > 0 ? 1 : 0;

function parseOrExit() {
  try {
    const parsed = parseArgs({
      options: { json: { type: "boolean", default: false }, together: { type: "boolean", default: false } },
      allowPositionals: true,
    });
    if (parsed.positionals.length > 0) return parsed;
    console.error(USAGE);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  }
  process.exit(2);
}

async function reach(): Promise<Reached> {
  try {
    return givenService(process.env) ?? (await ownStack("scan-command"));
  } catch (error) {
    if (!(error instanceof NoToken)) throw error;
    console.error(error.message);
    process.exit(2);
  }
}

async function scanFiles(group: string[]): Promise<Line> {
  const file = group.join(" ");
  const began = performance.now();
  const ms = () => Math.round(performance.now() - began);
  let jobId: string | null = null;
  try {
    const photos = await Promise.all(group.map(photoOf));
    const status = await scan(service, photos, {
      onProgress: (at) => {
        if (at.step === "waiting") progress(`${file}: ${at.status}, ${at.seconds.toFixed(1)} s`);
        else progress(`${file}: ${at.step}`);
      },
    }).catch(async (error: unknown) => {
      if (!(error instanceof StillRunning)) throw error;
      jobId = error.jobId;
      progress(`${file}: ${error.message}`);
      return followScan(service, error.jobId);
    });
    progress(`${file}: ${status.status} after ${(ms() / 1000).toFixed(1)} s`);
    const { job_id, result, results, ocr_text, error } = status;
    return {
      file,
      job_id,
      status: status.status,
      ...(result ? { result } : {}),
      ...(results && results.length > 1 ? { results } : {}),
      ...(ocr_text === undefined ? {} : { ocr_text }),
      ...(error ? { error } : {}),
      ms: ms(),
    };
  } catch (error) {
    const told = explain(error);
    progress(`${file}: ${told.message}`);
    return { file, job_id: jobId, status: "failed", error: told, ms: ms() };
  }
}

async function photoOf(file: string): Promise<Photo> {
  const bytes = await readFile(file);
  const contentType = photoTypeOf(file) ?? "application/octet-stream";
  // The name stays here: people name files after patients.
  return { filename: `photo${extname(file)}`, contentType, bytes };
}

function explain(error: unknown): { code: string; message: string; retryable: boolean } {
  if (error instanceof ApiError)
    return { code: error.code, message: error.message, retryable: error.retryable };
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "EISDIR" || code === "EACCES") {
    return { code: "file_not_readable", message: `The file cannot be read: ${message}`, retryable: false };
  }
  return { code: "no_connection", message: `${service.url} cannot be reached: ${message}`, retryable: true };
}

/** Works on `atOnce` items at a time and yields what came of each in the order they were given. */
async function* inOrder<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  let next = 0;
  while (next < items.length || running.length > 0) {
    while (running.length < atOnce && next < items.length) {
      const item = items[next++];
      if (item !== undefined) running.push(work(item));
    }
    const first = running.shift();
    if (first) yield await first;
  }
}

function progress(text: string): void {
  console.error(text);
}

function readable({ file, job_id, status, result, results, error, ms }: Line): string {
  if (error) return `${file}: failed (${error.code}). ${error.message}`;
  const parts = [`${file}: ${status} in ${(ms / 1000).toFixed(1)} s, scan ${job_id}`];
  for (const one of results ?? (result ? [result] : [])) {
    for (const [name, field] of Object.entries(one.fields)) {
      if (!field) continue;
      const sure = `${Math.round(field.confidence * 100)}%`.padStart(4);
      const doubt = field.review ? `   <- ${field.review.message}` : "";
      parts.push(`  ${name.padEnd(12)} ${sure}  ${field.value ?? ""}${doubt}`);
    }
    const review = one.review.map(({ message }) => `  ! ${message}`);
    parts.push(one.needs_review ? "  Needs review:" : "  No doubts.", ...review, "");
  }
  return parts.join("\n");
}
