import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { type ProblemCode, problemOf } from "../contract/problems.ts";
import type { Identity } from "./identity.ts";
import type { Serve } from "./page.ts";
import type { RouteWiring, Wiring } from "./template.ts";

/**
 * API Gateway's HTTP API on one machine: CORS, JWT authorizer, routes, payload format 2.0.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 *
 * One difference: what API Gateway refuses by itself (401, 404, 413, 503) it answers with `{"message": ...}`; here the
 * same statuses and headers come with a problem document, as everything the functions answer does.
 */

export type Gateway = { url: string; close(): Promise<void> };
type Wired = Pick<Wiring, "routes" | "cors">;
type GatewayOptions = {
  port: number;
  identity: Identity;
  invoke: Invoke;
  /** What else answers at this address: the sign-in and the page, which on AWS have addresses of their own. */
  also?: readonly Serve[];
};
type Invoke = (functionId: string, event: unknown) => Promise<unknown>;

/** Idle connections are kept for longer than a busy client may look away, or its next call would meet a closing one. */
const KEEP_ALIVE_MS = 60_000;

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const MAX_BODY_BYTES = 10_000_000;
const INTEGRATION_TIMEOUT_MS = 30_000;

export async function startGateway(
  { routes, cors }: Wired,
  { port, identity, invoke, also = [] }: GatewayOptions,
): Promise<Gateway> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, async (request, response) => {
    // A target that is no path (`//`, `*`) has no route either.
    const url = URL.parse(request.url ?? "", "http://local");
    for (const [name, value] of Object.entries(corsHeaders(cors, request))) response.setHeader(name, value);
    try {
      if (!url) {
        refuse(response, "route_not_found");
      } else if (request.method === "OPTIONS" && request.headers["access-control-request-method"]) {
        response.writeHead(204).end();
      } else if (url.pathname === "/.well-known/jwks.json") {
        response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(identity.jwks));
      } else {
        await serve(request, response, url);
      }
    } catch {
      if (response.headersSent) response.destroy();
      else refuse(response, "internal_error");
    }
  });

  async function serve(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const found = match(routes, request.method ?? "GET", url.pathname);
    if (!found) {
      for (const serveAlso of also) if (await serveAlso(request, response, url)) return;
      return refuse(response, "route_not_found");
    }
    let claims: Record<string, string> = {};
    if (found.route.signedIn) {
      const token = /^(?:Bearer )?([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? "")?.[1];
      if (!token) return refuse(response, "unauthorized", { "WWW-Authenticate": "Bearer" });
      const verified = await identity.verify(token);
      if ("refused" in verified) {
        const expired = verified.refused === "expired";
        const description = expired ? "the token has expired" : "the token is not valid";
        return refuse(response, expired ? "token_expired" : "unauthorized", {
          "WWW-Authenticate": `Bearer scope="" error="invalid_token" error_description="${description}"`,
        });
      }
      claims = verified.claims;
    }
    const body = await readBody(request);
    if (body === null) return refuse(response, "payload_too_large", { Connection: "close" });
    const event = eventOf(request, url, found, claims, body);
    const timeout = new Promise<"timeout">((resolve) => {
      setTimeout(resolve, INTEGRATION_TIMEOUT_MS, "timeout").unref();
    });
    const answer = await Promise.race([invoke(found.route.functionId, event), timeout]);
    if (answer === "timeout") return refuse(response, "unavailable");
    const { statusCode = 200, headers, body: text } = answer as APIGatewayProxyStructuredResultV2;
    for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, String(value));
    response.writeHead(statusCode).end(text);
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Match = { route: RouteWiring; parameters: Record<string, string> };

/** The most specific route: a literal segment goes before a parameter. */
function match(routes: readonly RouteWiring[], method: string, path: string): Match | null {
  const segments = path.split("/");
  let best: (Match & { literals: number }) | null = null;
  for (const route of routes) {
    if (route.method !== method) continue;
    const pattern = route.path.split("/");
    if (pattern.length !== segments.length) continue;
    const parameters: Record<string, string> = {};
    let literals = 0;
    const fits = pattern.every((part, index) => {
      const segment = segments[index] ?? "";
      if (part.startsWith("{")) {
        parameters[part.slice(1, -1)] = decoded(segment);
        return segment !== "";
      }
      literals += 1;
      return part === segment;
    });
    if (fits && (!best || literals > best.literals)) best = { route, parameters, literals };
  }
  return best;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/**
 * The body; null when it is over the gateway's limit. What is over is read and let go: an answer sent before the caller
 * has finished sending would not reach it.
 */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size <= MAX_BODY_BYTES) pieces.push(piece);
    else pieces.length = 0;
  }
  return size > MAX_BODY_BYTES ? null : Buffer.concat(pieces);
}

function eventOf(
  request: IncomingMessage,
  url: URL,
  { route, parameters }: Match,
  claims: Record<string, string>,
  body: Buffer,
): APIGatewayProxyEventV2WithJWTAuthorizer {
  const routeKey = `${route.method} ${route.path}`;
  const query: Record<string, string> = {};
  for (const name of new Set(url.searchParams.keys())) query[name] = url.searchParams.getAll(name).join(",");
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(",") : value,
    ]),
  );
  // Text types arrive as text, everything else as base64.
  const isText = /^(text\/|application\/(json|xml|javascript|[\w.+-]+\+json))/.test(
    headers["content-type"] ?? "",
  );
  return {
    version: "2.0",
    routeKey,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers,
    ...(Object.keys(query).length > 0 ? { queryStringParameters: query } : {}),
    ...(Object.keys(parameters).length > 0 ? { pathParameters: parameters } : {}),
    ...(body.length > 0 ? { body: body.toString(isText ? "utf8" : "base64") } : {}),
    isBase64Encoded: body.length > 0 && !isText,
    requestContext: {
      accountId: "000000000000",
      apiId: "local",
      domainName: headers.host ?? "localhost",
      domainPrefix: "local",
      http: {
        method: route.method,
        path: url.pathname,
        protocol: "HTTP/1.1",
        sourceIp: request.socket.remoteAddress ?? "",
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: randomUUID(),
      routeKey,
      stage: "$default",
      time: new Date().toISOString(),
      timeEpoch: Date.now(),
      authorizer: { principalId: "", integrationLatency: 0, jwt: { claims, scopes: [] } },
    },
  };
}

function refuse(response: ServerResponse, code: ProblemCode, headers: Record<string, string> = {}): void {
  const problem = problemOf(code);
  response
    .writeHead(problem.status, { "Content-Type": "application/problem+json", ...headers })
    .end(JSON.stringify(problem));
}

function corsHeaders(cors: Wired["cors"], request: IncomingMessage): Record<string, string> {
  const { origin } = request.headers;
  if (!origin || !(cors.origins.includes(origin) || cors.origins.includes("*"))) return {};
  return {
    "Access-Control-Allow-Origin": origin,
    Vary: "Origin",
    "Access-Control-Expose-Headers": cors.expose.join(","),
    ...(request.method === "OPTIONS"
      ? {
          "Access-Control-Allow-Methods": cors.methods.join(","),
          "Access-Control-Allow-Headers": cors.headers.join(","),
          "Access-Control-Max-Age": String(cors.maxAgeSeconds),
        }
      : {}),
  };
}
