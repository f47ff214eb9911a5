import { randomBytes } from "node:crypto";
import type { Sequenced, Version } from "./catalog.ts";
import { type Checksum, checksumHeader } from "./checksums.ts";
import { checkWriteCondition, readCondition, readRange } from "./conditions.ts";
import { S3Error } from "./errors.ts";
import type { ObjectEvent } from "./notifications.ts";
import { MAX_OBJECT_PUT_BYTES, receive } from "./receive.ts";
import type { Bucket, Call, Reply } from "./service.ts";
import { headersToKeep } from "./stored-headers.ts";

/** The name S3 gives to the only version of an object in a bucket without versioning. */
const NULL_VERSION = "null";
const VERSION_ID_BYTES = 24;

/** Answers 200 once the object is on the disk; the events go out after that. */
export async function putObject(call: Call): Promise<Reply> {
  const { request, claim, bucket, service } = call;
  const kept = headersToKeep(request.headers);
  // Asked before the body as well, so that a refused upload is not sent in vain.
  checkWriteCondition(request.headers, existing(call));
  const { file, filled } = await service.files.write((take) =>
    receive(request, claim, MAX_OBJECT_PUT_BYTES, take),
  );
  const pieces = [{ file, size: filled.size }];
  const version = await publish(call, "ObjectCreated:Put", {
    size: filled.size,
    etag: filled.md5,
    headers: kept,
    checksum: filled.checksum,
    pieces,
  }).catch(async (error) => {
    await service.files.remove(pieces);
    throw error;
  });
  return {
    status: 200,
    headers: {
      etag: `"${version.etag}"`,
      ...versionHeader(bucket, version.versionId),
      ...(version.checksum === null ? {} : checksumHeaders(version.checksum)),
    },
  };
}

/**
 * Makes uploaded pieces an object, if the request's condition still holds in the same turn: of two writers with
 * If-None-Match at once, one is refused here. `alongside` runs in the same transaction.
 */
export async function publish(
  call: Call,
  event: ObjectEvent["name"],
  content: Pick<Version, "size" | "etag" | "headers" | "checksum" | "pieces">,
  alongside: (version: Version) => void = () => undefined,
): Promise<Version> {
  const { request, bucket, service } = call;
  const version: Version = {
    bucket: bucket.name,
    key: request.key,
    versionId: newVersionId(bucket),
    deleteMarker: false,
    modified: service.now(),
    ...content,
  };
  const { sequence, replaced } = service.catalog.transaction(() => {
    checkWriteCondition(request.headers, existing(call));
    alongside(version);
    return service.catalog.put(version);
  });
  announce(call, event, { ...version, sequence });
  await service.files.remove(replaced);
  return version;
}

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

/** In a versioned bucket only puts a marker on top, unless one version is named. */
export async function deleteObject(call: Call): Promise<Reply> {
  const outcome = await remove(call, call.request.key, call.request.query.get("versionId"));
  return {
    status: 204,
    headers: {
      ...(outcome.versionId === undefined ? {} : { "x-amz-version-id": outcome.versionId }),
      ...(outcome.deleteMarker ? { "x-amz-delete-marker": "true" } : {}),
    },
  };
}

/** Deleting what is not there succeeds, as S3 does. */
export async function remove(
  call: Call,
  key: string,
  versionId: string | null,
): Promise<{ versionId?: string; deleteMarker: boolean }> {
  const { bucket, service } = call;
  if (versionId === null && bucket.versioned) {
    const marker: Version = {
      bucket: bucket.name,
      key,
      versionId: newVersionId(bucket),
      deleteMarker: true,
      size: 0,
      etag: "",
      modified: service.now(),
      headers: {},
      checksum: null,
      pieces: [],
    };
    const { sequence } = service.catalog.transaction(() => service.catalog.put(marker));
    announce(call, "ObjectRemoved:DeleteMarkerCreated", { ...marker, sequence });
    return { versionId: marker.versionId, deleteMarker: true };
  }
  const gone = service.catalog.transaction(() =>
    service.catalog.forget(bucket.name, key, versionId ?? NULL_VERSION),
  );
  if (gone !== undefined) {
    announce(call, "ObjectRemoved:Delete", gone);
    await service.files.remove(gone.pieces);
  }
  return {
    ...(versionId === null ? {} : { versionId }),
    deleteMarker: gone?.deleteMarker ?? false,
  };
}

function existing({ request, bucket, service }: Call): Version | undefined {
  const version = service.catalog.current(bucket.name, request.key);
  return version?.deleteMarker ? undefined : version;
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

function announce(
  { request, bucket, service }: Call,
  name: ObjectEvent["name"],
  version: Sequenced<Version>,
): void {
  service.notifier.send(bucket.name, bucket.notifications ?? [], {
    name,
    requestId: request.id,
    sourceAddress: request.incoming.socket.remoteAddress ?? "",
    key: version.key,
    size: version.size,
    etag: version.etag,
    versionId: bucket.versioned ? version.versionId : undefined,
    sequence: version.sequence,
  });
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
      return value === null ? [] : [[name, value]];
    }),
  );
}

function checksumIfAsked(headers: Headers, checksum: Checksum | null): Record<string, string> {
  if (checksum === null || headers.get("x-amz-checksum-mode")?.toUpperCase() !== "ENABLED") return {};
  return checksumHeaders(checksum);
}

function checksumHeaders(checksum: Checksum): Record<string, string> {
  return { [checksumHeader(checksum.algorithm)]: checksum.value, "x-amz-checksum-type": checksum.type };
}

export function versionHeader(bucket: Bucket, versionId: string): Record<string, string> {
  return bucket.versioned ? { "x-amz-version-id": versionId } : {};
}

function newVersionId(bucket: Bucket): string {
  return bucket.versioned ? randomBytes(VERSION_ID_BYTES).toString("base64url") : NULL_VERSION;
}

function pick(headers: Record<string, string>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => names.includes(name)));
}
