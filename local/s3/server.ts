import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Catalog } from "./catalog.ts";
import { corsHeaders, preflight } from "./cors.ts";
import { S3Error } from "./errors.ts";
import { expire } from "./lifecycle.ts";
import { Notifier, type Notify } from "./notifications.ts";
import { PieceFiles } from "./pieces.ts";
import { headersOf, parseRequestLine, type S3Request } from "./request.ts";
import { operationFor } from "./routes.ts";
import type { Bucket, Reply, Service } from "./service.ts";
import { Authenticator, type Credentials } from "./signature.ts";
import { refuseUnknownHeaders } from "./stored-headers.ts";
import { Uploads } from "./uploads.ts";
import { toXml } from "./xml.ts";

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
  const respond = async (incoming: IncomingMessage, response: ServerResponse, acceptBody: () => void) => {
    await answer({ incoming, response, acceptBody, service, authenticator, onError: options.onError });
  };
  // Uploads may take long as long as they move, so the limit is on idleness and not on the whole request.
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: IDLE_MS }, (incoming, response) =>
    respond(incoming, response, () => undefined),
  );
  server.on("checkContinue", (incoming: IncomingMessage, response: ServerResponse) =>
    respond(incoming, response, () => response.writeContinue()),
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
      server.closeAllConnections();
      await closed;
      await service.notifier.close();
      catalog.close();
    },
  };
}

type Exchange = {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly acceptBody: () => void;
  readonly service: Service;
  readonly authenticator: Authenticator;
  readonly onError: ((error: unknown) => void) | undefined;
};

async function answer(exchange: Exchange): Promise<void> {
  const { incoming, response, service } = exchange;
  const id = randomUUID();
  response.setHeader("x-amz-request-id", id);
  response.setHeader("x-amz-id-2", "local");
  let reply: Reply;
  try {
    const request: S3Request = {
      id,
      method: incoming.method ?? "",
      ...parseRequestLine(incoming.url ?? ""),
      headers: headersOf(incoming),
      incoming,
      acceptBody: exchange.acceptBody,
    };
    const rules = service.buckets.get(request.bucket)?.cors ?? [];
    for (const [name, value] of Object.entries(corsHeaders(request, rules))) response.setHeader(name, value);
    reply = request.method === "OPTIONS" ? preflight(request, rules) : await perform(request, exchange);
  } catch (error) {
    reply = refusal(error, id, exchange);
  }
  try {
    await send(reply, incoming, response);
  } catch (error) {
    // Half an answer must not look like a whole one.
    response.destroy();
    if (!isClientGone(error)) exchange.onError?.(error);
  } finally {
    reply.done?.();
  }
}

async function perform(request: S3Request, { service, authenticator }: Exchange): Promise<Reply> {
  const claim = await authenticator.authenticate(request);
  refuseUnknownHeaders(request.headers);
  const bucket = service.buckets.get(request.bucket);
  if (bucket === undefined) {
    throw new S3Error("NoSuchBucket", "The specified bucket does not exist", { BucketName: request.bucket });
  }
  const run = operationFor(request);
  return await run({ request, claim, bucket, service });
}

async function send(reply: Reply, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { body } = reply;
  response.writeHead(reply.status, {
    ...reply.headers,
    ...(typeof body === "string" ? { "content-length": String(Buffer.byteLength(body)) } : {}),
  });
  if (body === undefined || incoming.method === "HEAD") response.end();
  else if (typeof body === "string") response.end(body);
  else await pipeline(Readable.from(body, { objectMode: false }), response);
}

function refusal(error: unknown, id: string, { incoming, onError }: Exchange): Reply {
  if (!(error instanceof S3Error)) onError?.(error);
  const known =
    error instanceof S3Error
      ? error
      : new S3Error("InternalError", "We encountered an internal error. Please try again.");
  return {
    status: known.status,
    headers: { "content-type": "application/xml", ...known.headers },
    body: toXml(
      "Error",
      {
        Code: known.code,
        Message: known.message,
        ...known.details,
        Resource: (incoming.url ?? "").split("?")[0] ?? "",
        RequestId: id,
        HostId: "local",
      },
      "plain",
    ),
  };
}

function isClientGone(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ERR_STREAM_PREMATURE_CLOSE" || code === "ECONNRESET" || code === "EPIPE";
}
