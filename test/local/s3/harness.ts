import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import type { S3Notification } from "../../../local/s3/notifications.ts";
import { type S3Options, startS3 } from "../../../local/s3/server.ts";

export const REGION = "eu-west-1";
export const CREDENTIALS = { accessKeyId: "AKIALOCAL", secretAccessKey: "local/secret+key" };
export const BUCKET = "photos";

export type Harness = {
  readonly url: string;
  readonly folder: string;
  readonly events: { target: string; event: S3Notification }[];
  /** What the server answered as InternalError; a test may expect it to be empty. */
  readonly faults: unknown[];
  /** Moves the server's clock; 0 is the present. */
  readonly clock: { offsetMs: number };
  client(config?: S3ClientConfig): S3Client;
  /** Stops and starts the server on the same folder and port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

/** A server on a free port and a folder of its own, with one bucket unless told otherwise. */
export async function startHarness(options: Partial<S3Options> = {}): Promise<Harness> {
  const folder = await mkdtemp(join(tmpdir(), "s3-test-"));
  const events: Harness["events"] = [];
  const faults: unknown[] = [];
  const clock = { offsetMs: 0 };
  const clients: S3Client[] = [];
  const start = (port: number) =>
    startS3({
      folder,
      port,
      region: REGION,
      credentials: CREDENTIALS,
      buckets: [{ name: BUCKET }],
      notify: async (target, event) => {
        events.push({ target, event });
      },
      now: () => new Date(Date.now() + clock.offsetMs),
      onError: (error) => faults.push(error),
      ...options,
    });
  let server = await start(0);
  const { url } = server;
  return {
    url,
    folder,
    events,
    faults,
    clock,
    client: (config = {}) => {
      const client = new S3Client({
        region: REGION,
        endpoint: url,
        forcePathStyle: true,
        credentials: CREDENTIALS,
        maxAttempts: 1,
        ...config,
      });
      clients.push(client);
      return client;
    },
    restart: async () => {
      // A connection kept alive to the old server would only fail.
      for (const client of clients) client.destroy();
      await server.close();
      server = await start(Number(new URL(url).port));
    },
    stop: async () => {
      for (const client of clients) client.destroy();
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Status and S3 error code of a raw answer; the code is "" when there is none. */
export async function refusal(response: Response): Promise<{ status: number; code: string }> {
  const text = await response.text();
  return { status: response.status, code: /<Code>(.*?)<\/Code>/.exec(text)?.[1] ?? "" };
}

/** The code an SDK call was refused with, and its status. */
export async function sdkRefusal(call: Promise<unknown>): Promise<{ status: number; code: string }> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error && "$metadata" in error) {
      const metadata = error.$metadata as { httpStatusCode?: number };
      return { status: metadata.httpStatusCode ?? 0, code: error.name };
    }
    throw error;
  }
  return { status: 200, code: "" };
}
