import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { UploadSigner, UploadTerms } from "../core/jobs/book-scan.ts";
import { type PhotoStore, PhotoTooLarge } from "../core/jobs/stores.ts";

export function photoStore(client: S3Client, bucket: string): PhotoStore {
  return {
    async exists(key) {
      try {
        await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
        return true;
      } catch (error) {
        if (error instanceof NotFound) return false;
        throw error;
      }
    },

    async get(key, limit) {
      try {
        const { Body, ContentLength } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        if (!Body) return null;
        if (ContentLength === undefined || ContentLength > limit) {
          // The connection is worth less than the bytes: drop it rather than read them.
          if ("destroy" in Body) Body.destroy();
          throw new PhotoTooLarge(key);
        }
        return await Body.transformToByteArray();
      } catch (error) {
        if (error instanceof NoSuchKey) return null;
        throw error;
      }
    },

    async put(key, body, contentType) {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: body,
          ContentType: contentType,
          ContentLength: body.length,
          ChecksumAlgorithm: "SHA256",
        }),
      );
    },

    async removeAll(prefix) {
      const removed: string[] = [];
      for await (const { Contents } of paginateListObjectsV2(
        { client },
        { Bucket: bucket, Prefix: prefix },
      )) {
        const keys = (Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
        if (keys.length === 0) continue;
        const { Errors } = await client.send(
          new DeleteObjectsCommand({
            Bucket: bucket,
            Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: true },
          }),
        );
        if (Errors?.length) throw new Error(`S3 did not remove ${Errors.length} objects: ${Errors[0]?.Code}`);
        removed.push(...keys);
      }
      return removed;
    },
  };
}

/**
 * Signs an upload URL that takes exactly one body: of this length, type and (when given) SHA-256, and only while
 * nothing is at its key. What the signature covers but the URL does not say comes back as headers to send.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/PresignedUrlUploadObject.html
 */
export function uploadSigner(client: S3Client, bucket: string): UploadSigner {
  return async ({ key, contentType, size, sha256, seconds }: UploadTerms) => {
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      ContentType: contentType,
      ContentLength: size,
      IfNoneMatch: "*",
      ...(sha256 === undefined ? {} : { ChecksumSHA256: sha256 }),
    });
    const url = await getSignedUrl(client, command, {
      expiresIn: seconds,
      signableHeaders: new Set(["host", "content-type", "content-length", "if-none-match"]),
      // The signer would move it into the query, where S3 does not hold the body against it.
      unhoistableHeaders: new Set(["x-amz-checksum-sha256"]),
    });
    const checksum: Record<string, string> = sha256 === undefined ? {} : { "x-amz-checksum-sha256": sha256 };
    return { url, headers: { "Content-Type": contentType, "If-None-Match": "*", ...checksum } };
  };
}

/** A short-lived URL that shows one object, or, with a file name, lets a browser save it under that. */
export function downloadUrl(
  client: S3Client,
  bucket: string,
  key: string,
  seconds: number,
  filename?: string,
): Promise<string> {
  const saved =
    filename === undefined ? {} : { ResponseContentDisposition: `attachment; filename="${filename}"` };
  const command = new GetObjectCommand({ Bucket: bucket, Key: key, ...saved });
  return getSignedUrl(client, command, { expiresIn: seconds });
}
