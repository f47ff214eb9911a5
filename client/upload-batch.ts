import pMap from "p-map";
import {
  type BookBatchRequest,
  type BookedBatch,
  bookBatchResponse,
  type ChunkUpload,
  chunkUrls,
  completeResponse,
} from "../contract/batches.ts";
import type { PhotoType } from "../contract/scans.ts";
import { listChunks } from "./batches.ts";
import { TRIES } from "./retry.ts";
import { ApiError, askAgain, type Service } from "./transport.ts";
import { putBytes, UPLOAD_ENDED, UploadExpired } from "./upload.ts";

/** What is handed in. A Blob is read in slices: a File of a browser, in Node one of `fs.openAsBlob`. */
export type BatchSource =
  | { uploadType: "zip_with_qr"; filename: string; file: Blob }
  | { uploadType: "zip_no_qr"; filename: string; file: Blob; taskId: string }
  | { uploadType: "images"; filename: string; photos: readonly BatchPhoto[]; taskId: string };
export type BatchPhoto = { filename: string; contentType: PhotoType; file: Blob };

export type UploadProgress = {
  batchId: string;
  /** Bytes that S3 has, and bytes in all. */
  sent: number;
  total: number;
};

type UploadOptions = {
  /**
   * Keep it with the files: the same key and files are the same batch, and what S3 has of it is not sent again, also
   * after a crash or on another device.
   */
  idempotencyKey?: string;
  /**
   * Goes on with this batch instead of booking one: for an upload that was begun on another device, or before the key
   * was lost. Only the same file goes on; another is FileChanged.
   */
  batchId?: string;
  onProgress?: (progress: UploadProgress) => void;
  /** Pauses it: what has arrived stays, and the same call goes on from there. */
  signal?: AbortSignal | undefined;
};

/**
 * Bytes whose upload URLs are asked for in one call, and how many such groups are worked on at once: while some
 * are on their way the next are read and hashed. At most so much of a file is in memory (with chunks over 16 MiB, four of
 * them).
 */
const GROUP_BYTES = 16 * 2 ** 20;
const GROUPS_AT_ONCE = 4;
/** The first group is this large or one chunk, and each has room for twice as much as the one before, up to the whole. */
const FIRST_GROUP_BYTES = 2 ** 20;
/** Chunks in one group: photos may be small, and the service signs a hundred at once. */
const MAX_GROUP = 64;
/** Chunks of a group on their way at once: with four groups eight connections, of which a browser opens six. */
const SENT_AT_ONCE = 2;

/** A chunk that S3 does not have after all, or somebody else has completed the upload: ask once more what is there. */
const LOOK_AGAIN = ["chunks_missing", "batch_not_uploading", UPLOAD_ENDED];

/** What to do when S3 refuses a chunk for good. */
const ADVICE = "Hand the same file in again: what has arrived is kept.";

/** A photo that S3 has by an earlier try is not the one that is handed in now. */
export class PhotoChanged extends Error {
  override readonly name = "PhotoChanged";
  constructor(filename: string) {
    super(`${filename} has changed since its upload began: hand the photos in as a new batch.`);
  }
}

/** What is handed in is not the file that the upload was begun with. */
export class FileChanged extends Error {
  override readonly name = "FileChanged";
  constructor(filename: string) {
    super(`${filename} is not the file that this upload was begun with: hand it in as a new batch.`);
  }
}

/**
 * Uploads a batch, or the rest of one: books it, sends each chunk that S3 does not have with the same SHA-256, and
 * completes it. Answers the batch's id: follow it with `followBatch`.
 * @throws ApiError, NoConnection, PhotoChanged, FileChanged, or the signal's reason
 */
export async function uploadBatch(
  service: Service,
  source: BatchSource,
  { idempotencyKey = crypto.randomUUID(), batchId, onProgress = () => undefined, signal }: UploadOptions = {},
): Promise<string> {
  const begun = batchId
    ? await listChunks(service, batchId, signal)
    : await book(service, source, idempotencyKey, signal);
  const { batch_id } = begun;
  const chunks = chunksOf(source, begun, batchId !== undefined);
  for (let round = 1; ; round++) {
    const there = await received(service, batch_id, signal);
    if (batchId && there !== "complete") await checkEnds(chunks, there);
    try {
      if (there !== "complete") await sendChunks(service, batch_id, chunks, there, { onProgress, signal });
      await askAgain(service, `/batches/${batch_id}/complete`, completeResponse, { method: "POST", signal });
      return batch_id;
    } catch (error) {
      const again = error instanceof ApiError && LOOK_AGAIN.includes(error.code);
      if (!again || round >= TRIES) throw error;
    }
  }
}

/** A chunk of the ZIP, or a photo. */
type Chunk = { index: number; size: number; slice: Blob; photo?: string; begunZip?: string };
type CheckedChunk = { index: number; sha256: string; photo?: string; begunZip?: string };
type HashedChunk = Chunk & CheckedChunk & { bytes: Uint8Array<ArrayBuffer> };

async function book(
  service: Service,
  source: BatchSource,
  idempotencyKey: string,
  signal: AbortSignal | undefined,
): Promise<BookedBatch> {
  const request: BookBatchRequest = {
    filename: source.filename,
    size: sizeOf(source),
    upload_type: source.uploadType,
    ...("taskId" in source ? { task_id: source.taskId } : {}),
    ...("photos" in source
      ? {
          images: source.photos.map(({ filename, contentType, file }) => ({
            filename,
            content_type: contentType,
            size: file.size,
          })),
        }
      : {}),
  };
  const headers = { "Idempotency-Key": idempotencyKey };
  const options = { method: "POST", body: request, headers, signal } as const;
  return (await askAgain(service, "/batches", bookBatchResponse, options)).body;
}

const sizeOf = (source: BatchSource): number =>
  "photos" in source ? source.photos.reduce((sum, { file }) => sum + file.size, 0) : source.file.size;

function chunksOf(
  source: BatchSource,
  { chunk_size, total_chunks }: Pick<BookedBatch, "chunk_size" | "total_chunks">,
  isBegun: boolean,
): Chunk[] {
  if ("photos" in source)
    return source.photos.map(({ file, filename }, index) => ({
      index,
      size: file.size,
      slice: file,
      photo: filename,
    }));
  return Array.from({ length: total_chunks }, (_, index) => {
    const slice = source.file.slice(index * chunk_size, (index + 1) * chunk_size);
    return { index, size: slice.size, slice, ...(isBegun ? { begunZip: source.filename } : {}) };
  });
}

/** What S3 has: the SHA-256 of each chunk, in base64, by its index. */
async function received(
  service: Service,
  batchId: string,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<number, string> | "complete"> {
  const { received, sha256s, is_complete } = await listChunks(service, batchId, signal);
  if (is_complete && sha256s.length === 0) return "complete";
  return new Map(received.map((index, at) => [index, sha256s[at] ?? ""]));
}

async function sendChunks(
  service: Service,
  batchId: string,
  chunks: readonly Chunk[],
  there: ReadonlyMap<number, string>,
  { onProgress, signal }: Pick<Required<UploadOptions>, "onProgress"> & Pick<UploadOptions, "signal">,
): Promise<void> {
  const total = chunks.reduce((sum, { size }) => sum + size, 0);
  const sent = new Map<number, number>();
  let sum = 0;
  const tell = (index: number, bytes: number) => {
    sum += bytes - (sent.get(index) ?? 0);
    sent.set(index, bytes);
    onProgress({ batchId, sent: sum, total });
  };
  // When one chunk is given up the others stop as well.
  const failed = new AbortController();
  const within = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;

  // Photos that came to S3 after it was asked what it has, by an earlier try or another device.
  const unseen: CheckedChunk[] = [];
  const sendGroup = async (group: readonly Chunk[]) => {
    const hashed = await Promise.all(group.map((chunk) => hash(chunk)));
    within.throwIfAborted();
    const missing = hashed.filter((chunk) => {
      const isThere = arrived(chunk, there);
      if (isThere) tell(chunk.index, chunk.size);
      return !isThere;
    });
    if (missing.length === 0) return;
    const uploads = await sign(service, batchId, missing, within);
    await pMap(missing, (chunk) => put(chunk, uploads), { concurrency: SENT_AT_ONCE });
  };

  const put = async (chunk: HashedChunk, given: readonly ChunkUpload[]): Promise<void> => {
    let uploads = given;
    for (let tries = 1; ; tries++) {
      const upload = uploads.find(({ chunk_index }) => chunk_index === chunk.index);
      if (!upload) throw new Error(`the service signed no URL for chunk ${chunk.index}`);
      tell(chunk.index, 0);
      try {
        const put = await putBytes(
          { url: upload.url, headers: upload.headers, body: chunk.bytes },
          { onSent: (bytes) => tell(chunk.index, bytes), signal: within, advice: ADVICE },
        );
        if (put === "there") unseen.push(checkedOnly(chunk));
        return;
      } catch (error) {
        if (!(error instanceof UploadExpired) || tries >= TRIES) throw error;
        uploads = await sign(service, batchId, [chunk], within);
      }
    }
  };

  try {
    await pMap(groupsOf(chunks), sendGroup, { concurrency: GROUPS_AT_ONCE });
    if (unseen.length === 0) return;
    const now = await received(service, batchId, within);
    if (now !== "complete") for (const chunk of unseen) arrived(chunk, now);
  } catch (error) {
    failed.abort(error);
    signal?.throwIfAborted();
    throw error;
  }
}

/** Whether S3 has these very bytes. A part of a ZIP is replaced when it has others; a photo cannot be. */
function arrived(
  { index, sha256, photo, begunZip }: CheckedChunk,
  there: ReadonlyMap<number, string>,
): boolean {
  const kept = there.get(index);
  if (kept === undefined || kept === sha256) return kept !== undefined;
  if (photo !== undefined) throw new PhotoChanged(photo);
  if (begunZip !== undefined) throw new FileChanged(begunZip);
  return false;
}

/**
 * Tells another file of the same size before anything of it is sent, by the first and the last chunk that S3 has. What
 * else differs is found when its turn comes.
 */
async function checkEnds(chunks: readonly Chunk[], there: ReadonlyMap<number, string>): Promise<void> {
  const known = chunks.filter(({ index }) => there.has(index));
  for (const chunk of new Set([known.at(0), known.at(-1)])) if (chunk) arrived(await hash(chunk), there);
}

/** Without its bytes. */
const checkedOnly = ({ index, sha256, photo }: HashedChunk): CheckedChunk => ({
  index,
  sha256,
  ...(photo === undefined ? {} : { photo }),
});

async function sign(
  service: Service,
  batchId: string,
  chunks: readonly HashedChunk[],
  signal: AbortSignal,
): Promise<ChunkUpload[]> {
  const body = {
    chunk_indexes: chunks.map(({ index }) => index),
    sha256s: chunks.map(({ sha256 }) => sha256),
  };
  const options = { method: "POST", body, signal } as const;
  return (await askAgain(service, `/batches/${batchId}/chunks`, chunkUrls, options)).body.uploads;
}

async function hash(chunk: Chunk): Promise<HashedChunk> {
  const bytes = new Uint8Array(await chunk.slice.arrayBuffer());
  return { ...chunk, bytes, sha256: base64(await crypto.subtle.digest("SHA-256", bytes)) };
}

const base64 = (digest: ArrayBuffer): string => btoa(String.fromCharCode(...new Uint8Array(digest)));

/** The chunks in their order, so many together as make a group. Nothing is sent before the first is read, hashed and signed. */
function* groupsOf(chunks: readonly Chunk[]): Generator<Chunk[]> {
  let group: Chunk[] = [];
  let bytes = 0;
  let limit = FIRST_GROUP_BYTES;
  for (const chunk of chunks) {
    if (group.length > 0 && (bytes + chunk.size > limit || group.length >= MAX_GROUP)) {
      yield group;
      group = [];
      bytes = 0;
      limit = Math.min(2 * limit, GROUP_BYTES);
    }
    group.push(chunk);
    bytes += chunk.size;
  }
  if (group.length > 0) yield group;
}
