import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { corsHeaders, preflight } from "./cors.ts";
import { S3Error } from "./errors.ts";
import { headersOf, parseRequestLine, type S3Request } from "./request.ts";
import { operationFor } from "./routes.ts";
import type { Reply, Service } from "./service.ts";
import type { Authenticator } from "./signature.ts";
import { refuseUnknownHeaders } from "./stored-headers.ts";
import { toXml } from "./xml.ts";

export type Exchange = {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  /** True when the client sends its body only when it is told to (Expect: 100-continue). */
  readonly waits: boolean;
  readonly service: Service;
  readonly authenticator: Authenticator;
  readonly onError: ((error: unknown) => void) | undefined;
};

/** Answers one request, whatever is wrong with it; never rejects. */
export async function answer(exchange: Exchange): Promise<void> {
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
      acceptBody: () => {
        if (exchange.waits) response.writeContinue();
      },
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
