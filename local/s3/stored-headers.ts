import { notImplemented, S3Error } from "./errors.ts";

/** What an upload's headers say of the object, kept and given back with it. */
const KEPT: ReadonlySet<string> = new Set([
  "content-type",
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "expires",
  "x-amz-storage-class",
  "x-amz-server-side-encryption",
  "x-amz-server-side-encryption-aws-kms-key-id",
  "x-amz-server-side-encryption-bucket-key-enabled",
]);

/** x-amz-* headers that this server acts on, or may ignore without changing what a request means. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  "x-amz-content-sha256",
  "x-amz-date",
  "x-amz-decoded-content-length",
  "x-amz-expected-bucket-owner",
  "x-amz-mp-object-size",
  "x-amz-object-attributes",
  "x-amz-request-payer",
  "x-amz-sdk-checksum-algorithm",
  "x-amz-trailer",
  "x-amz-user-agent",
]);

/** The most user metadata S3 takes, in bytes of names and values. */
const MAX_METADATA_BYTES = 2048;
const METADATA_PREFIX = "x-amz-meta-";

/** Refuses what would silently not happen here: ACLs, tags, copies, locks, customer keys. */
export function refuseUnknownHeaders(headers: Headers): void {
  for (const name of headers.keys()) {
    const understood =
      !name.startsWith("x-amz-") ||
      name.startsWith(METADATA_PREFIX) ||
      name.startsWith("x-amz-checksum-") ||
      KEPT.has(name) ||
      UNDERSTOOD.has(name);
    if (!understood) throw notImplemented(name);
  }
}

export function headersToKeep(headers: Headers): Record<string, string> {
  const kept: Record<string, string> = { "content-type": "binary/octet-stream" };
  let metadataBytes = 0;
  for (const [name, value] of headers) {
    if (name.startsWith(METADATA_PREFIX)) {
      metadataBytes += name.length - METADATA_PREFIX.length + value.length;
      kept[name] = value;
    } else if (name === "content-encoding") {
      const encoding = withoutAwsChunked(value);
      if (encoding !== "") kept[name] = encoding;
    } else if (KEPT.has(name)) {
      kept[name] = value;
    }
  }
  if (metadataBytes > MAX_METADATA_BYTES) {
    throw new S3Error("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", {
      Size: metadataBytes,
      MaxSizeAllowed: MAX_METADATA_BYTES,
    });
  }
  return kept;
}

/** aws-chunked is how the body travelled, not what it is. */
function withoutAwsChunked(encoding: string): string {
  return encoding
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "aws-chunked")
    .join(",");
}
