import { execFile } from "node:child_process";
import { openAsBlob, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import { followBatch, getBatch } from "../client/batches.ts";
import { scan } from "../client/scan.ts";
import { uploadBatch } from "../client/upload-batch.ts";
import { type LocalStack, startStack } from "../local/stack.ts";
import { median } from "./statistics.ts";

/**
 * `npm run bench:batch -- FOLDER`: a batch through the local stack, FOLDER made by `npm run corpus:batch`.
 *
 * - scans of a tablet, from upload to completed, without a batch and while the batch is being read
 * - sheets a minute beside `find | xargs -P2 tesseract` (and `ocrmypdf`, where it is installed) on the same sheets
 * - memory of every process of the stack, early and late
 *
 *   --scans N   scans of the tablet with and without the batch (9)
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { scans: { type: "string", default: "9" } },
});
const [corpus] = positionals;
if (!corpus) throw new Error("usage: npm run bench:batch -- FOLDER [--scans N]");
const scans = Number(values.scans);

const SAMPLE_MS = 1_000;
/** A nurse's pause between two labels: the readers of the sheets have the cores meanwhile. */
const PAUSE_MS = 2_000;
const MB = 2 ** 20;

/** Resident memory of this process and of those that read sheets, from the kernel's own account, MB. */
class Memory {
  readonly #taken: { stack: number; readers: number[] }[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(stack: LocalStack) {
    this.#timer = setInterval(() => {
      this.#taken.push({
        stack: process.memoryUsage.rss() / MB,
        readers: stack.processIds("read-sheet").map(residentMegabytes),
      });
    }, SAMPLE_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  print(): void {
    const quarter = Math.max(1, Math.floor(this.#taken.length / 4));
    for (const [name, part] of [
      ["first quarter", this.#taken.slice(0, quarter)],
      ["last quarter", this.#taken.slice(-quarter)],
    ] as const) {
      const stack = median(part.map((one) => one.stack));
      const readers = median(part.map((one) => Math.max(0, ...one.readers)));
      console.log(`  memory, ${name}: stack ${stack.toFixed(0)} MB, largest reader ${readers.toFixed(0)} MB`);
    }
  }
}

const run = promisify(execFile);
const photo = new Uint8Array(
  await readFile(resolve(import.meta.dirname, "../test/fixtures/samples/lisinopril.jpg")),
);
const folder = await mkdtemp(join(tmpdir(), "rxscan-bench-batch-"));
console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}\n`);
try {
  const stack = await startStack({ port: 0, folder });
  try {
    await measure(stack, corpus);
  } finally {
    await stack.close();
  }
  await beside("find | xargs -P2 tesseract", corpus, [
    "-c",
    `find "$0" -name '*.jpg' -size +1k -print0 | OMP_THREAD_LIMIT=1 xargs -0 -P2 -I{} tesseract {} - --psm 3 -l eng`,
    join(corpus, "sheets"),
  ]);
  await beside("find | xargs -P2 ocrmypdf", corpus, [
    "-c",
    `command -v ocrmypdf >/dev/null || exit 127; find "$0" -name '*.jpg' -size +1k -print0 | xargs -0 -P2 -I{} ocrmypdf -q -j1 --image-dpi 203 --output-type pdf {} - >/dev/null`,
    join(corpus, "sheets"),
  ]);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(stack: LocalStack, from: string): Promise<void> {
  const service = { url: stack.url, token: await stack.token("clerk", 6 * 3600) };
  const tablet = { url: stack.url, token: await stack.token("nurse", 6 * 3600) };
  const scanOnce = async (): Promise<number> => {
    const began = performance.now();
    await scan(tablet, [{ filename: "label.jpg", contentType: "image/jpeg", bytes: photo }]);
    return performance.now() - began;
  };
  await scanOnce();
  const alone = await times(scans, scanOnce);

  const memory = new Memory(stack);
  const began = performance.now();
  const file = await openAsBlob(join(from, "batch.zip"));
  const batchId = await uploadBatch(service, { uploadType: "zip_with_qr", filename: "batch.zip", file });
  const uploaded = performance.now() - began;
  while ((await getBatch(service, batchId)).counts.completed < 5) await pause(200);
  const first = performance.now() - began;
  const during = await times(scans, scanOnce);

  const since = performance.now();
  const before = ended((await getBatch(service, batchId)).counts);
  const progress = await followBatch(service, batchId, {
    onProgress: ({ progress_percentage, eta_seconds }) => {
      process.stderr.write(`\r${progress_percentage.toFixed(1)} %, ${eta_seconds ?? "?"} s left   `);
    },
  });
  process.stderr.write("\r\x1b[K");
  const seconds = (performance.now() - since) / 1000;
  const undisturbed = ended(progress.counts) - before;
  memory.stop();

  console.log(`A tablet's scan, upload to completed (median of ${scans})`);
  console.log(
    `  ${median(alone).toFixed(0)} ms without a batch, ${median(during).toFixed(0)} ms beside one: ${(
      median(during) / median(alone)
    ).toFixed(2)}x`,
  );
  console.log(
    `\nA batch of ${progress.counts.total} sheets: ${progress.status}, ${JSON.stringify(progress.counts)}`,
  );
  console.log(
    `  uploaded in ${(uploaded / 1000).toFixed(1)} s (${(file.size / MB).toFixed(0)} MB), five sheets read after ${(first / 1000).toFixed(1)} s`,
  );
  console.log(
    `  ${((undisturbed / seconds) * 60).toFixed(0)} sheets a minute (${undisturbed} in ${seconds.toFixed(0)} s, no scans beside)`,
  );
  memory.print();
}

async function beside(name: string, from: string, shell: string[]): Promise<void> {
  const truths = JSON.parse(await readFile(join(from, "truth.json"), "utf8")) as { reason?: string }[];
  const count = truths.filter(({ reason }) => reason !== "not_an_image").length;
  const began = performance.now();
  try {
    await run("bash", shell, { maxBuffer: 2 ** 30 });
  } catch (error) {
    const missing = (error as { code?: number }).code === 127;
    console.log(`\n${name}: ${missing ? "not installed here" : (error as Error).message.slice(0, 300)}`);
    return;
  }
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `\n${name}: ${((count / seconds) * 60).toFixed(0)} sheets a minute (${count} in ${seconds.toFixed(0)} s)`,
  );
}

function residentMegabytes(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

async function times(count: number, once: () => Promise<number>): Promise<number[]> {
  const all: number[] = [];
  for (let done = 0; done < count; done++) {
    all.push(await once());
    await pause(PAUSE_MS);
  }
  return all;
}

function ended({ total, pending }: { total: number; pending: number }): number {
  return total - pending;
}

function pause(ms: number): Promise<void> {
  return new Promise((go) => setTimeout(go, ms));
}
