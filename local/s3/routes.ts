import { completeUpload } from "./complete-upload.ts";
import { deleteObject, deleteObjects } from "./delete-objects.ts";
import { notImplemented, S3Error } from "./errors.ts";
import { listObjects } from "./list-objects.ts";
import { listParts, listUploads } from "./list-uploads.ts";
import { abortUpload, createUpload, uploadPart } from "./multipart.ts";
import { getObject, getObjectAttributes } from "./read-object.ts";
import type { S3Request } from "./request.ts";
import type { Call, Reply } from "./service.ts";
import { putObject } from "./write-object.ts";

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
  {
    method: "GET",
    on: "bucket",
    marks: ["uploads"],
    takes: ["prefix", "key-marker", "upload-id-marker", "max-uploads", "encoding-type"],
    run: listUploads,
  },
  { method: "PUT", on: "object", marks: [], takes: [], run: putObject },
  { method: "PUT", on: "object", marks: ["uploadId", "partNumber"], takes: [], run: uploadPart },
  { method: "POST", on: "object", marks: ["uploads"], takes: [], run: createUpload },
  { method: "POST", on: "object", marks: ["uploadId"], takes: [], run: completeUpload },
  { method: "DELETE", on: "object", marks: ["uploadId"], takes: [], run: abortUpload },
  {
    method: "GET",
    on: "object",
    marks: ["uploadId"],
    takes: ["part-number-marker", "max-parts"],
    run: listParts,
  },
  { method: "GET", on: "object", marks: ["attributes"], takes: ["versionId"], run: getObjectAttributes },
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
