import { notImplemented, S3Error } from "./errors.ts";
import { deleteObjects, listObjects } from "./listing.ts";
import { deleteObject, getObject, putObject } from "./objects.ts";
import type { S3Request } from "./request.ts";
import type { Call, Reply } from "./service.ts";

type Operation = {
  readonly method: string;
  readonly on: "bucket" | "object";
  /** Query parameters that make a request this operation, whatever their value. */
  readonly marks: readonly string[];
  /** Query parameters the operation takes besides. */
  readonly takes: readonly string[];
  readonly run: (call: Call) => Reply | Promise<Reply>;
};

const RESPONSE_OVERRIDES = [
  "response-content-type",
  "response-content-language",
  "response-expires",
  "response-cache-control",
  "response-content-disposition",
  "response-content-encoding",
];

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html */
const OPERATIONS: readonly Operation[] = [
  { method: "HEAD", on: "bucket", marks: [], takes: [], run: () => ({ status: 200 }) },
  {
    method: "GET",
    on: "bucket",
    marks: ["list-type"],
    takes: [
      "prefix",
      "delimiter",
      "max-keys",
      "continuation-token",
      "start-after",
      "encoding-type",
      "fetch-owner",
    ],
    run: listObjects,
  },
  { method: "POST", on: "bucket", marks: ["delete"], takes: [], run: deleteObjects },
  { method: "PUT", on: "object", marks: [], takes: [], run: putObject },
  { method: "GET", on: "object", marks: [], takes: ["versionId", ...RESPONSE_OVERRIDES], run: getObject },
  { method: "HEAD", on: "object", marks: [], takes: ["versionId", ...RESPONSE_OVERRIDES], run: getObject },
  { method: "DELETE", on: "object", marks: [], takes: ["versionId"], run: deleteObject },
];

/** The SDK names its operation in x-id; it changes nothing. */
const ALWAYS_TAKEN: ReadonlySet<string> = new Set(["x-id"]);

/**
 * The operation a request asks for. A query parameter that none of them knows is refused: it would be a sub-resource
 * (tagging, acl ...), and a PUT of an object's tags must never become a PUT of the object.
 */
export function operationFor(request: S3Request): (call: Call) => Reply | Promise<Reply> {
  const on = request.key === "" ? "bucket" : "object";
  const parameters = [...new Set(request.query.keys())].filter((name) => !ALWAYS_TAKEN.has(name));
  const candidates = OPERATIONS.filter(
    (operation) => operation.on === on && operation.method === request.method,
  );
  const operation = candidates.find(
    ({ marks, takes }) =>
      marks.every((mark) => request.query.has(mark)) &&
      parameters.every((parameter) => marks.includes(parameter) || takes.includes(parameter)),
  );
  if (operation !== undefined) return operation.run;
  if (candidates.length > 0)
    throw notImplemented(`${request.method} with ${parameters.join(", ") || "no query"}`);
  throw new S3Error("MethodNotAllowed", "The specified method is not allowed against this resource.", {
    Method: request.method,
    ResourceType: on.toUpperCase(),
  });
}
