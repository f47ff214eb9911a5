import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startDynamoDb } from "./dynamodb.ts";
import { type LocalQueues, startQueues } from "./queues.ts";
import { startS3 } from "./s3/server.ts";
import type { Wiring } from "./template.ts";

/** What the functions stand on: the template's tables, queues and bucket, on loopback. */
export type LocalServices = {
  s3Url: string;
  dynamoDbUrl: string;
  queues: LocalQueues;
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** By the template's id: a table's or bucket's name, a queue's URL. */
  physical: ReadonlyMap<string, string>;
  /** What every function needs to find them: region, keys, endpoints. */
  environment: Record<string, string>;
  close(): Promise<void>;
};

type ServicesOptions = {
  /** Where everything is kept. */
  folder: string;
  /** 0 for any free one. */
  s3Port: number;
  /** Told of what went wrong inside S3. */
  onError: (error: unknown) => void;
  /** S3's clock, for tests of expiry. */
  s3Now?: () => Date;
};

export const REGION = "us-east-1";

/** @throws Error when the folder or the port is in use */
export async function startServices(
  wiring: Wiring,
  { folder, s3Port, onError, s3Now }: ServicesOptions,
): Promise<LocalServices> {
  const cleanups: (() => unknown)[] = [];
  const close = async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  };
  try {
    await mkdir(folder, { recursive: true });
    const credentials = await keptCredentials(join(folder, "credentials.json"));
    const queues = await startQueues(wiring.queues, REGION);
    cleanups.push(() => queues.close());
    const dynamoDb = await startDynamoDb(wiring.tables, {
      folder: join(folder, "tables"),
      region: REGION,
      credentials,
    });
    cleanups.push(() => dynamoDb.close());
    const s3 = await startS3({
      folder: join(folder, "bucket"),
      port: s3Port,
      region: REGION,
      credentials,
      onError,
      ...(s3Now ? { now: s3Now } : {}),
      buckets: bucketsOf(wiring),
      notify: async (target, event) => queues.send(target, JSON.stringify(event)),
    });
    cleanups.push(() => s3.close());
    return {
      s3Url: s3.url,
      dynamoDbUrl: dynamoDb.url,
      queues,
      credentials,
      physical: new Map([
        ...wiring.tables.map(({ id }): [string, string] => [id, id]),
        ...wiring.buckets.map(({ id }): [string, string] => [id, bucketName(id)]),
        ...queues.urls,
      ]),
      environment: {
        AWS_REGION: REGION,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_ENDPOINT_URL_S3: s3.url,
        AWS_ENDPOINT_URL_SQS: queues.url,
        AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url,
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Bucket names are lower case; logical ids are not. */
const bucketName = (id: string): string => id.toLowerCase();

function bucketsOf({ buckets }: Wiring) {
  return buckets.map(({ id, cors, notifications, lifecycle }) => ({
    name: bucketName(id),
    cors: cors.map((rule) => ({
      allowedOrigins: rule.origins,
      allowedMethods: rule.methods,
      allowedHeaders: rule.headers,
      exposedHeaders: rule.expose,
      maxAgeSeconds: rule.maxAgeSeconds,
    })),
    lifecycle,
    notifications: notifications.map(({ queueId, ...rule }) => ({ target: queueId, ...rule })),
  }));
}

/** Keys of its own for each data folder, so that only this stack signs what its S3 accepts. */
async function keptCredentials(file: string): Promise<{ accessKeyId: string; secretAccessKey: string }> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const made = {
    accessKeyId: `LOCAL${randomBytes(8).toString("hex").toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString("base64url"),
  };
  await writeFile(file, JSON.stringify(made), { mode: 0o600 });
  return made;
}
