import { S3Error } from "./errors.ts";

type Subject = { readonly etag: string; readonly modified: Date };

/**
 * Whether a conditional GET or HEAD is answered with the object or with 304; PreconditionFailed when the object is not
 * the one that was asked for. RFC 9110, section 13.2.2.
 */
export function readCondition(headers: Headers, subject: Subject): "send" | "not modified" {
  const ifMatch = headers.get("if-match");
  const unmodifiedSince = dateOf(headers.get("if-unmodified-since"));
  if (ifMatch !== null) {
    if (!matches(ifMatch, subject.etag)) throw preconditionFailed("If-Match");
  } else if (unmodifiedSince !== undefined && wholeSeconds(subject.modified) > unmodifiedSince) {
    throw preconditionFailed("If-Unmodified-Since");
  }
  const ifNoneMatch = headers.get("if-none-match");
  const modifiedSince = dateOf(headers.get("if-modified-since"));
  if (ifNoneMatch !== null) return matches(ifNoneMatch, subject.etag) ? "not modified" : "send";
  if (modifiedSince !== undefined && wholeSeconds(subject.modified) <= modifiedSince) return "not modified";
  return "send";
}

/**
 * Whether a conditional write may go ahead.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function checkWriteCondition(headers: Headers, existing: Subject | undefined): void {
  const ifNoneMatch = headers.get("if-none-match");
  if (ifNoneMatch !== null) {
    if (ifNoneMatch !== "*") throw new S3Error("NotImplemented", "If-None-Match of a write takes only *");
    if (existing !== undefined) throw preconditionFailed("If-None-Match");
  }
  const ifMatch = headers.get("if-match");
  if (ifMatch === null) return;
  if (existing === undefined) throw new S3Error("NoSuchKey", "The specified key does not exist.");
  if (!matches(ifMatch, existing.etag)) throw preconditionFailed("If-Match");
}

/** Both ends included. Undefined when the whole object is to be sent: no range, several, or none that makes sense. */
export function readRange(
  headers: Headers,
  size: number,
  subject: Subject,
): { start: number; end: number } | undefined {
  const range = headers.get("range");
  if (range === null) return undefined;
  const ifRange = headers.get("if-range");
  if (ifRange !== null && ifRange !== `"${subject.etag}"`) return undefined;
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range.trim());
  const [, first = "", last = ""] = match ?? [];
  if (first === "" && last === "") return undefined;
  const start = first === "" ? Math.max(size - Number(last), 0) : Number(first);
  const end = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
  if (start >= size) {
    throw new S3Error(
      "InvalidRange",
      "The requested range is not satisfiable",
      { RangeRequested: range, ActualObjectSize: size },
      { "content-range": `bytes */${size}` },
    );
  }
  return { start, end };
}

function matches(condition: string, etag: string): boolean {
  return condition
    .split(",")
    .map((candidate) =>
      candidate
        .trim()
        .replace(/^W\//, "")
        .replace(/^"(.*)"$/, "$1"),
    )
    .some((candidate) => candidate === "*" || candidate === etag);
}

function dateOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

/** HTTP dates have no fractions of a second. */
function wholeSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000) * 1000;
}

function preconditionFailed(condition: string): S3Error {
  return new S3Error("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
    Condition: condition,
  });
}
