import { archiveStore } from "../../aws/archive-store.ts";
import { batchStore, tallyStore } from "../../aws/batch-table.ts";
import { batchUploads } from "../../aws/batch-upload.ts";
import { dynamoDb, s3, sqs } from "../../aws/clients.ts";
import { batchesQueue } from "../../aws/queues.ts";
import { bookBatchRequest, type ChunkUpload, chunkUrlsRequest } from "../../contract/batches.ts";
import { readEnvironment } from "../../contract/environment.ts";
import { ProblemError } from "../../contract/problems.ts";
import type { Batch } from "../../core/batches/batch.ts";
import { bookUpload } from "../../core/batches/book-batch.ts";
import { cancelBatch, chunksReceived, completeUpload } from "../../core/batches/complete-upload.ts";
import { signChunks, type WantedChunk } from "../../core/batches/uploads.ts";
import { base64Of } from "../../core/booking.ts";
import { batchProgressOf, ownBatch, progressPath } from "../batch-views.ts";
import { type Call, httpHandler, idempotencyKeyOf } from "../http.ts";

const env = readEnvironment(["BATCH_TABLE", "PHOTO_BUCKET", "BATCHES_QUEUE_URL", "UPLOAD_URL_SECONDS"]);
const parts = {
  batches: batchStore(dynamoDb(), env.BATCH_TABLE),
  uploads: batchUploads(s3(), env.PHOTO_BUCKET),
  archive: archiveStore(s3(), env.PHOTO_BUCKET),
  queue: batchesQueue(sqs(), env.BATCHES_QUEUE_URL),
  now: Date.now,
};
const tally = tallyStore(dynamoDb(), env.BATCH_TABLE);

export const handler = httpHandler("batch-upload", {
  async bookBatch(call) {
    const idempotencyKey = idempotencyKeyOf(call);
    const request = call.body(bookBatchRequest);
    const batch = await bookUpload({ owner: call.owner, request, idempotencyKey }, parts);
    const uploading = batch.status === "uploading";
    const first = uploading ? (request.sha256s ?? []).map((sha256, index) => ({ index, sha256 })) : [];
    const progress_url = progressPath(batch.id);
    const message = uploading
      ? "PUT each chunk to its URL with exactly its headers, complete the batch, then follow progress_url."
      : "This batch was booked before and takes no more chunks: follow progress_url.";
    return {
      status: 201,
      headers: { Location: progress_url },
      body: {
        batch_id: batch.id,
        ...batch.upload,
        message,
        progress_url,
        uploads: await signed(batch, first),
      },
    };
  },

  async signChunks(call) {
    const batch = await own(call);
    const { chunk_indexes, sha256s } = call.body(chunkUrlsRequest);
    if (batch.status !== "uploading") throw new ProblemError("batch_not_uploading");
    const wanted = chunk_indexes.map((index, at) => ({ index, sha256: sha256s[at] ?? "" }));
    return { status: 200, body: { uploads: await signed(batch, wanted) } };
  },

  async listChunks(call) {
    return { status: 200, body: await chunksReceived(await own(call), parts) };
  },

  async completeBatch(call) {
    const batch = await own(call);
    await completeUpload(batch, parts);
    const progress_url = progressPath(batch.id);
    const message = "Every chunk is there, and the sheets are being read: follow progress_url.";
    const body = { batch_id: batch.id, message, progress_url };
    return { status: 202, headers: { Location: progress_url }, body };
  },

  async cancelBatch(call) {
    const batch = await cancelBatch(await own(call), parts);
    return { status: 200, body: batchProgressOf(batch, await tally.read(batch.id), Date.now()) };
  },
});

const own = (call: Call): Promise<Batch> => ownBatch(parts.batches, call.parameter("batch_id"), call.owner);

async function signed(batch: Batch, chunks: readonly WantedChunk[]): Promise<ChunkUpload[]> {
  const expires_at = new Date(Date.now() + env.UPLOAD_URL_SECONDS * 1000).toISOString();
  const wanted = chunks.map(({ index, sha256 }) => ({ index, sha256: base64Of(sha256) }));
  const urls = await signChunks(batch, wanted, env.UPLOAD_URL_SECONDS, parts.uploads);
  return urls.map(({ index, ...url }) => ({ chunk_index: index, method: "PUT", expires_at, ...url }));
}
