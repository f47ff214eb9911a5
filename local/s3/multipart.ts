import { randomBytes } from "node:crypto";
import { algorithmNamed, type Checksum, checksumHeader, claimedChecksum } from "./checksums.ts";
import { S3Error } from "./errors.ts";
import { MAX_OBJECT_PUT_BYTES, receive } from "./receive.ts";
import { numberFromQuery } from "./request.ts";
import { type Call, type Reply, xmlReply } from "./service.ts";
import { headersToKeep } from "./stored-headers.ts";
import type { Part, Upload } from "./uploads.ts";
import { toXml } from "./xml.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MAX_PART_NUMBER = 10_000;
const UPLOAD_ID_BYTES = 32;

/** CreateMultipartUpload. */
export function createUpload(call: Call): Reply {
  const { request, bucket, service } = call;
  const upload: Upload = {
    uploadId: randomBytes(UPLOAD_ID_BYTES).toString("base64url"),
    bucket: bucket.name,
    key: request.key,
    started: service.now(),
    headers: headersToKeep(request.headers),
    checksum: wantedChecksum(request.headers),
    completed: null,
  };
  service.catalog.transaction(() => service.uploads.open(upload));
  return xmlReply(
    toXml("InitiateMultipartUploadResult", {
      Bucket: bucket.name,
      Key: request.key,
      UploadId: upload.uploadId,
    }),
    upload.checksum === null
      ? {}
      : {
          "x-amz-checksum-algorithm": upload.checksum.algorithm,
          "x-amz-checksum-type": upload.checksum.type,
        },
  );
}

function wantedChecksum(headers: Headers): Upload["checksum"] {
  const name = headers.get("x-amz-checksum-algorithm");
  const type = headers.get("x-amz-checksum-type");
  if (name === null) return null;
  const algorithm = algorithmNamed(name);
  const full = type === null ? algorithm === "CRC64NVME" : type === "FULL_OBJECT";
  // Only CRCs can be said of the whole object, and CRC64NVME of nothing else.
  if (full && algorithm.startsWith("CRC")) return { algorithm, type: "FULL_OBJECT" };
  if (!full && algorithm !== "CRC64NVME") return { algorithm, type: "COMPOSITE" };
  throw new S3Error(
    "InvalidRequest",
    `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  );
}

/** The open upload that a request names, of this very key; NoSuchUpload otherwise. */
export function openUpload(call: Call): Upload {
  const upload = knownUpload(call);
  if (upload.completed !== null) throw noSuchUpload();
  return upload;
}

/** As openUpload, but completed ones too. */
export function knownUpload({ request, bucket, service }: Call): Upload {
  const upload = service.uploads.find(request.query.get("uploadId") ?? "");
  if (upload === undefined || upload.bucket !== bucket.name || upload.key !== request.key)
    throw noSuchUpload();
  return upload;
}

function noSuchUpload(): S3Error {
  return new S3Error(
    "NoSuchUpload",
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
  );
}

/** UploadPart: the part is on the disk when this answers. A part of the same number is replaced. */
export async function uploadPart(call: Call): Promise<Reply> {
  const { request, claim, service } = call;
  const number = numberFromQuery(request, "partNumber", {
    least: 1,
    most: MAX_PART_NUMBER,
    otherwise: Number.NaN,
  });
  const upload = openUpload(call);
  checkAlgorithm(upload, request.headers);
  const { file, filled } = await service.files.write((take) =>
    receive(request, claim, MAX_OBJECT_PUT_BYTES, take),
  );
  const part: Part = {
    number,
    file,
    size: filled.size,
    etag: filled.md5,
    checksum: filled.checksum,
    modified: service.now(),
  };
  let replaced: Part | undefined;
  try {
    replaced = service.catalog.transaction(() => {
      // The upload may have been completed or aborted while the part was on its way.
      openUpload(call);
      return service.uploads.putPart(upload.uploadId, part);
    });
  } catch (error) {
    await service.files.remove([part]);
    throw error;
  }
  if (replaced !== undefined) await service.files.remove([replaced]);
  return {
    status: 200,
    headers: {
      etag: `"${part.etag}"`,
      ...(part.checksum === null ? {} : { [checksumHeader(part.checksum.algorithm)]: part.checksum.value }),
    },
  };
}

/** What SDKs add to a part by themselves; S3 takes these for an upload that was opened without a checksum. */
const UNDECLARED: readonly (string | undefined)[] = [undefined, "CRC32", "CRC64NVME"];

/**
 * Parts come with the checksum their upload was opened with. (Of a FULL_OBJECT checksum they may leave theirs out.)
 * Whether they do is known before the body is received.
 */
function checkAlgorithm({ checksum }: Upload, headers: Headers): void {
  const given = claimedChecksum(headers)?.algorithm;
  if (given === checksum?.algorithm) return;
  if (checksum === null && UNDECLARED.includes(given)) return;
  if (given === undefined && checksum?.type === "FULL_OBJECT") return;
  throw new S3Error(
    "InvalidRequest",
    `Checksum Type mismatch occurred, expected checksum Type: ${typeName(checksum?.algorithm)}, actual checksum Type: ${typeName(given)}`,
  );
}

function typeName(algorithm: Checksum["algorithm"] | undefined): string {
  return algorithm?.toLowerCase() ?? "null";
}

/** AbortMultipartUpload. */
export async function abortUpload(call: Call): Promise<Reply> {
  const { service } = call;
  const parts = service.catalog.transaction(() => service.uploads.forget(openUpload(call).uploadId));
  await service.files.remove(parts);
  return { status: 204 };
}
