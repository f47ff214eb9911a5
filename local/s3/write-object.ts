import type { Version } from "./catalog.ts";
import { checkWriteCondition } from "./conditions.ts";
import type { ObjectEvent } from "./notifications.ts";
import { MAX_OBJECT_PUT_BYTES, receive } from "./receive.ts";
import type { Call, Reply } from "./service.ts";
import { headersToKeep } from "./stored-headers.ts";
import { announce, checksumHeaders, newVersionId, versionHeader } from "./versions.ts";

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

function existing({ request, bucket, service }: Call): Version | undefined {
  const version = service.catalog.current(bucket.name, request.key);
  return version?.deleteMarker ? undefined : version;
}
