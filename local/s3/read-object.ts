import type { Sequenced, Version } from "./catalog.ts";
import { type Checksum, checksumElement } from "./checksums.ts";
import { readCondition, readRange } from "./conditions.ts";
import { S3Error } from "./errors.ts";
import { type Call, type Reply, xmlReply } from "./service.ts";
import { checksumHeaders, versionHeader } from "./versions.ts";
import { toXml } from "./xml.ts";

export function getObject(call: Call): Reply {
  const { request, service } = call;
  const version = wantedVersion(call);
  const headers = describe(call, version);
  if (readCondition(request.headers, version) === "not modified") {
    return { status: 304, headers: pick(headers, ["etag", "last-modified", "cache-control", "expires"]) };
  }
  const range = readRange(request.headers, version.size, version);
  const { start, end } = range ?? { start: 0, end: version.size - 1 };
  const answered = {
    ...headers,
    ...responseOverrides(request.query),
    "content-length": String(end - start + 1),
    ...(range === undefined
      ? checksumIfAsked(request.headers, version.checksum)
      : { "content-range": `bytes ${start}-${end}/${version.size}` }),
  };
  const status = range === undefined ? 200 : 206;
  if (request.method === "HEAD") return { status, headers: answered };
  return {
    status,
    headers: answered,
    done: service.files.retain(version.pieces),
    body: service.files.read(version.pieces, start, end),
  };
}

/** GetObjectAttributes: what is known of an object without its bytes. */
export function getObjectAttributes(call: Call): Reply {
  const version = wantedVersion(call);
  const { checksum, pieces } = version;
  const asked = (call.request.headers.get("x-amz-object-attributes") ?? "")
    .split(",")
    .map((name) => name.trim());
  const ifAsked = <T>(name: string, value: T): T | undefined => (asked.includes(name) ? value : undefined);
  return xmlReply(
    toXml("GetObjectAttributesResponse", {
      ETag: ifAsked("ETag", version.etag),
      Checksum:
        checksum === null
          ? undefined
          : ifAsked("Checksum", {
              [checksumElement(checksum.algorithm)]: checksum.value,
              ChecksumType: checksum.type,
            }),
      ObjectParts: pieces.length > 1 ? ifAsked("ObjectParts", { PartsCount: pieces.length }) : undefined,
      StorageClass: ifAsked("StorageClass", version.headers["x-amz-storage-class"] ?? "STANDARD"),
      ObjectSize: ifAsked("ObjectSize", version.size),
    }),
    {
      "last-modified": version.modified.toUTCString(),
      ...versionHeader(call.bucket, version.versionId),
    },
  );
}

/** The version a GET or HEAD asks for; NoSuchKey, NoSuchVersion or, for a delete marker, what S3 answers to those. */
export function wantedVersion({ request, bucket, service }: Call): Sequenced<Version> {
  const versionId = request.query.get("versionId");
  if (versionId !== null) {
    const version = service.catalog.version(bucket.name, request.key, versionId);
    if (version === undefined) {
      throw new S3Error("NoSuchVersion", "The specified version does not exist.", {
        Key: request.key,
        VersionId: versionId,
      });
    }
    if (!version.deleteMarker) return version;
    throw new S3Error(
      "MethodNotAllowed",
      "The specified method is not allowed against this resource.",
      { Method: request.method, ResourceType: "DeleteMarker" },
      { "x-amz-delete-marker": "true", "x-amz-version-id": versionId, allow: "DELETE" },
    );
  }
  const version = service.catalog.current(bucket.name, request.key);
  if (version !== undefined && !version.deleteMarker) return version;
  throw new S3Error(
    "NoSuchKey",
    "The specified key does not exist.",
    { Key: request.key },
    version === undefined ? {} : { "x-amz-delete-marker": "true", "x-amz-version-id": version.versionId },
  );
}

function describe({ bucket }: Call, version: Version): Record<string, string> {
  return {
    "accept-ranges": "bytes",
    "last-modified": version.modified.toUTCString(),
    etag: `"${version.etag}"`,
    ...versionHeader(bucket, version.versionId),
    ...version.headers,
  };
}

/** A presigned GET may say how its answer is to be named and typed: response-content-disposition and the like. */
function responseOverrides(query: URLSearchParams): Record<string, string> {
  const names = [
    "content-type",
    "content-language",
    "expires",
    "cache-control",
    "content-disposition",
    "content-encoding",
  ];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = query.get(`response-${name}`);
      if (value === null) return [];
      if (/^[\u0020-\u007e\u00a0-\u00ff]*$/.test(value)) return [[name, value]];
      throw new S3Error("InvalidArgument", "Header value cannot be represented using ISO-8859-1.", {
        ArgumentName: `response-${name}`,
      });
    }),
  );
}

function checksumIfAsked(headers: Headers, checksum: Checksum | null): Record<string, string> {
  if (checksum === null || headers.get("x-amz-checksum-mode")?.toUpperCase() !== "ENABLED") return {};
  return checksumHeaders(checksum);
}

function pick(headers: Record<string, string>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => names.includes(name)));
}
