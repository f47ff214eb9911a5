import type { BatchImage } from "../../contract/batches.ts";
import { archiveKey, batchImageKey } from "../../contract/object-keys.ts";
import { ProblemError } from "../../contract/problems.ts";
import type { UploadSigner } from "../jobs/book-scan.ts";
import type { Batch } from "./batch.ts";

/** A chunk as S3 has it. */
export type ReceivedChunk = {
  index: number;
  /** Bytes. */
  size: number;
};
export type ReceivedPart = ReceivedChunk & {
  /** Base64, as S3 checked it. */
  sha256: string;
  etag: string;
};

/** What an upload URL of a part is bound to: the PUT must carry exactly this. Chunk `index` is S3's part `index + 1`. */
export type PartTerms = {
  key: string;
  uploadId: string;
  index: number;
  size: number;
  /** Base64. */
  sha256: string;
  seconds: number;
};

/** A ZIP on its way: one multipart upload of S3. */
export type ArchiveUploads = {
  /** Answers the upload's id. */
  open(key: string): Promise<string>;
  sign(terms: PartTerms): Promise<{ url: string; headers: Record<string, string> }>;
  /** The parts that are there, by index; null when there is no such upload (any more). */
  received(key: string, uploadId: string): Promise<ReceivedPart[] | null>;
  /** Joins exactly these parts to the object; false when there is no such upload (any more). */
  finish(key: string, uploadId: string, parts: readonly ReceivedPart[], size: number): Promise<boolean>;
  /** Gives the upload up with all its parts; nothing happens when there is none. */
  abort(key: string, uploadId: string): Promise<void>;
};

/** The photos of an `images` batch on their way: each is an object of its own. */
export type ImageUploads = {
  sign: UploadSigner;
  /** The photos that are there, in any order. */
  received(batchId: string): Promise<ReceivedChunk[]>;
  /** Base64, of each of these photos, as S3 checked it; "" where it has none. */
  checksums(batchId: string, indexes: readonly number[]): Promise<string[]>;
  /** Removes those that are there. */
  removeAll(batchId: string): Promise<void>;
  keepManifest(batchId: string, images: readonly BatchImage[]): Promise<void>;
  /** @throws Error when there is none: it is written with the booking */
  manifest(batchId: string): Promise<readonly BatchImage[]>;
};

export type BatchUploads = { archives: ArchiveUploads; images: ImageUploads };

/** Bytes of a chunk of a ZIP: all are alike but the last. */
export function chunkBytes({ size, upload }: Pick<Batch, "size" | "upload">, index: number): number {
  const { chunk_size, total_chunks } = upload;
  return index < total_chunks - 1 ? chunk_size : size - chunk_size * (total_chunks - 1);
}

/** A chunk to be signed: its place in the batch and the SHA-256 of its bytes, base64. */
export type WantedChunk = { index: number; sha256: string };

/**
 * Signs an upload URL for each of these chunks.
 * @throws ProblemError chunk_out_of_range, naming each
 */
export async function signChunks(
  batch: Batch,
  wanted: readonly WantedChunk[],
  seconds: number,
  { archives, images }: BatchUploads,
): Promise<{ index: number; size: number; url: string; headers: Record<string, string> }[]> {
  const beyond = wanted.filter(({ index }) => index >= batch.upload.total_chunks);
  if (beyond.length > 0) {
    const message = `must be from 0 to ${batch.upload.total_chunks - 1}`;
    const errors = beyond.map(({ index }) => ({ path: `chunk_indexes.${index}`, message }));
    throw new ProblemError("chunk_out_of_range", { errors });
  }
  if (wanted.length === 0) return [];
  const manifest = batch.upload_type === "images" ? await images.manifest(batch.id) : null;
  return Promise.all(
    wanted.map(async ({ index, sha256 }) => {
      if (manifest === null) {
        const size = chunkBytes(batch, index);
        const key = archiveKey(batch.id);
        const { upload_id: uploadId } = batch.upload;
        return {
          index,
          size,
          ...(await archives.sign({ key, uploadId, index, size, sha256, seconds })),
        };
      }
      const image = manifest[index];
      if (!image) throw new Error(`the manifest of ${batch.id} has no photo ${index}`);
      const { content_type: contentType, size } = image;
      const key = batchImageKey(batch.id, index);
      return { index, size, ...(await images.sign({ key, contentType, size, sha256, seconds })) };
    }),
  );
}
