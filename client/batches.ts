import type * as z from "zod";
import {
  type BatchProgress,
  batchList,
  batchProgress,
  type ChunksReceived,
  chunksReceived,
  type ResultFormat,
  retryFailedResponse,
  type Sheet,
  type SheetFilter,
  type SheetList,
  sheet,
  sheetList,
} from "../contract/batches.ts";
import type { SheetImage } from "../contract/object-keys.ts";
import { pause, tryAgain } from "./retry.ts";
import { ask, askAgain, call, isPassing, NoConnection, readAs, type Service } from "./transport.ts";

/** Between two questions for the progress, unless the service says otherwise, in seconds. */
const PAUSE_SECONDS = { least: 0.25, usual: 3, most: 30 };

/** Sheets in one page: as many as the service gives. */
const PAGE_SIZE = 100;

type FollowOptions = {
  onProgress?: (progress: BatchProgress) => void;
  signal?: AbortSignal | undefined;
};

/**
 * Asks how a batch stands, as often as the service wants, until it has ended, be it in minutes or in days. A network
 * that is lost for a while is waited for. When the signal stops it the batch goes on.
 * @throws ApiError, or the signal's reason
 */
export async function followBatch(
  service: Service,
  batchId: string,
  { onProgress, signal }: FollowOptions = {},
): Promise<BatchProgress> {
  let etag: string | null = null;
  for (;;) {
    let wanted = PAUSE_SECONDS.usual;
    try {
      const headers: Record<string, string> = etag ? { "If-None-Match": etag } : {};
      const response = await call(service, progressPath(batchId), { headers, signal });
      wanted = Number(response.headers.get("retry-after") ?? PAUSE_SECONDS.usual);
      if (response.status !== 304) {
        const progress = await readAs(response, progressOf(batchId), signal);
        etag = response.headers.get("etag");
        onProgress?.(progress);
        if (isOver(progress)) return progress;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!isPassing(error)) throw error;
    }
    await pause(Math.min(Math.max(wanted, PAUSE_SECONDS.least), PAUSE_SECONDS.most) * 1000, signal);
  }
}

/** Whether nothing more will become of it by itself. */
const isOver = ({ status }: BatchProgress): boolean =>
  status !== "uploading" && status !== "expanding" && status !== "processing";

/** How the batch stands now. @throws ApiError, NoConnection, or the signal's reason */
export async function getBatch(
  service: Service,
  batchId: string,
  signal?: AbortSignal,
): Promise<BatchProgress> {
  return (await askAgain(service, progressPath(batchId), progressOf(batchId), { signal })).body;
}

/** What S3 has of an upload that is not complete. @throws ApiError, NoConnection, or the signal's reason */
export async function listChunks(
  service: Service,
  batchId: string,
  signal?: AbortSignal,
): Promise<ChunksReceived> {
  return (await askAgain(service, `/batches/${batchId}/chunks`, chunksReceived, { signal })).body;
}

/** A page of the person's batches, newest first. @throws ApiError, NoConnection, or the signal's reason */
export async function listBatches(
  service: Service,
  { pageToken, signal }: { pageToken?: string | undefined; signal?: AbortSignal } = {},
): Promise<z.output<typeof batchList>> {
  return (await askAgain(service, `/batches${queryOf({ page_token: pageToken })}`, batchList, { signal }))
    .body;
}

type PageOptions = {
  pageToken?: string | undefined;
  /** At most 100. */
  pageSize?: number;
  signal?: AbortSignal | undefined;
};

/** A page of a batch's sheets with what was read. @throws ApiError, NoConnection, or the signal's reason */
export async function listSheets(
  service: Service,
  batchId: string,
  {
    pageToken,
    pageSize = PAGE_SIZE,
    signal,
    status,
    taskId,
  }: PageOptions & { status?: SheetFilter; taskId?: string } = {},
): Promise<SheetList> {
  const query = queryOf({ page_size: String(pageSize), page_token: pageToken, status, task_id: taskId });
  return (await askAgain(service, `/batches/${batchId}/sheets${query}`, sheetList, { signal })).body;
}

/** One sheet with what was read. @throws ApiError, NoConnection, or the signal's reason */
export async function getSheet(
  service: Service,
  batchId: string,
  index: number,
  signal?: AbortSignal,
): Promise<Sheet> {
  const asked = sheet.refine((one) => one.batch_id === batchId && one.index === index);
  return (await askAgain(service, `/batches/${batchId}/sheets/${index}`, asked, { signal })).body;
}

/** Every sheet of a batch in its order, asked for a page at a time. @throws as `listSheets` */
export async function* allSheets(
  service: Service,
  batchId: string,
  signal?: AbortSignal,
): AsyncGenerator<Sheet> {
  let pageToken: string | undefined;
  do {
    const page = await listSheets(service, batchId, { pageToken, signal });
    yield* page.sheets;
    pageToken = page.next_page_token;
  } while (pageToken !== undefined);
}

/** A page of the person's sheets of a task, over all batches. @throws ApiError, NoConnection, or the signal's reason */
export async function listTaskSheets(
  service: Service,
  taskId: string,
  { pageToken, pageSize = PAGE_SIZE, signal }: PageOptions = {},
): Promise<SheetList> {
  const query = queryOf({ page_size: String(pageSize), page_token: pageToken });
  return (await askAgain(service, `/tasks/${taskId}/sheets${query}`, sheetList, { signal })).body;
}

/** Stops a batch: what is done is kept. Stopping it twice is stopping it once. @throws ApiError, NoConnection */
export async function cancelBatch(service: Service, batchId: string): Promise<BatchProgress> {
  return (await askAgain(service, `/batches/${batchId}`, progressOf(batchId), { method: "DELETE" })).body;
}

/** Has the failed sheets read again, and those that were left when it was stopped. @throws ApiError, NoConnection */
export async function retryBatch(service: Service, batchId: string): Promise<void> {
  await ask(service, `/batches/${batchId}/retry-failed`, retryFailedResponse, { method: "POST" });
}

/** All results of an ended batch, as a file that is still on its way. @throws ApiError, NoConnection */
export function getResults(
  service: Service,
  batchId: string,
  format: ResultFormat,
  signal?: AbortSignal,
): Promise<Response> {
  const load = () => call(service, `/batches/${batchId}/results${queryOf({ format })}`, { signal });
  return tryAgain(load, isPassing, signal);
}

/** A picture of a sheet: WebP. @throws ApiError, NoConnection, or the signal's reason */
export function getSheetPicture(
  service: Service,
  { batch_id, index }: Pick<Sheet, "batch_id" | "index">,
  image: SheetImage,
  signal?: AbortSignal,
): Promise<Blob> {
  const load = async () => {
    const response = await call(service, `/batches/${batch_id}/sheets/${index}/${image}`, { signal });
    return response.blob().catch((error: unknown) => {
      signal?.throwIfAborted();
      throw new NoConnection(error);
    });
  };
  return tryAgain(load, isPassing, signal);
}

const progressPath = (batchId: string): string => `/batches/${batchId}/progress`;

/** An answer about another batch, out of some cache on the way, is none. */
const progressOf = (batchId: string) => batchProgress.refine(({ batch_id }) => batch_id === batchId);

function queryOf(named: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(named).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}
