import { checksumElement } from "./checksums.ts";
import { encoder } from "./list-objects.ts";
import { openUpload } from "./multipart.ts";
import { numberFromQuery } from "./request.ts";
import { type Call, type Reply, xmlReply } from "./service.ts";
import { toXml } from "./xml.ts";

/** S3 answers at most so many parts or uploads at once. */
const MAX_ENTRIES = 1000;
const PAGE = { least: 0, most: 2 ** 31 - 1, otherwise: MAX_ENTRIES };

/** ListParts: what of an upload has arrived, so that it can be resumed. */
export function listParts(call: Call): Reply {
  const { request, bucket, service } = call;
  const upload = openUpload(call);
  const marker = numberFromQuery(request, "part-number-marker", { ...PAGE, otherwise: 0 });
  const most = Math.min(numberFromQuery(request, "max-parts", PAGE), MAX_ENTRIES);
  const found = service.uploads.parts(upload.uploadId, marker, most + 1);
  const page = found.slice(0, most);
  return xmlReply(
    toXml("ListPartsResult", {
      Bucket: bucket.name,
      Key: request.key,
      UploadId: upload.uploadId,
      PartNumberMarker: marker,
      NextPartNumberMarker: page.at(-1)?.number ?? marker,
      MaxParts: most,
      IsTruncated: most > 0 && found.length > most,
      StorageClass: upload.headers["x-amz-storage-class"] ?? "STANDARD",
      ...(upload.checksum === null
        ? {}
        : { ChecksumAlgorithm: upload.checksum.algorithm, ChecksumType: upload.checksum.type }),
      Part: page.map((part) => ({
        PartNumber: part.number,
        LastModified: part.modified.toISOString(),
        ETag: `"${part.etag}"`,
        Size: part.size,
        ...(part.checksum === null
          ? {}
          : { [checksumElement(part.checksum.algorithm)]: part.checksum.value }),
      })),
    }),
  );
}

/** ListMultipartUploads, without delimiter. */
export function listUploads(call: Call): Reply {
  const { request, bucket, service } = call;
  const { query } = request;
  const encode = encoder(query.get("encoding-type"));
  const prefix = query.get("prefix") ?? "";
  const keyMarker = query.get("key-marker") ?? "";
  // Without an upload id the marker stands for all uploads of its key: U+10FFFF sorts behind every one of them.
  const uploadIdMarker = query.get("upload-id-marker") ?? "\u{10ffff}";
  const most = Math.min(numberFromQuery(request, "max-uploads", PAGE), MAX_ENTRIES);
  const found = service.uploads.list(
    bucket.name,
    prefix,
    { key: keyMarker, uploadId: uploadIdMarker },
    most + 1,
  );
  const page = found.slice(0, most);
  const last = page.at(-1);
  const truncated = most > 0 && found.length > most;
  return xmlReply(
    toXml("ListMultipartUploadsResult", {
      Bucket: bucket.name,
      KeyMarker: encode(keyMarker),
      UploadIdMarker: query.get("upload-id-marker") ?? "",
      Prefix: encode(prefix),
      MaxUploads: most,
      IsTruncated: truncated,
      ...(truncated && last !== undefined
        ? { NextKeyMarker: encode(last.key), NextUploadIdMarker: last.uploadId }
        : {}),
      EncodingType: query.get("encoding-type") ?? undefined,
      Upload: page.map((upload) => ({
        Key: encode(upload.key),
        UploadId: upload.uploadId,
        Initiated: upload.started.toISOString(),
        StorageClass: upload.headers["x-amz-storage-class"] ?? "STANDARD",
        ...(upload.checksum === null
          ? {}
          : { ChecksumAlgorithm: upload.checksum.algorithm, ChecksumType: upload.checksum.type }),
      })),
    }),
  );
}
