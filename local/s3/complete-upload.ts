import { createHash } from "node:crypto";
import {
  type Checksum,
  checksumElement,
  checksumHeader,
  compositeChecksum,
  runningChecksum,
} from "./checksums.ts";
import { S3Error } from "./errors.ts";
import { knownUpload } from "./multipart.ts";
import { receiveXml } from "./receive.ts";
import { type Call, type Reply, xmlReply } from "./service.ts";
import type { Completion, Part, Upload } from "./uploads.ts";
import { versionHeader } from "./versions.ts";
import { publish } from "./write-object.ts";
import { elements, type ParsedElement, parseRequest, textOf, toXml } from "./xml.ts";

/** Every part but the last has at least so many bytes. */
const MIN_PART_BYTES = 5 * 1024 ** 2;

type NamedPart = { readonly number: number; readonly etag: string; readonly element: ParsedElement };

/**
 * CompleteMultipartUpload: the parts become the object in one transaction, without being copied. Asked again with the
 * same parts it answers the same, and makes no second object and no second event.
 */
export async function completeUpload(call: Call): Promise<Reply> {
  const { request, service } = call;
  // An x-amz-checksum header here is the object's, not the XML's.
  const named = namedParts(await receiveXml(request, call.claim, "no checksum of the body"));
  const partsText = named.map(({ number, etag }) => `${number}:${etag}`).join(",");
  const upload = knownUpload(call);
  if (upload.completed !== null) return repeated(call, upload.completed, partsText);
  const parts = choose(service.uploads.parts(upload.uploadId), named, upload);
  checkSizes(parts, request.headers);
  const release = service.files.retain(parts);
  try {
    const checksum = await objectChecksum(call, upload, parts);
    checkClaim(request.headers, checksum);
    return await join(call, upload, parts, checksum, partsText);
  } finally {
    release();
  }
}

async function join(
  call: Call,
  upload: Upload,
  parts: readonly Part[],
  checksum: Checksum | null,
  partsText: string,
): Promise<Reply> {
  const { service } = call;
  const etag = multipartEtag(parts);
  let leftOver: readonly Part[] = [];
  // Somebody else may have completed the upload, or replaced a part, while the checksum was computed.
  const now = knownUpload(call);
  if (now.completed !== null) return repeated(call, now.completed, partsText);
  const version = await publish(
    call,
    "ObjectCreated:CompleteMultipartUpload",
    {
      size: parts.reduce((sum, { size }) => sum + size, 0),
      etag,
      headers: upload.headers,
      checksum,
      pieces: parts.map(({ file, size }) => ({ file, size })),
    },
    ({ versionId }) => {
      const present = service.uploads.parts(upload.uploadId);
      const files = new Set(present.map(({ file }) => file));
      if (!parts.every(({ file }) => files.has(file))) throw invalidPart(parts[0]?.number ?? 0);
      const used = new Set(parts.map(({ file }) => file));
      leftOver = present.filter(({ file }) => !used.has(file));
      service.uploads.complete(upload.uploadId, { parts: partsText, etag, versionId, checksum });
    },
  );
  await service.files.remove(leftOver);
  return completed(call, { parts: partsText, etag, versionId: version.versionId, checksum });
}

function repeated(call: Call, completion: Completion, partsText: string): Reply {
  if (completion.parts !== partsText) throw invalidPart(0);
  return completed(call, completion);
}

function completed({ request, bucket }: Call, { etag, versionId, checksum }: Completion): Reply {
  return xmlReply(
    toXml("CompleteMultipartUploadResult", {
      Location: `http://${request.headers.get("host")}${request.path}`,
      Bucket: bucket.name,
      Key: request.key,
      ETag: `"${etag}"`,
      ...(checksum === null
        ? {}
        : { [checksumElement(checksum.algorithm)]: checksum.value, ChecksumType: checksum.type }),
    }),
    versionHeader(bucket, versionId),
  );
}

/** The parts as the request lists them: at least one, in ascending order. */
function namedParts(body: Buffer): NamedPart[] {
  const named = elements(parseRequest("CompleteMultipartUpload", body).Part).map((element) => ({
    number: Number(textOf(element, "PartNumber") ?? Number.NaN),
    etag: (textOf(element, "ETag") ?? "").replace(/^"(.*)"$/, "$1"),
    element,
  }));
  if (named.length === 0 || named.some(({ number, etag }) => !Number.isInteger(number) || etag === "")) {
    throw new S3Error("MalformedXML", "A complete request lists its parts, each with PartNumber and ETag");
  }
  if (named.some(({ number }, index) => number <= (named[index - 1]?.number ?? 0))) {
    throw new S3Error(
      "InvalidPartOrder",
      "The list of parts was not in ascending order. Parts must be ordered by part number.",
    );
  }
  return named;
}

function choose(present: readonly Part[], named: readonly NamedPart[], { checksum }: Upload): Part[] {
  const byNumber = new Map(present.map((part) => [part.number, part]));
  return named.map(({ number, etag, element }) => {
    const part = byNumber.get(number);
    if (part === undefined || part.etag !== etag) throw invalidPart(number);
    if (checksum === null) return part;
    const given = textOf(element, checksumElement(checksum.algorithm));
    if (given === undefined && checksum.type === "COMPOSITE") {
      const algorithm = checksum.algorithm.toLowerCase();
      throw new S3Error(
        "InvalidRequest",
        `The upload was created using a ${algorithm} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
      );
    }
    if (given !== undefined && given !== part.checksum?.value) throw invalidPart(number);
    return part;
  });
}

function invalidPart(number: number): S3Error {
  return new S3Error(
    "InvalidPart",
    "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    { PartNumber: number },
  );
}

function checkSizes(parts: readonly Part[], headers: Headers): void {
  const small = parts.slice(0, -1).find(({ size }) => size < MIN_PART_BYTES);
  if (small !== undefined) {
    throw new S3Error("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
      PartNumber: small.number,
      ETag: small.etag,
      ProposedSize: small.size,
      MinSizeAllowed: MIN_PART_BYTES,
    });
  }
  const promised = headers.get("x-amz-mp-object-size");
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (promised !== null && Number(promised) !== size) {
    throw new S3Error(
      "InvalidRequest",
      "The x-amz-mp-object-size does not match the size of the uploaded parts.",
    );
  }
}

/** The MD5 of the parts' MD5s, and how many they were. */
function multipartEtag(parts: readonly Part[]): string {
  const hash = createHash("md5");
  for (const { etag } of parts) hash.update(Buffer.from(etag, "hex"));
  return `${hash.digest("hex")}-${parts.length}`;
}

/** A FULL_OBJECT checksum reads the parts again: at about 200 MB/s for CRC64NVME, the slowest. */
async function objectChecksum(
  { service }: Call,
  { checksum }: Upload,
  parts: readonly Part[],
): Promise<Checksum | null> {
  if (checksum === null) return null;
  const { algorithm, type } = checksum;
  if (type === "COMPOSITE") {
    return await compositeChecksum(
      algorithm,
      parts.flatMap((part) => (part.checksum === null ? [] : [part.checksum])),
    );
  }
  const running = runningChecksum(algorithm);
  for await (const bytes of service.files.read(parts, 0, Number.MAX_SAFE_INTEGER)) running.update(bytes);
  return { algorithm, type, value: (await running.digest()).toString("base64") };
}

/** The checksum a client computed over the whole upload, with or without the number of parts behind it. */
function checkClaim(headers: Headers, checksum: Checksum | null): void {
  if (checksum === null) return;
  const given = headers.get(checksumHeader(checksum.algorithm));
  if (given === null || given === checksum.value || given === checksum.value.replace(/-\d+$/, "")) return;
  throw new S3Error(
    "BadDigest",
    `The ${checksum.algorithm} you specified did not match the calculated checksum.`,
  );
}
