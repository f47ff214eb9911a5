import type { ChunksReceived } from "../../contract/batches.ts";
import { archiveKey } from "../../contract/object-keys.ts";
import { ProblemError } from "../../contract/problems.ts";
import { type Batch, cancel, startExpanding } from "./batch.ts";
import { type ArchiveStore, type BatchesQueue, type BatchStore, changeBatch } from "./stores.ts";
import { type BatchUploads, chunkBytes, type ReceivedChunk } from "./uploads.ts";

/** Missing chunks that an answer names one by one; the rest are a number. */
const MOST_NAMED = 100;

export type CompleteUploadParts = {
  batches: BatchStore;
  uploads: BatchUploads;
  archive: Pick<ArchiveStore, "head">;
  queue: BatchesQueue;
  now: () => number;
};

/**
 * The sender says that every chunk is there: S3 is asked whether that is so, joins them, and the reading may begin.
 * Repeated, it changes nothing.
 * @throws ProblemError chunks_missing with which, batch_not_uploading
 */
export async function completeUpload(batch: Batch, parts: CompleteUploadParts): Promise<void> {
  if (wasCompleted(batch)) return;
  if (batch.status !== "uploading") throw new ProblemError("batch_not_uploading");
  if (batch.upload_type === "images") await checkImages(batch, parts);
  else await joinArchive(batch, parts);
  const { batches, queue, now } = parts;
  const begun = await changeBatch(batches, batch.id, (found) => {
    const expanding = startExpanding(found, now());
    return expanding && { record: expanding, told: null };
  });
  if (begun) {
    // A ZIP is announced by S3 itself. Should this fail, the sweeper finds the batch due and sends for its expander.
    if (batch.upload_type === "images") await queue.send([{ type: "expand_batch", batch_id: batch.id }]);
    return;
  }
  // The expander, called by S3's event, was faster; or its person has stopped it meanwhile.
  const found = await batches.read(batch.id);
  if (!found || !wasCompleted(found)) throw new ProblemError("batch_not_uploading");
}

/** Whether its upload ever was complete, whatever became of it since. */
const wasCompleted = (batch: Batch): boolean => batch.reading !== null;

async function joinArchive(batch: Batch, { uploads, archive }: CompleteUploadParts): Promise<void> {
  const key = archiveKey(batch.id);
  const { upload_id, total_chunks } = batch.upload;
  const there = await uploads.archives.received(key, upload_id);
  if (there) {
    const byIndex = new Map(there.map((part) => [part.index, part]));
    refuseMissing(batch, byIndex, (index) => chunkBytes(batch, index));
    const wanted = there.filter(({ index }) => index < total_chunks);
    if (await uploads.archives.finish(key, upload_id, wanted, batch.size)) return;
  }
  // Nothing is being uploaded any more: an earlier call has joined the parts and died, or somebody gave the upload up.
  if (!(await isJoined(batch, archive))) throw new ProblemError("batch_not_uploading");
}

const isJoined = async (batch: Batch, archive: CompleteUploadParts["archive"]): Promise<boolean> =>
  (await archive.head(archiveKey(batch.id)))?.size === batch.size;

async function checkImages(batch: Batch, { uploads: { images } }: CompleteUploadParts): Promise<void> {
  const [manifest, there] = await Promise.all([images.manifest(batch.id), images.received(batch.id)]);
  const byIndex = new Map(there.map((chunk) => [chunk.index, chunk]));
  refuseMissing(batch, byIndex, (index) => manifest[index]?.size);
}

function refuseMissing(
  { upload: { total_chunks } }: Batch,
  there: ReadonlyMap<number, ReceivedChunk>,
  wantedSize: (index: number) => number | undefined,
): void {
  const errors: { path: string; message: string }[] = [];
  let missing = 0;
  for (let index = 0; index < total_chunks; index++) {
    const size = there.get(index)?.size;
    if (size !== undefined && size === wantedSize(index)) continue;
    missing += 1;
    const message = size === undefined ? "is missing" : `has ${size} bytes instead of ${wantedSize(index)}`;
    if (errors.length < MOST_NAMED) errors.push({ path: `chunks.${index}`, message });
  }
  if (missing === 0) return;
  const all = missing > errors.length ? ` (the first ${errors.length} of ${missing})` : "";
  const detail = `Upload the chunks that errors names${all}, then complete the batch again.`;
  throw new ProblemError("chunks_missing", { errors, detail });
}

/** What S3 has of the upload: what its sender can resume from, on any device. */
export async function chunksReceived(
  batch: Batch,
  { uploads, archive }: Pick<CompleteUploadParts, "uploads" | "archive">,
): Promise<ChunksReceived> {
  const { chunk_size, total_chunks } = batch.upload;
  const known = { batch_id: batch.id, chunk_size, total_chunks };
  const there = await checkedChunks(batch, uploads);
  if (wasCompleted(batch) || (there === null && (await isJoined(batch, archive)))) {
    const received = Array.from({ length: total_chunks }, (_, index) => index);
    return { ...known, chunks_received: total_chunks, received, sha256s: [], is_complete: true };
  }
  const chunks = (there ?? [])
    .filter(({ index }) => index < total_chunks)
    .toSorted((one, other) => one.index - other.index);
  return {
    ...known,
    chunks_received: chunks.length,
    received: chunks.map(({ index }) => index),
    sha256s: chunks.map(({ sha256 }) => sha256),
    is_complete: chunks.length === total_chunks,
  };
}

/** The chunks of an unfinished upload; null when S3 has no such upload any more. */
async function checkedChunks(
  { id, status, upload_type, upload }: Batch,
  { archives, images }: BatchUploads,
): Promise<{ index: number; sha256: string }[] | null> {
  if (status !== "uploading") return [];
  if (upload_type !== "images") return archives.received(archiveKey(id), upload.upload_id);
  const indexes = (await images.received(id)).map(({ index }) => index);
  const sha256s = await images.checksums(id, indexes);
  return indexes.map((index, at) => ({ index, sha256: sha256s[at] ?? "" }));
}

/**
 * Stops a batch: what is done of it is kept, an unfinished upload is given up. An ended one stays as it is.
 * @returns the batch as it is then
 */
export async function cancelBatch(
  batch: Batch,
  { batches, uploads, now }: Pick<CompleteUploadParts, "batches" | "uploads" | "now">,
): Promise<Batch> {
  const stopped = await changeBatch(batches, batch.id, (found) => {
    const cancelled = cancel(found, now());
    return cancelled && { record: cancelled, told: null };
  });
  const found = stopped?.record ?? (await batches.read(batch.id)) ?? batch;
  // Also when it was stopped before: the call that did it may have died over this.
  if (found.status === "cancelled" && !wasCompleted(found)) {
    if (found.upload_type === "images") await uploads.images.removeAll(found.id);
    else await uploads.archives.abort(archiveKey(found.id), found.upload.upload_id);
  }
  return found;
}
