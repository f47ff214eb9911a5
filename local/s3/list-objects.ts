import type { Sequenced, Version } from "./catalog.ts";
import { S3Error } from "./errors.ts";
import { escapeUri, numberFromQuery } from "./request.ts";
import { type Call, type Reply, xmlReply } from "./service.ts";
import { toXml } from "./xml.ts";

/** S3 answers at most so many keys at once. */
const MAX_KEYS = 1000;

/** ListObjectsV2. The continuation token is where the next page starts, so it needs no memory here. */
export function listObjects(call: Call): Reply {
  const { query } = call.request;
  if (query.get("list-type") !== "2")
    throw new S3Error("NotImplemented", "Only ListObjectsV2 (list-type=2) is here");
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const startAfter = query.get("start-after") ?? undefined;
  const token = query.get("continuation-token") ?? undefined;
  const encode = encoder(query.get("encoding-type"));
  const maxKeys = Math.min(
    numberFromQuery(call.request, "max-keys", { least: 0, most: 2 ** 31 - 1, otherwise: MAX_KEYS }),
    MAX_KEYS,
  );
  const from = token === undefined ? after(startAfter) : Buffer.from(token, "base64url").toString("utf8");
  const page = collect(call, { prefix, delimiter, from, maxKeys });
  return xmlReply(
    toXml("ListBucketResult", {
      Name: call.bucket.name,
      Prefix: encode(prefix),
      Delimiter: delimiter === "" ? undefined : encode(delimiter),
      MaxKeys: maxKeys,
      EncodingType: query.get("encoding-type") ?? undefined,
      KeyCount: page.objects.length + page.commonPrefixes.length,
      IsTruncated: page.next !== undefined,
      ContinuationToken: token,
      NextContinuationToken:
        page.next === undefined ? undefined : Buffer.from(page.next).toString("base64url"),
      StartAfter: startAfter === undefined ? undefined : encode(startAfter),
      Contents: page.objects.map((version) => ({
        Key: encode(version.key),
        LastModified: version.modified.toISOString(),
        ETag: `"${version.etag}"`,
        ...(version.checksum === null
          ? {}
          : { ChecksumAlgorithm: version.checksum.algorithm, ChecksumType: version.checksum.type }),
        Size: version.size,
        StorageClass: version.headers["x-amz-storage-class"] ?? "STANDARD",
      })),
      CommonPrefixes: page.commonPrefixes.map((common) => ({ Prefix: encode(common) })),
    }),
  );
}

type Page = {
  readonly objects: readonly Sequenced<Version>[];
  readonly commonPrefixes: readonly string[];
  /** Where the next page starts, that key included; undefined when this page is the last. */
  readonly next: string | undefined;
};

function collect(
  { service, bucket }: Call,
  wanted: { prefix: string; delimiter: string; from: string; maxKeys: number },
): Page {
  const { prefix, delimiter, maxKeys } = wanted;
  const objects: Sequenced<Version>[] = [];
  const commonPrefixes: string[] = [];
  let from = Buffer.compare(Buffer.from(wanted.from), Buffer.from(prefix)) > 0 ? wanted.from : prefix;
  if (maxKeys === 0) return { objects, commonPrefixes, next: undefined };
  for (;;) {
    const batch = service.catalog.list(bucket.name, from, MAX_KEYS);
    let jumped = false;
    for (const version of batch) {
      if (!version.key.startsWith(prefix)) return { objects, commonPrefixes, next: undefined };
      if (objects.length + commonPrefixes.length === maxKeys) return { objects, commonPrefixes, next: from };
      const cut = delimiter === "" ? -1 : version.key.indexOf(delimiter, prefix.length);
      if (cut < 0) {
        objects.push(version);
        from = after(version.key);
        continue;
      }
      const common = version.key.slice(0, cut + delimiter.length);
      commonPrefixes.push(common);
      const beyond = afterAllStartingWith(common);
      if (beyond === undefined) return { objects, commonPrefixes, next: undefined };
      from = beyond;
      jumped = true;
      break;
    }
    if (!jumped && batch.length < MAX_KEYS) return { objects, commonPrefixes, next: undefined };
  }
}

/** The least key that is greater than this one. */
function after(key: string | undefined): string {
  return key === undefined ? "" : `${key}\u0000`;
}

/** The least key greater than every key with this prefix, in the order of UTF-8 bytes; undefined if there is none. */
function afterAllStartingWith(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.length > 0) {
    const last = points.pop() ?? 0;
    // Half of a surrogate pair (U+D800 to U+DFFF) is no character.
    const next = last === 0xd7ff ? 0xe000 : last + 1;
    if (next <= 0x10ffff) return String.fromCodePoint(...points, next);
  }
  return undefined;
}

export function encoder(encodingType: string | null): (text: string) => string {
  if (encodingType === null) return (text) => text;
  if (encodingType !== "url")
    throw new S3Error("InvalidArgument", "Invalid Encoding Method specified in Request");
  return (text) => text.split("/").map(escapeUri).join("/");
}
