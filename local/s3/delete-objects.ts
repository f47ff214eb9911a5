import type { Version } from "./catalog.ts";
import { S3Error } from "./errors.ts";
import { receiveXml } from "./receive.ts";
import { type Call, type Reply, xmlReply } from "./service.ts";
import { announce, NULL_VERSION, newVersionId } from "./versions.ts";
import { elements, parseRequest, textOf, toXml } from "./xml.ts";

/** S3 deletes at most so many keys in one request. */
const MAX_KEYS = 1000;

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
async function remove(
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

/** DeleteObjects: up to 1,000 keys in one request, each with its own outcome. */
export async function deleteObjects(call: Call): Promise<Reply> {
  const body = await receiveXml(call.request, call.claim);
  const request = parseRequest("Delete", body);
  const objects = elements(request.Object).map((object) => ({
    key: textOf(object, "Key"),
    versionId: textOf(object, "VersionId") ?? null,
  }));
  if (objects.length === 0 || objects.length > MAX_KEYS) {
    throw new S3Error("MalformedXML", `A delete names 1 to ${MAX_KEYS} objects`);
  }
  const deleted = [];
  for (const { key, versionId } of objects) {
    if (key === undefined || key === "") throw new S3Error("MalformedXML", "An object to delete has no key");
    const outcome = await remove(call, key, versionId);
    deleted.push({
      Key: key,
      VersionId: versionId ?? undefined,
      ...(outcome.deleteMarker
        ? { DeleteMarker: true, DeleteMarkerVersionId: outcome.versionId ?? undefined }
        : {}),
    });
  }
  const quiet = textOf(request as Record<string, string>, "Quiet") === "true";
  return xmlReply(toXml("DeleteResult", quiet ? {} : { Deleted: deleted }));
}
