import { createHash } from "node:crypto";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { ZipFile } from "yazl";
import {
  type BatchProgress,
  type BookBatchRequest,
  type BookedBatch,
  batchProgress,
  bookBatchResponse,
  type ChunkUpload,
  chunkUrls,
  type Sheet,
  sheetList,
} from "../../contract/batches.ts";
import { family, registerFonts } from "../corpus/fonts.ts";
import { qrCode } from "../corpus/task-sheet.ts";
import type { Person } from "./road.ts";

/** The few calls that the flow tests make of a batch, without the client: what any other client would send. */

export type Entry = { name: string; bytes: Uint8Array };

/** A ZIP in memory, its entries in this order. */
export async function zipOf(entries: readonly Entry[], compress = true): Promise<Buffer> {
  const zip = new ZipFile();
  const mtime = new Date(Date.UTC(2026, 0, 5));
  for (const { name, bytes } of entries) {
    if (name.endsWith("/")) zip.addEmptyDirectory(name, { mtime });
    else zip.addBuffer(Buffer.from(bytes), name, { mtime, compress });
  }
  zip.end();
  const pieces: Buffer[] = [];
  for await (const piece of zip.outputStream) pieces.push(Buffer.from(piece as Uint8Array));
  return Buffer.concat(pieces);
}

/** A small sheet with a QR code and a line or two: read in a fraction of a second. */
export async function smallSheet(code: string | null, ...lines: string[]): Promise<Uint8Array> {
  registerFonts();
  const canvas = createCanvas(720, 260);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "white";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = "black";
  pen.font = `32px "${family("arimo", false)}"`;
  for (const [index, line] of lines.entries()) pen.fillText(line, 20, 60 + index * 56);
  if (code !== null) pen.drawImage(await loadImage(await qrCode(code)), 500, 20, 200, 200);
  return canvas.toBuffer("image/png");
}

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("base64");

/** Cuts a file into its chunks. */
export const chunksOf = (file: Uint8Array, size: number): Uint8Array<ArrayBuffer>[] =>
  Array.from({ length: Math.ceil(file.length / size) }, (_, index) =>
    Uint8Array.from(file.subarray(index * size, (index + 1) * size)),
  );

export async function bookBatch(person: Person, request: BookBatchRequest): Promise<BookedBatch> {
  const response = await person.call("POST", "/batches", request);
  if (response.status !== 201)
    throw new Error(`booking answered ${response.status}: ${await response.text()}`);
  return bookBatchResponse.parse(await response.json());
}

export async function signChunks(
  person: Person,
  batchId: string,
  chunks: ReadonlyMap<number, Uint8Array>,
): Promise<ChunkUpload[]> {
  const body = { chunk_indexes: [...chunks.keys()], sha256s: [...chunks.values()].map(sha256) };
  const response = await person.call("POST", `/batches/${batchId}/chunks`, body);
  if (response.status !== 200)
    throw new Error(`signing answered ${response.status}: ${await response.text()}`);
  return chunkUrls.parse(await response.json()).uploads;
}

/** Uploads these chunks of the file. */
export async function sendChunks(
  person: Person,
  batchId: string,
  chunks: ReadonlyMap<number, Uint8Array<ArrayBuffer>>,
): Promise<void> {
  for (const { chunk_index, url, headers } of await signChunks(person, batchId, chunks)) {
    const put = await fetch(url, { method: "PUT", headers, body: chunks.get(chunk_index) ?? null });
    if (!put.ok) throw new Error(`the chunk's upload answered ${put.status}: ${await put.text()}`);
  }
}

/** Books a ZIP, uploads it and says that it is complete. */
export async function handIn(
  person: Person,
  zip: Uint8Array,
  terms: Pick<BookBatchRequest, "upload_type" | "task_id"> = { upload_type: "zip_with_qr" },
): Promise<string> {
  const { batch_id, chunk_size } = await bookBatch(person, {
    filename: "sheets.zip",
    size: zip.length,
    ...terms,
  });
  await sendChunks(person, batch_id, new Map(chunksOf(zip, chunk_size).entries()));
  const completed = await person.call("POST", `/batches/${batch_id}/complete`);
  if (completed.status !== 202) {
    throw new Error(`complete answered ${completed.status}: ${await completed.text()}`);
  }
  return batch_id;
}

export async function progressOf(person: Person, batchId: string): Promise<BatchProgress> {
  const response = await person.call("GET", `/batches/${batchId}/progress`);
  if (response.status !== 200) throw new Error(`the progress answered ${response.status}`);
  return batchProgress.parse(await response.json());
}

const RUNNING = ["uploading", "expanding", "processing"];

/** The progress once the batch has ended; every one seen on the way is handed to `seen`. */
export async function endOf(
  person: Person,
  batchId: string,
  { withinMs = 120_000, seen = (_: BatchProgress) => {} } = {},
): Promise<BatchProgress> {
  const until = Date.now() + withinMs;
  for (;;) {
    const progress = await progressOf(person, batchId);
    seen(progress);
    if (!RUNNING.includes(progress.status)) return progress;
    if (Date.now() > until) throw new Error(`the batch is still ${JSON.stringify(progress)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Every sheet, page by page. */
export async function sheetsOf(person: Person, path: string, query = ""): Promise<Sheet[]> {
  const sheets: Sheet[] = [];
  for (let token: string | undefined, first = true; first || token; first = false) {
    const parameters = new URLSearchParams(query);
    if (token) parameters.set("page_token", token);
    const response = await person.call("GET", `${path}?${parameters}`);
    if (response.status !== 200)
      throw new Error(`the sheets answered ${response.status}: ${await response.text()}`);
    const page = sheetList.parse(await response.json());
    sheets.push(...page.sheets);
    token = page.next_page_token;
  }
  return sheets;
}

/** What became of a batch, without times and ids: equal for equal ZIPs whatever happened on the way. */
export async function outcomeOf(person: Person, batchId: string) {
  const { status, counts, skipped } = await endOf(person, batchId);
  const sheets = await sheetsOf(person, `/batches/${batchId}/sheets`, "page_size=3");
  return {
    status,
    counts,
    skipped,
    sheets: sheets.map(
      ({ index, name, status, task_id, task_source, reason, duplicate_of, result, text }) => ({
        index,
        name,
        status,
        task_id,
        task_source,
        reason,
        duplicate_of,
        result,
        text,
      }),
    ),
  };
}
