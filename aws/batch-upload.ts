import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListPartsCommand,
  NoSuchUpload,
  paginateListObjectsV2,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { batchManifest } from "../contract/batches.ts";
import { batchImageKey, batchImagesPrefix, manifestKey } from "../contract/object-keys.ts";
import type { ArchiveUploads, BatchUploads, ImageUploads } from "../core/batches/uploads.ts";
import { photoStore, uploadSigner } from "./photo-bucket.ts";

export const batchUploads = (client: S3Client, bucket: string): BatchUploads => ({
  archives: archiveUploads(client, bucket),
  images: imageUploads(client, bucket),
});

/**
 * Multipart uploads of which S3 checks every part against its SHA-256, and keeps it.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
function archiveUploads(client: S3Client, bucket: string): ArchiveUploads {
  const at = (Key: string) => ({ Bucket: bucket, Key });
  return {
    async open(key) {
      const { UploadId } = await client.send(
        new CreateMultipartUploadCommand({
          ...at(key),
          ContentType: "application/zip",
          ChecksumAlgorithm: "SHA256",
          ChecksumType: "COMPOSITE",
        }),
      );
      if (UploadId === undefined) throw new Error("S3 opened an upload without an id");
      return UploadId;
    },

    async sign({ key, uploadId, index, size, sha256, seconds }) {
      const command = new UploadPartCommand({
        ...at(key),
        UploadId: uploadId,
        PartNumber: index + 1,
        ContentLength: size,
        ChecksumSHA256: sha256,
      });
      const url = await getSignedUrl(client, command, {
        expiresIn: seconds,
        signableHeaders: new Set(["host", "content-length"]),
        // The signer would move it into the query, where S3 does not hold the body against it.
        unhoistableHeaders: new Set(["x-amz-checksum-sha256"]),
      });
      return { url, headers: { "x-amz-checksum-sha256": sha256 } };
    },

    received: (key, uploadId) =>
      unlessGone(null, async () => {
        const parts = [];
        let PartNumberMarker: string | undefined;
        do {
          const page = await client.send(
            new ListPartsCommand({ ...at(key), UploadId: uploadId, PartNumberMarker }),
          );
          for (const { PartNumber = 0, Size = 0, ETag = "", ChecksumSHA256 = "" } of page.Parts ?? [])
            parts.push({ index: PartNumber - 1, size: Size, sha256: ChecksumSHA256, etag: ETag });
          // The SDK's own paginator goes by the marker alone, which S3 answers with the last page as well.
          PartNumberMarker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
        } while (PartNumberMarker !== undefined);
        return parts;
      }),

    finish: (key, uploadId, parts, size) =>
      unlessGone(false, async () => {
        await client.send(
          new CompleteMultipartUploadCommand({
            ...at(key),
            UploadId: uploadId,
            MpuObjectSize: size,
            ChecksumType: "COMPOSITE",
            MultipartUpload: {
              Parts: parts.map(({ index, etag, sha256 }) => ({
                PartNumber: index + 1,
                ETag: etag,
                ChecksumSHA256: sha256,
              })),
            },
          }),
        );
        return true;
      }),

    abort: (key, uploadId) =>
      unlessGone(undefined, async () => {
        await client.send(new AbortMultipartUploadCommand({ ...at(key), UploadId: uploadId }));
      }),
  };
}

/** What S3 says to an upload that is complete, given up or never was. */
async function unlessGone<T>(gone: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NoSuchUpload || (error instanceof Error && error.name === "NoSuchUpload"))
      return gone;
    throw error;
  }
}

/** Photos asked for their checksum at once: within the client's connections. */
const HEADS_AT_ONCE = 32;
/** A list of 2,000 photos with the longest names, in bytes. */
const MAX_MANIFEST_BYTES = 4_000_000;

function imageUploads(client: S3Client, bucket: string): ImageUploads {
  const objects = photoStore(client, bucket);
  return {
    sign: uploadSigner(client, bucket),

    async received(batchId) {
      const prefix = batchImagesPrefix(batchId);
      const found = [];
      const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix });
      for await (const { Contents = [] } of pages)
        for (const { Key = "", Size = 0 } of Contents)
          found.push({ index: Number(Key.slice(prefix.length)), size: Size });
      return found;
    },

    async checksums(batchId, indexes) {
      const checksums: string[] = [];
      for (let start = 0; start < indexes.length; start += HEADS_AT_ONCE) {
        const some = indexes.slice(start, start + HEADS_AT_ONCE);
        const heads = some.map((index) =>
          client.send(
            new HeadObjectCommand({
              Bucket: bucket,
              Key: batchImageKey(batchId, index),
              ChecksumMode: "ENABLED",
            }),
          ),
        );
        checksums.push(...(await Promise.all(heads)).map(({ ChecksumSHA256 = "" }) => ChecksumSHA256));
      }
      return checksums;
    },

    async removeAll(batchId) {
      await objects.removeAll(batchImagesPrefix(batchId));
    },

    async keepManifest(batchId, images) {
      const body = new TextEncoder().encode(JSON.stringify({ images }));
      await objects.put(manifestKey(batchId), body, "application/json");
    },

    async manifest(batchId) {
      const body = await objects.get(manifestKey(batchId), MAX_MANIFEST_BYTES);
      if (!body) throw new Error(`batch ${batchId} has no manifest`);
      return batchManifest.parse(JSON.parse(new TextDecoder().decode(body))).images;
    },
  };
}
