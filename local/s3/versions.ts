import { randomBytes } from "node:crypto";
import type { Sequenced, Version } from "./catalog.ts";
import { type Checksum, checksumHeader } from "./checksums.ts";
import type { ObjectEvent } from "./notifications.ts";
import type { Bucket, Call } from "./service.ts";

/** The name S3 gives to the only version of an object in a bucket without versioning. */
export const NULL_VERSION = "null";
const VERSION_ID_BYTES = 24;

export function newVersionId(bucket: Bucket): string {
  return bucket.versioned ? randomBytes(VERSION_ID_BYTES).toString("base64url") : NULL_VERSION;
}

export function versionHeader(bucket: Bucket, versionId: string): Record<string, string> {
  return bucket.versioned ? { "x-amz-version-id": versionId } : {};
}

export function checksumHeaders(checksum: Checksum): Record<string, string> {
  return { [checksumHeader(checksum.algorithm)]: checksum.value, "x-amz-checksum-type": checksum.type };
}

/** Sends the events that the change of an object asks for. */
export function announce(
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
