import middy from "@middy/core";
import type {
  APIGatewayProxyEventV2WithJWTAuthorizer,
  APIGatewayProxyStructuredResultV2,
  Context,
} from "aws-lambda";
import type { z } from "zod";
import { type Problem, ProblemError, problemOf } from "../contract/problems.ts";
import { type HandlerName, type Route, routes } from "../contract/routes.ts";
import { fhirResource } from "../contract/upkeep.ts";
import { Contended } from "../core/change.ts";
import { errorFields, log } from "./logging.ts";

type Event = APIGatewayProxyEventV2WithJWTAuthorizer;
type Result = APIGatewayProxyStructuredResultV2;

/** One call, as a handler needs it. */
export type Call = {
  route: Route;
  /** The person's subject identifier, from the verified token; "" on the calls that need none. */
  owner: string;
  /** From the path. @throws Error when the route has no such parameter */
  parameter(name: string): string;
  query: Readonly<Record<string, string | undefined>>;
  /** By lower-case name. */
  headers: Readonly<Record<string, string | undefined>>;
  /** The body, checked. @throws ProblemError body_not_json, invalid_request, multipart_not_accepted, ... */
  body<T extends z.ZodType>(schema: T): z.output<T>;
};

export type Answer = {
  status: number;
  headers?: Record<string, string>;
  /** Checked against the route's schema of this status; what the schema does not name does not leave. */
  body?: unknown;
  contentType?: "application/json" | "application/fhir+json" | "application/problem+json";
};

export type Operation = (call: Call) => Promise<Answer>;

/**
 * The function that answers `name`'s routes: every operation of the route table, and none besides.
 * The chain around it: log, turn errors into problems, find the operation, check the answer.
 */
export function httpHandler(name: HandlerName, operations: Readonly<Record<string, Operation>>) {
  const served = new Map<string, Route>();
  for (const route of routes) {
    if (route.handler !== name) continue;
    if (!operations[route.operation]) throw new Error(`${name} lacks the operation ${route.operation}`);
    served.set(`${route.method} ${route.path}`, route);
  }
  return middy<Event, Result>()
    .use(requestLog())
    .use(problems())
    .handler(async (event) => {
      const route = served.get(event.routeKey);
      const operation = route && operations[route.operation];
      if (!route || !operation) throw new ProblemError("route_not_found");
      return resultOf(route, await operation(callOf(route, event)));
    });
}

/** https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ leaves the length to the server. */
const MAX_KEY_LENGTH = 255;

/** The call's Idempotency-Key, if it has one. @throws ProblemError invalid_request when it has no sensible length */
export function idempotencyKeyOf({ headers }: Call): string | undefined {
  const key = headers["idempotency-key"];
  if (key !== undefined && (key === "" || key.length > MAX_KEY_LENGTH)) {
    const message = `must have 1 to ${MAX_KEY_LENGTH} characters`;
    throw new ProblemError("invalid_request", { errors: [{ path: "Idempotency-Key", message }] });
  }
  return key;
}

function callOf(route: Route, event: Event): Call {
  const owner = event.requestContext.authorizer?.jwt?.claims?.sub;
  if (route.signedIn && (typeof owner !== "string" || owner === "")) throw new ProblemError("unauthorized");
  return {
    route,
    owner: typeof owner === "string" ? owner : "",
    parameter(name) {
      const value = event.pathParameters?.[name];
      if (value === undefined) throw new Error(`${route.operation} has no parameter ${name}`);
      return value;
    },
    query: event.queryStringParameters ?? {},
    headers: event.headers,
    body: (schema) => parseBody(schema, event),
  };
}

function parseBody<T extends z.ZodType>(schema: T, event: Event): z.output<T> {
  const type = (event.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (type.startsWith("multipart/")) throw new ProblemError("multipart_not_accepted");
  if (type !== "application/json" && !type.endsWith("+json"))
    throw new ProblemError("unsupported_media_type");
  const text = event.isBase64Encoded ? Buffer.from(event.body ?? "", "base64").toString("utf8") : event.body;
  let json: unknown;
  try {
    json = JSON.parse(text ?? "");
  } catch {
    throw new ProblemError("body_not_json");
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
  throw new ProblemError("invalid_request", { errors });
}

function resultOf(
  route: Route,
  { status, headers = {}, body, contentType = "application/json" }: Answer,
): Result {
  const schema = contentType === "application/fhir+json" ? fhirResource : route.responses[status];
  if (schema === undefined) throw new Error(`${route.operation} may not answer ${status}`);
  const common = { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", ...headers };
  if (schema === null) return { statusCode: status, headers: common };
  return {
    statusCode: status,
    headers: { "Content-Type": contentType, ...common },
    body: JSON.stringify(schema.parse(body)),
  };
}

function problemResult(problem: Problem): Result {
  return {
    statusCode: problem.status,
    headers: {
      "Content-Type": "application/problem+json",
      "Cache-Control": "no-store",
      ...(problem.status === 503 ? { "Retry-After": "2" } : {}),
    },
    body: JSON.stringify(problem),
  };
}

/** Whether an If-None-Match or If-Match names the entity tag (RFC 9110, 13.1; weak tags compare by their value). */
export function names(header: string | undefined, etag: string): boolean {
  const tags = (header ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes(etag) || tags.includes("*");
}

/** Whatever was thrown becomes a problem document; what nobody expected becomes internal_error. */
function problems(): middy.MiddlewareObj<Event, Result> {
  return {
    onError: (request) => {
      request.response = problemResult(problemFor(request.error));
    },
  };
}

function problemFor(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  const passing = error instanceof Contended || isPassing(error);
  return problemOf(passing ? "unavailable" : "internal_error");
}

/** AWS said "not now", or did not say anything, to every one of the SDK's tries. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { $retryable, $metadata } = error as { $retryable?: object; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  return (
    $retryable !== undefined ||
    status === 429 ||
    status >= 500 ||
    ["TimeoutError", "NetworkingError"].includes(error.name) ||
    ("code" in error && ["ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EPIPE"].includes(String(error.code)))
  );
}

/** One line a call: which, for whom by id, how long, with what outcome. */
function requestLog(): middy.MiddlewareObj<Event, Result> {
  const began = new WeakMap<Context, number>();
  const end = (event: Event, context: Context, result: Result | null, error?: unknown) => {
    const status = typeof result?.statusCode === "number" ? result.statusCode : 500;
    const fields = {
      route: event.routeKey,
      request_id: event.requestContext.requestId,
      job_id: event.pathParameters?.job_id,
      batch_id: event.pathParameters?.batch_id,
      medication_id: event.pathParameters?.id,
      status,
      bytes_in: Buffer.byteLength(event.body ?? ""),
      bytes_out: Buffer.byteLength(result?.body ?? ""),
      ms: Math.round(performance.now() - (began.get(context) ?? performance.now())),
      ...(error === undefined ? {} : errorFields(error)),
    };
    if (status >= 500) log.error("request", fields);
    else log.info("request", fields);
  };
  return {
    before: ({ context }) => {
      began.set(context, performance.now());
    },
    after: ({ event, context, response }) => end(event, context, response ?? null),
    onError: ({ event, context, response, error }) => end(event, context, response ?? null, error),
  };
}
