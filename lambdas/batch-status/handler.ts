import { batchStore, tallyStore } from "../../aws/batch-table.ts";
import { dynamoDb, s3 } from "../../aws/clients.ts";
import { downloadUrl, photoStore } from "../../aws/photo-bucket.ts";
import { sheetResultStore } from "../../aws/sheet-result-table.ts";
import { sheetStore } from "../../aws/sheet-table.ts";
import {
  resultFormats,
  type SheetFilter,
  type Sheet as SheetView,
  sheetFilters,
  taskId,
} from "../../contract/batches.ts";
import { readEnvironment } from "../../contract/environment.ts";
import { resultsKey, sheetImageKey, sheetImages } from "../../contract/object-keys.ts";
import { ProblemError } from "../../contract/problems.ts";
import { type Batch, isEnded } from "../../core/batches/batch.ts";
import type { Sheet } from "../../core/batches/sheet.ts";
import { hasResult, sheetOf } from "../../core/batches/sheet-view.ts";
import { batchProgressOf, ownBatch, progressTag, retryAfterOf } from "../batch-views.ts";
import { type Call, httpHandler, names } from "../http.ts";
import { pageSize, textOfToken, tokenOf } from "../paging.ts";

const env = readEnvironment(["BATCH_TABLE", "SHEET_TABLE", "SHEET_RESULT_TABLE", "PHOTO_BUCKET"]);
const batches = batchStore(dynamoDb(), env.BATCH_TABLE);
const tallies = tallyStore(dynamoDb(), env.BATCH_TABLE);
const sheets = sheetStore(dynamoDb(), env.SHEET_TABLE);
const results = sheetResultStore(dynamoDb(), env.SHEET_RESULT_TABLE);
const photos = photoStore(s3(), env.PHOTO_BUCKET);

/** Long enough to load a picture or to begin to load a file of results over a poor connection. */
const DOWNLOAD_URL_SECONDS = 300;
/**
 * Characters of one page of sheets: Lambda answers at most 6 MB
 * (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html), and a character takes up to three bytes.
 */
const MAX_PAGE_CHARACTERS = 1_800_000;

/** What page tokens say: a batch, a sheet of a batch, a sheet of a task. */
const BATCH = /^\d{1,16}\/[0-9a-f-]{36}$/;
const INDEX = /^\d{1,7}$/;
const TASK_ORDER = /^[0-9a-f/-]{1,80}$/;

export const handler = httpHandler("batch-status", {
  async listBatches(call) {
    const size = pageSize(call.query.page_size);
    const after = tokenText(call, BATCH)?.split("/");
    const since = after ? { created_at: Number(after[0]), id: after[1] ?? "" } : undefined;
    const found = await batches.ofOwner(call.owner, size + 1, since);
    const last = found.length > size ? found[size - 1] : undefined;
    const now = Date.now();
    const shown = await Promise.all(
      found.slice(0, size).map(async (one) => batchProgressOf(one, await tallies.read(one.id), now)),
    );
    const next = last ? { next_page_token: tokenOf(`${last.created_at}/${last.id}`) } : {};
    return { status: 200, body: { batches: shown, ...next } };
  },

  async getBatchProgress(call) {
    const batch = await own(call);
    const tally = await tallies.read(batch.id);
    const progress = batchProgressOf(batch, tally, Date.now());
    const ETag = progressTag(batch, tally);
    const headers = { ETag, "Cache-Control": "private, no-cache", ...retryAfterOf(progress) };
    if (names(call.headers["if-none-match"], ETag.replace("W/", ""))) return { status: 304, headers };
    return { status: 200, headers, body: progress };
  },

  async listSheets(call) {
    const batch = await own(call);
    const size = pageSize(call.query.page_size);
    const { status, task_id } = call.query;
    if (task_id !== undefined) {
      if (status !== undefined) throw invalid("status", "is not combined with task_id: leave one out");
      return { status: 200, body: await ofTask(call, checkedTask(task_id), batch) };
    }
    const filter = status === undefined ? undefined : checkedFilter(status);
    const token = tokenText(call, INDEX);
    const after = token === undefined ? undefined : Number(token);
    const found = await sheets.list(batch.id, size + 1, after, filter);
    const shown = fitting(await withResults(found.slice(0, size)));
    const last = found.length > shown.length ? shown.at(-1) : undefined;
    return {
      status: 200,
      body: { sheets: shown, ...(last ? { next_page_token: tokenOf(String(last.index)) } : {}) },
    };
  },

  async listTaskSheets(call) {
    return { status: 200, body: await ofTask(call, checkedTask(call.parameter("task_id"))) };
  },

  async getSheet(call) {
    const batch = await own(call);
    const index = indexOf(call);
    const [found] = await sheets.list(batch.id, 1, index === 0 ? undefined : index - 1);
    if (found?.index !== index) throw new ProblemError("sheet_not_found");
    const [shown] = await withResults([found]);
    return { status: 200, body: shown };
  },

  async getSheetImage(call) {
    const batch = await own(call);
    const index = indexOf(call);
    const image = sheetImages.find((name) => name === call.parameter("image"));
    const { sheets: listed, done } = batch.listing;
    if (!image || (done && index >= listed)) throw new ProblemError("sheet_not_found");
    const key = sheetImageKey(batch.id, index, image);
    if (!(await photos.exists(key))) {
      throw new ProblemError("image_not_ready", {
        detail: "Ask again when the sheet is read; one that failed has no picture.",
      });
    }
    return redirect(await downloadUrl(s3(), env.PHOTO_BUCKET, key, DOWNLOAD_URL_SECONDS));
  },

  async getBatchResults(call) {
    const batch = await own(call);
    const wanted = call.query.format ?? "ndjson";
    const format = resultFormats.find((name) => name === wanted);
    if (!format) throw invalid("format", `must be one of ${resultFormats.join(", ")}`);
    if (!("counts" in batch)) throw notReady(batch);
    // The batch's own file name may be a patient's: a URL ends up in histories and logs.
    const filename = `batch-${batch.id}.${format}`;
    const key = resultsKey(batch.id, batch.round, format);
    return redirect(await downloadUrl(s3(), env.PHOTO_BUCKET, key, DOWNLOAD_URL_SECONDS, filename));
  },
});

const own = (call: Call): Promise<Batch> => ownBatch(batches, call.parameter("batch_id"), call.owner);

/** @throws ProblemError sheet_not_found */
function indexOf(call: Call): number {
  const text = call.parameter("index");
  if (!INDEX.test(text)) throw new ProblemError("sheet_not_found");
  return Number(text);
}

const redirect = (Location: string) => ({ status: 302, headers: { Location } });
const invalid = (path: string, message: string) =>
  new ProblemError("invalid_request", { errors: [{ path, message }] });

function tokenText({ query: { page_token } }: Call, shape: RegExp): string | undefined {
  return page_token === undefined ? undefined : textOfToken(page_token, shape);
}

function checkedFilter(status: string): SheetFilter {
  const filter = sheetFilters.find((name) => name === status);
  if (!filter) throw invalid("status", `must be one of ${sheetFilters.join(", ")}`);
  return filter;
}

function checkedTask(text: string): string {
  if (!taskId.safeParse(text).success) throw invalid("task_id", "must be 8 digits");
  return text;
}

async function ofTask(call: Call, task: string, batch?: Batch) {
  const after = tokenText(call, TASK_ORDER);
  const options = { ...(batch ? { batch } : {}), ...(after === undefined ? {} : { after }) };
  for (let size = pageSize(call.query.page_size); ; size = Math.ceil(size / 2)) {
    const found = await sheets.ofTask(call.owner, task, size, options);
    const shown = await withResults(found.sheets);
    if (size > 1 && fitting(shown).length < shown.length) continue;
    return { sheets: shown, ...(found.next === undefined ? {} : { next_page_token: tokenOf(found.next) }) };
  }
}

/** The sheets with what was read of each: one question for each batch they are from. */
async function withResults(found: readonly Sheet[]): Promise<SheetView[]> {
  const ofBatches = Map.groupBy(found, ({ batch_id }) => batch_id);
  const read = new Map(
    await Promise.all(
      [...ofBatches].map(async ([id, some]) => {
        const indexes = some.filter(hasResult).map(({ index }) => index);
        return [id, await results.get(id, indexes)] as const;
      }),
    ),
  );
  return found.map((sheet) => sheetOf(sheet, read.get(sheet.batch_id)?.get(sheet.index)));
}

/** As many from the start as fit into one answer, and at least one. */
function fitting(shown: SheetView[]): SheetView[] {
  let characters = 0;
  const end = shown.findIndex((sheet) => {
    characters += JSON.stringify(sheet).length;
    return characters > MAX_PAGE_CHARACTERS;
  });
  return end === -1 ? shown : shown.slice(0, Math.max(end, 1));
}

function notReady(batch: Batch): ProblemError {
  if (!isEnded(batch)) return new ProblemError("results_not_ready");
  const detail =
    batch.status === "cancelled"
      ? "The batch was stopped: GET /batches/{id}/sheets shows what is read, POST /retry-failed reads the rest."
      : "The batch failed: see its progress for why.";
  return new ProblemError("results_not_ready", { detail });
}
