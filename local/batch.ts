import { once } from "node:events";
import { parseArgs } from "node:util";
import { allSheets, followBatch } from "../client/batches.ts";
import { ApiError, NoConnection, type Service } from "../client/transport.ts";
import { PhotoChanged, uploadBatch } from "../client/upload-batch.ts";
import {
  type BatchProgress,
  type Sheet,
  type SheetCounts,
  taskId,
  type UploadType,
  uploadTypes,
} from "../contract/batches.ts";
import { type BatchFiles, batchFiles, NoBatch } from "./batch-files.ts";
import { type KeptKey, keptKey } from "./kept-key.ts";
import { placeOf } from "./place.ts";
import { type Draw, progressLine } from "./progress-line.ts";
import { givenService, NoToken, ownStack, type Reached, runningService } from "./reach.ts";

/** `npm run batch`: hands in a ZIP of sheets, or photos, follows the reading and prints what became of each sheet. */

const USAGE = `usage: npm run --silent batch -- --type zip_with_qr [--json] ZIP
       npm run --silent batch -- --type zip_no_qr --task 12345678 [--json] ZIP
       npm run --silent batch -- --type images --task 12345678 [--json] FOLDER|PHOTO...

  --type   what is handed in: sheets with a QR code each, or the sheets of one task
  --task   that task: 8 digits
  --json   one JSON object on stdout: {"batch_id","status","counts","sheets":[...],"ms"}

Interrupted and started again with the same files, it goes on where it was. Goes to RXSCAN_URL with RXSCAN_TOKEN, else
to the running npm start, else to a system of its own that ends with the command.`;

/** Whose batches they are on the local system: the same person's as npm run token's. */
const PERSON = "nurse";
/** Sheets that failed or have no task and are named for a person; --json has all. */
const MOST_NAMED = 20;
/** Codes that say of a batch begun by an earlier run that it takes no more: it has expired, or somebody stopped it. */
const PAST = ["batch_not_uploading", "idempotency_key_reused"];
/** What the file system says of a file that was named wrongly. */
const UNREADABLE = ["ENOENT", "EACCES"];
const NO_COUNTS: SheetCounts = { total: 0, completed: 0, failed: 0, duplicate: 0, unmatched: 0, pending: 0 };

const began = performance.now();
const { type, task, json, paths } = parseOrExit();
const stopped = new AbortController();
process.once("SIGINT", () => stopped.abort(new Error("Ctrl-C")));
process.once("SIGTERM", () => stopped.abort(new Error("SIGTERM")));

let service: Reached | undefined;
try {
  const files = await batchFiles(type, paths, task);
  service = givenService(process.env) ?? (await runningService(PERSON)) ?? (await ownStack(PERSON));
  process.exitCode = await run(service, files);
} catch (error) {
  process.exitCode = await explain(error);
} finally {
  await service?.end();
}

async function run(reached: Reached, files: BatchFiles): Promise<number> {
  const { folder } = placeOf(process.env);
  const key = await keptKey(folder, [reached.url, files.identity]);
  try {
    const batchId = await upload(reached, files, key);
    const progress = await follow(reached, batchId);
    if (json) await printJson(reached, progress);
    else await printWords(reached, progress);
    await key.forget();
    const { total, pending } = progress.counts;
    const accounted = progress.status === "completed" || progress.status === "completed_with_errors";
    return accounted && pending === 0 && total > 0 ? 0 : 1;
  } catch (error) {
    // What the service refused it refuses again; what a network broke goes on with the next run.
    if (error instanceof ApiError && !error.retryable) await key.forget();
    throw error;
  }
}

async function upload(reached: Service, { source }: BatchFiles, key: KeptKey): Promise<string> {
  const draw = progressLine("uploading");
  const send = (idempotencyKey: string) =>
    uploadBatch(reached, source, {
      idempotencyKey,
      signal: stopped.signal,
      onProgress: ({ sent, total }) => draw(sent, total, `${megabytes(sent)} of ${megabytes(total)} MB`),
    });
  if (key.known) console.error("going on with an earlier upload of the same files");
  try {
    return await send(key.key);
  } catch (error) {
    const past = error instanceof PhotoChanged || (error instanceof ApiError && PAST.includes(error.code));
    if (!key.known || !past) throw error;
    await key.forget();
    console.error("the earlier upload has ended: beginning anew");
    return await send(crypto.randomUUID());
  }
}

function follow(reached: Service, batchId: string): Promise<BatchProgress> {
  const draw = progressLine("reading  ");
  return followBatch(reached, batchId, {
    signal: stopped.signal,
    onProgress: (progress) => drawReading(draw, progress),
  });
}

function drawReading(draw: Draw, { status, counts, progress_percentage, eta_seconds }: BatchProgress): void {
  const listing = status === "expanding" ? " so far" : "";
  const left = eta_seconds === undefined ? "" : `, about ${eta_seconds} s more`;
  draw(progress_percentage, 100, `${ended(counts)} of ${counts.total} sheets${listing}${left}`);
}

/** One object, written as its pages of sheets come: a batch of 500,000 is never held. */
async function printJson(reached: Service, { batch_id, status, counts, error }: BatchProgress) {
  const head = JSON.stringify({ batch_id, status, counts, ...(error ? { error } : {}) });
  await write(`${head.slice(0, -1)},"sheets":[`);
  let first = true;
  for await (const sheet of allSheets(reached, batch_id, stopped.signal)) {
    await write(`${first ? "" : ","}${JSON.stringify(shown(sheet))}`);
    first = false;
  }
  await write(`],"ms":${ms()}}\n`);
}

function shown({ name, status, task_id, reason, result }: Sheet) {
  return {
    name,
    status,
    ...(task_id === undefined ? {} : { task_id }),
    ...(reason === undefined ? {} : { reason }),
    ...(result === undefined ? {} : { result }),
  };
}

async function printWords(reached: Service, { batch_id, status, counts, error }: BatchProgress) {
  const parts = (["completed", "failed", "duplicate", "unmatched", "pending"] as const)
    .filter((name) => counts[name] > 0)
    .map((name) => `${counts[name]} ${name}`);
  console.log(`Batch ${batch_id}: ${status} in ${(ms() / 1000).toFixed(1)} s.`);
  if (error) console.log(error.message);
  console.log(`${counts.total} sheets${parts.length > 0 ? `: ${parts.join(", ")}` : ""}.`);
  const wrong = counts.failed + counts.unmatched;
  if (wrong === 0) return;
  let named = 0;
  for await (const sheet of allSheets(reached, batch_id, stopped.signal)) {
    if (sheet.status !== "failed" && sheet.status !== "unmatched") continue;
    console.log(`  ${sheet.name}: ${sheet.status}. ${sheet.message ?? sheet.reason}`);
    named += 1;
    if (named === Math.min(wrong, MOST_NAMED)) break;
  }
  if (wrong > named) console.log(`  and ${wrong - named} more: --json names every sheet.`);
}

/** @returns the exit status */
async function explain(error: unknown): Promise<number> {
  if (stopped.signal.aborted) {
    console.error("\nInterrupted. The same command goes on where this one was.");
    return 130;
  }
  if (error instanceof NoBatch || error instanceof NoToken) {
    console.error(error.message);
    return 2;
  }
  const { code, message } = told(error);
  console.error(message);
  if (json) {
    const failed = { batch_id: null, status: "failed", counts: NO_COUNTS, sheets: [] };
    await write(`${JSON.stringify({ ...failed, error: { code, message }, ms: ms() })}\n`);
  }
  return UNREADABLE.includes(code) ? 2 : 1;
}

function told(error: unknown): { code: string; message: string } {
  if (error instanceof ApiError) return { code: error.code, message: error.message };
  if (error instanceof NoConnection) {
    const message = `The service cannot be reached: ${error.message}. The same command goes on where this one was.`;
    return { code: "no_connection", message };
  }
  const { code = "error", message = String(error), name } = error as NodeJS.ErrnoException;
  if (name === "NotReadableError")
    return { code: "file_changed", message: "The file changed or vanished while it was being uploaded." };
  if (UNREADABLE.includes(code)) return { code, message: `The file cannot be read: ${message}` };
  return { code, message };
}

function parseOrExit(): { type: UploadType; task: string; json: boolean; paths: string[] } {
  try {
    const { values, positionals } = parseArgs({
      options: {
        type: { type: "string" },
        task: { type: "string" },
        json: { type: "boolean", default: false },
      },
      allowPositionals: true,
    });
    const type = uploadTypes.find((name) => name === values.type);
    const wrong = !type
      ? `--type must be one of ${uploadTypes.join(", ")}`
      : wrongWith(type, values.task, positionals);
    if (type && !wrong) return { type, task: values.task ?? "", json: values.json, paths: positionals };
    console.error(`${wrong}\n\n${USAGE}`);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  }
  process.exit(2);
}

function wrongWith(type: UploadType, task: string | undefined, paths: readonly string[]): string | null {
  if (type === "zip_with_qr" && task !== undefined)
    return "--task is not for zip_with_qr: each sheet's QR code says its task";
  if (type !== "zip_with_qr" && task === undefined) return `--task is required with ${type}: 8 digits`;
  if (task !== undefined && !taskId.safeParse(task).success) return "--task must be 8 digits";
  if (paths.length === 0) return type === "images" ? "no photos are named" : "no ZIP is named";
  if (type !== "images" && paths.length > 1) return "one ZIP at a time";
  return null;
}

async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, "drain");
}

function ended({ total, pending }: SheetCounts): number {
  return total - pending;
}
function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 10e6 ? 1 : 0);
}
function ms(): number {
  return Math.round(performance.now() - began);
}
