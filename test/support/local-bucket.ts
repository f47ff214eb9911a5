import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { startS3 } from "../../local/s3/server.ts";

/** Where and as whom a client signs. */
export const LOCAL_S3 = {
  region: "us-east-1",
  credentials: { accessKeyId: "LOCAL", secretAccessKey: "local" },
};

export type LocalBucket = { client: S3Client; close: () => Promise<void> };

/** An S3 of its own with one empty bucket, and a client as the functions have it. */
export async function openLocalBucket(name: string, now?: () => Date): Promise<LocalBucket> {
  const folder = await mkdtemp(join(tmpdir(), `${name}-`));
  const server = await startS3({
    ...LOCAL_S3,
    folder,
    port: 0,
    buckets: [{ name }],
    notify: async () => undefined,
    ...(now ? { now } : {}),
  });
  const client = new S3Client({
    ...LOCAL_S3,
    endpoint: server.url,
    forcePathStyle: true,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  return {
    client,
    close: async () => {
      client.destroy();
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}
