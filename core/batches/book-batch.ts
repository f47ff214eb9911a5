import { randomUUID } from "node:crypto";
import {
  type BatchImage,
  type BookBatchRequest,
  MAX_BATCH_BYTES,
  MAX_CHUNK_BYTES,
  MIN_CHUNK_BYTES,
} from "../../contract/batches.ts";
import { archiveKey } from "../../contract/object-keys.ts";
import { ProblemError } from "../../contract/problems.ts";
import { MAX_PHOTO_BYTES } from "../../contract/scans.ts";
import { fingerprintOf, idOfKey } from "../booking.ts";
import { type Batch, bookBatch, isGone, type NewBatch } from "./batch.ts";
import type { BatchStore } from "./stores.ts";
import type { BatchUploads } from "./uploads.ts";

/**
 * Chunks of a ZIP, unless its sender says otherwise: 8 MiB, and twice that until there are at most so many. 64 GiB are
 * 2,048 chunks of 32 MiB: three pages of S3's list of parts, and of several in a browser's memory each is still small.
 */
const COMFORTABLE_CHUNKS = 2_048;
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MAX_PARTS = 10_000;

type Booking = { owner: string; request: BookBatchRequest; idempotencyKey?: string | undefined };
export type BookBatchParts = { batches: BatchStore; uploads: BatchUploads; now: () => number };

/**
 * Books a batch and opens its upload. A booking repeated under its Idempotency-Key answers the same batch, as far as it
 * has come.
 * @throws ProblemError invalid_request, batch_too_large, file_too_large, idempotency_key_reused, unavailable
 */
export async function bookUpload(
  { owner, request, idempotencyKey }: Booking,
  parts: BookBatchParts,
): Promise<Batch> {
  checkBooking(request);
  const { filename, size, upload_type, task_id = null, chunk_size, images } = request;
  const fingerprint = fingerprintOf({ filename, size, upload_type, task_id, chunk_size, images });
  const id = idempotencyKey === undefined ? randomUUID() : idOfKey("batch", owner, idempotencyKey);
  const booking = { id, owner, fingerprint, filename, size, upload_type, task_id };
  const known = idempotencyKey === undefined ? null : await parts.batches.read(id);
  const batch = known
    ? sameBooking(known, fingerprint, parts.now())
    : await open(booking, chunksOf(request), parts);
  // After the record, so that of two bookings only the one that was kept writes it; repeated, should it have been lost.
  if (images && batch.status === "uploading") await parts.uploads.images.keepManifest(id, images);
  return batch;
}

async function open(
  booking: Omit<NewBatch, "upload">,
  chunks: { chunk_size: number; total_chunks: number },
  { batches, uploads, now }: BookBatchParts,
): Promise<Batch> {
  const { id, fingerprint, upload_type } = booking;
  const key = archiveKey(id);
  const upload_id = upload_type === "images" ? id : await uploads.archives.open(key);
  const batch = bookBatch({ ...booking, upload: { upload_id, ...chunks } }, now());
  if (await batches.create(batch)) return batch;
  // The same booking came twice at once, and the other was first.
  if (upload_type !== "images") await uploads.archives.abort(key, upload_id);
  const known = await batches.read(id);
  if (!known) throw new ProblemError("unavailable");
  return sameBooking(known, fingerprint, now());
}

function sameBooking(known: Batch, fingerprint: string, now: number): Batch {
  // Past its time and not yet swept: its key is free again shortly.
  if (isGone(known, now)) throw new ProblemError("unavailable");
  if (known.fingerprint !== fingerprint) {
    throw new ProblemError("idempotency_key_reused", {
      detail: "Use a new key for a new batch; repeat a key only with the very same body.",
    });
  }
  return known;
}

function chunksOf({ size, chunk_size, images }: BookBatchRequest) {
  if (images) {
    return { chunk_size: Math.max(...images.map((image) => image.size)), total_chunks: images.length };
  }
  let bytes = chunk_size ?? MIN_CHUNK_BYTES;
  if (chunk_size === undefined) while (size / bytes > COMFORTABLE_CHUNKS) bytes *= 2;
  return { chunk_size: Math.min(bytes, size), total_chunks: Math.ceil(size / bytes) };
}

/** What the shape alone does not say. */
function checkBooking(request: BookBatchRequest): void {
  const { size, upload_type, images, sha256s = [] } = request;
  if (size > MAX_BATCH_BYTES) throw new ProblemError("batch_too_large");
  const errors = [
    ...faultsOfTask(request),
    ...(upload_type === "images" ? faultsOfImages(request) : faultsOfZip(request)),
  ];
  if (errors.length === 0 && sha256s.length > chunksOf(request).total_chunks)
    errors.push({ path: "sha256s", message: "has more entries than there are chunks" });
  if (errors.length > 0) throw new ProblemError("invalid_request", { errors });
  const tooLarge = (images ?? []).flatMap((image: BatchImage, index) =>
    image.size > MAX_PHOTO_BYTES
      ? [{ path: `images.${index}.size`, message: `is over ${MAX_PHOTO_BYTES} bytes` }]
      : [],
  );
  if (tooLarge.length > 0) throw new ProblemError("file_too_large", { errors: tooLarge });
}

type Fault = { path: string; message: string };

function faultsOfTask({ upload_type, task_id }: BookBatchRequest): Fault[] {
  const path = "task_id";
  if (upload_type === "zip_with_qr")
    return task_id === undefined
      ? []
      : [{ path, message: "must be absent: with zip_with_qr each sheet's QR code says its task" }];
  return task_id === undefined ? [{ path, message: `is required with ${upload_type}: 8 digits` }] : [];
}

function faultsOfImages({ size, images, chunk_size }: BookBatchRequest): Fault[] {
  if (!images) return [{ path: "images", message: "is required with images: what each photo is" }];
  const sum = images.reduce((bytes, image) => bytes + image.size, 0);
  return [
    ...(sum === size ? [] : [{ path: "size", message: `must be the sum of the photos' sizes: ${sum}` }]),
    ...(chunk_size === undefined
      ? []
      : [{ path: "chunk_size", message: "must be absent: each photo is a chunk" }]),
  ];
}

function faultsOfZip({ size, images, chunk_size, upload_type }: BookBatchRequest): Fault[] {
  const faults: Fault[] = [];
  if (images) faults.push({ path: "images", message: `must be absent with ${upload_type}` });
  if (chunk_size === undefined) return faults;
  const path = "chunk_size";
  if (chunk_size < MIN_CHUNK_BYTES || chunk_size > MAX_CHUNK_BYTES)
    faults.push({ path, message: `must be from ${MIN_CHUNK_BYTES} to ${MAX_CHUNK_BYTES}` });
  else if (size / chunk_size > MAX_PARTS)
    faults.push({
      path,
      message: `must be at least ${Math.ceil(size / MAX_PARTS)}, for ${MAX_PARTS} chunks`,
    });
  return faults;
}
