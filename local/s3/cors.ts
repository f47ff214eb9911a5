import { S3Error } from "./errors.ts";
import type { S3Request } from "./request.ts";
import type { Reply } from "./service.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html; `*` stands for any characters. */
export type CorsRule = {
  readonly allowedOrigins: readonly string[];
  readonly allowedMethods: readonly string[];
  readonly allowedHeaders?: readonly string[];
  readonly exposedHeaders?: readonly string[];
  readonly maxAgeSeconds?: number;
};

const VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";

/** What a browser asks before it sends a request across origins; it is never signed. */
export function preflight(request: S3Request, rules: readonly CorsRule[]): Reply {
  const origin = request.headers.get("origin");
  const method = request.headers.get("access-control-request-method");
  if (origin === null) {
    throw new S3Error("BadRequest", "Insufficient information. Origin request header needed.");
  }
  if (method === null) {
    throw new S3Error("BadRequest", `Invalid Access-Control-Request-Method: ${method}`);
  }
  const wanted = namesIn(request.headers.get("access-control-request-headers"));
  const rule = rules.find((candidate) => allows(candidate, origin, method, wanted));
  if (rule === undefined) {
    throw new S3Error(
      "AccessForbidden",
      rules.length === 0
        ? "CORSResponse: CORS is not enabled for this bucket."
        : "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
      { Method: method, ResourceType: "OBJECT" },
    );
  }
  return {
    status: 200,
    headers: {
      ...answer(rule, origin),
      ...(wanted.length === 0 ? {} : { "access-control-allow-headers": wanted.join(", ") }),
      ...(rule.maxAgeSeconds === undefined ? {} : { "access-control-max-age": String(rule.maxAgeSeconds) }),
    },
  };
}

/** What the browser needs to see on the answer to the request itself; nothing when no rule allows its origin. */
export function corsHeaders(request: S3Request, rules: readonly CorsRule[]): Record<string, string> {
  const origin = request.headers.get("origin");
  if (origin === null) return {};
  const rule = rules.find((candidate) => allows(candidate, origin, request.method, []));
  return rule === undefined ? {} : answer(rule, origin);
}

function answer(rule: CorsRule, origin: string): Record<string, string> {
  const anyOrigin = rule.allowedOrigins.includes("*");
  return {
    "access-control-allow-origin": anyOrigin ? "*" : origin,
    ...(anyOrigin ? {} : { "access-control-allow-credentials": "true" }),
    "access-control-allow-methods": rule.allowedMethods.join(", "),
    ...(rule.exposedHeaders === undefined || rule.exposedHeaders.length === 0
      ? {}
      : { "access-control-expose-headers": rule.exposedHeaders.join(", ") }),
    vary: VARY,
  };
}

function allows(rule: CorsRule, origin: string, method: string, headers: readonly string[]): boolean {
  return (
    rule.allowedOrigins.some((pattern) => wildcard(pattern, origin)) &&
    rule.allowedMethods.includes(method) &&
    headers.every((header) =>
      rule.allowedHeaders?.some((pattern) => wildcard(pattern.toLowerCase(), header.toLowerCase())),
    )
  );
}

function wildcard(pattern: string, text: string): boolean {
  const [head = "", ...tails] = pattern.split("*");
  const tail = tails.join("*");
  if (tails.length === 0) return head === text;
  return text.length >= head.length + tail.length && text.startsWith(head) && text.endsWith(tail);
}

function namesIn(list: string | null): string[] {
  return (list ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
