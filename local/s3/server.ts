import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Catalog } from "./catalog.ts";
import { answer } from "./exchange.ts";
import { expire } from "./lifecycle.ts";
import { Notifier, type Notify } from "./notifications.ts";
import { PieceFiles } from "./pieces.ts";
import type { Bucket, Service } from "./service.ts";
import { Authenticator, type Credentials } from "./signature.ts";
import { Uploads } from "./uploads.ts";

export type S3Options = {
  /** Where objects lie; only one server at a time may use it. */
  readonly folder: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly host?: string;
  readonly region: string;
  readonly credentials: Credentials;
  readonly buckets: readonly Bucket[];
  /** Resolves once the target has taken the event; called again, later, when it rejects. */
  readonly notify: Notify;
  readonly now?: () => Date;
  /** Told of what was answered as InternalError: a fault of this server or of its disk. */
  readonly onError?: (error: unknown) => void;
};

/** A connection on which nothing moves for so long is closed. */
const IDLE_MS = 60_000;
/** How long requests under way may take to end when the server closes. */
const GRACE_MS = 2_000;
/** Lifetimes are counted in days. */
const EXPIRY_INTERVAL_MS = 60 * 60 * 1000;

/**
 * An S3 for one machine: path-style, disk-backed, as strict as S3 about signatures, lengths, types and checksums.
 * Rejects when the port or the folder is in use.
 */
export async function startS3(options: S3Options): Promise<{ url: string; close(): Promise<void> }> {
  const now = options.now ?? (() => new Date());
  const catalog = new Catalog(options.folder);
  const uploads = new Uploads(catalog.database);
  const files = new PieceFiles(join(options.folder, "pieces"));
  await files.removeAllBut(catalog.files().union(uploads.files()));
  const service: Service = {
    catalog,
    uploads,
    files,
    notifier: new Notifier(options.notify, options.region, now),
    buckets: new Map(options.buckets.map((bucket) => [bucket.name, bucket])),
    now,
  };
  await expire(service);
  const authenticator = new Authenticator(options.credentials, options.region, now);
  const underWay = new Set<Promise<void>>();
  const respond = (incoming: IncomingMessage, response: ServerResponse, waits: boolean) => {
    const exchange = { incoming, response, waits, service, authenticator, onError: options.onError };
    const answering = answer(exchange).finally(() => underWay.delete(answering));
    underWay.add(answering);
  };
  // Uploads may take long as long as they move, so the limit is on idleness and not on the whole request.
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: IDLE_MS }, (incoming, response) =>
    respond(incoming, response, false),
  );
  server.on("checkContinue", (incoming: IncomingMessage, response: ServerResponse) =>
    respond(incoming, response, true),
  );
  server.setTimeout(IDLE_MS);
  const host = options.host ?? "127.0.0.1";
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, host, () => resolve());
  }).catch((error) => {
    catalog.close();
    throw error;
  });
  for (const bucket of options.buckets)
    service.notifier.sendTestEvents(bucket.name, bucket.notifications ?? []);
  const expiry = setInterval(() => {
    expire(service).catch((error) => options.onError?.(error));
  }, EXPIRY_INTERVAL_MS);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    close: async () => {
      clearInterval(expiry);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.race([closed, sleep(GRACE_MS, undefined, { ref: false })]);
      server.closeAllConnections();
      await closed;
      await Promise.all(underWay);
      await service.notifier.close();
      catalog.close();
    },
  };
}
