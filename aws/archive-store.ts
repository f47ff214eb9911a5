import { Readable } from "node:stream";
import {
  GetObjectCommand,
  HeadObjectCommand,
  NotFound,
  type S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { ArchiveChanged, type ArchiveStore } from "../core/batches/stores.ts";
import { photoStore } from "./photo-bucket.ts";

/** One part of a streamed object, in bytes, and so what is held of it: over S3's least of 5 MiB. */
const PART_BYTES = 8 * 2 ** 20;

/** Nothing has this key, or something with another ETag. */
const CHANGED = [404, 412];

/** Objects read and written in pieces. */
export function archiveStore(client: S3Client, bucket: string): ArchiveStore {
  return {
    async head(key) {
      try {
        const { ContentLength, ETag } = await client.send(
          new HeadObjectCommand({ Bucket: bucket, Key: key }),
        );
        if (ContentLength === undefined || ETag === undefined) throw new Error("S3 told no size or no ETag");
        return { size: ContentLength, etag: ETag };
      } catch (error) {
        if (error instanceof NotFound) return null;
        throw error;
      }
    },

    async range(key, etag, from, to) {
      if (from >= to) return new Uint8Array();
      try {
        const { Body } = await client.send(
          new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: etag, Range: `bytes=${from}-${to - 1}` }),
        );
        if (!Body) throw new Error("S3 sent no body");
        return await Body.transformToByteArray();
      } catch (error) {
        if (error instanceof S3ServiceException && CHANGED.includes(error.$metadata.httpStatusCode ?? 0))
          throw new ArchiveChanged("the object is not the one that was opened", { cause: error });
        throw error;
      }
    },

    put: photoStore(client, bucket).put,

    async write(key, pieces, contentType) {
      const upload = new Upload({
        client,
        params: {
          Bucket: bucket,
          Key: key,
          Body: Readable.from(pieces, { objectMode: false }),
          ContentType: contentType,
          ChecksumAlgorithm: "SHA256",
        },
        partSize: PART_BYTES,
        // Parts one after the other: a piece is only asked for when there is room for it.
        queueSize: 1,
      });
      await upload.done();
    },
  };
}
