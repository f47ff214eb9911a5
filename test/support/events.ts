import type { APIGatewayProxyEventV2WithJWTAuthorizer, Context, SQSEvent, SQSRecord } from "aws-lambda";
import { T0 } from "./builders.ts";

/** Events as AWS makes them, typed; a test says only what it is about. */

type Call = {
  /** Somebody's subject identifier; null for a call without a token. */
  sub?: string | null;
  /** An object is sent as JSON, a string as it is. */
  body?: unknown;
  headers?: Record<string, string>;
  query?: Record<string, string>;
  base64?: boolean;
};

/** A call of `GET /meds/extract/{job_id}/status`, with what stands for each parameter. */
export function httpEvent(
  routeKey: string,
  parameters: Record<string, string> = {},
  { sub = "nurse", body, headers = {}, query, base64 = false }: Call = {},
): APIGatewayProxyEventV2WithJWTAuthorizer {
  const [method = "", path = ""] = routeKey.split(" ");
  const rawPath = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? "");
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const claims: Record<string, string> = sub === null ? {} : { sub };
  return {
    version: "2.0",
    routeKey,
    rawPath,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: { ...(text === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(query ? { queryStringParameters: query } : {}),
    ...(Object.keys(parameters).length > 0 ? { pathParameters: parameters } : {}),
    ...(text === undefined ? {} : { body: base64 ? Buffer.from(text).toString("base64") : text }),
    isBase64Encoded: base64,
    requestContext: {
      accountId: "123456789012",
      apiId: "api",
      domainName: "api.example",
      domainPrefix: "api",
      http: { method, path: rawPath, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "tablet" },
      requestId: "request-1",
      routeKey,
      stage: "$default",
      time: "05/Jan/2026:09:00:00 +0000",
      timeEpoch: 1_767_603_600_000,
      authorizer: { principalId: "", integrationLatency: 0, jwt: { claims, scopes: [] } },
    },
  };
}

export function sqsEvent(...bodies: (string | { body: string; receives: number })[]): SQSEvent {
  return {
    Records: bodies.map((given, index): SQSRecord => {
      const { body, receives } = typeof given === "string" ? { body: given, receives: 1 } : given;
      return {
        messageId: `message-${index + 1}`,
        receiptHandle: `receipt-${index + 1}`,
        body,
        attributes: {
          ApproximateReceiveCount: String(receives),
          SentTimestamp: String(T0),
          SenderId: "s3",
          ApproximateFirstReceiveTimestamp: "0",
        },
        messageAttributes: {},
        md5OfBody: "",
        eventSource: "aws:sqs",
        eventSourceARN: "arn:aws:sqs:us-east-1:123456789012:scans",
        awsRegion: "us-east-1",
      };
    }),
  };
}

/** What S3 puts on the queue when an object was created. */
export const s3Event = (key: string, eventName = "ObjectCreated:Put"): string =>
  JSON.stringify({ Records: [{ eventName, s3: { bucket: { name: "photos" }, object: { key, size: 10 } } }] });

export function lambdaContext(remainingMs = 60_000): Context {
  const unused = () => undefined;
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: "function",
    functionVersion: "$LATEST",
    invokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:function",
    memoryLimitInMB: "1024",
    awsRequestId: "invocation-1",
    logGroupName: "group",
    logStreamName: "stream",
    getRemainingTimeInMillis: () => remainingMs,
    done: unused,
    fail: unused,
    succeed: unused,
  };
}
