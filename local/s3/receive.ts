import { createHash } from "node:crypto";
import { type Checksum, claimedChecksum, runningChecksum } from "./checksums.ts";
import { decodeChunks } from "./chunked.ts";
import { S3Error } from "./errors.ts";
import type { S3Request } from "./request.ts";
import type { PayloadClaim } from "./signature.ts";

/** S3 takes at most 5 GiB in one PUT or part. */
export const MAX_OBJECT_PUT_BYTES = 5 * 1024 ** 3;
/** The longest XML S3's operations need: 10,000 parts of a multipart upload at about 500 bytes each. */
const MAX_XML_BYTES = 8 * 1024 ** 2;

/** Whether a checksum header speaks of the request's body. */
type BodyChecksum = "checksum of the body" | "no checksum of the body";

export type Received = {
  readonly size: number;
  /** Hex, as S3's ETag of a single PUT. */
  readonly md5: string;
  readonly checksum: Checksum | null;
};

/**
 * Hands the body on piece by piece, and throws S3's refusal unless its length, MD5, SHA-256 and checksum are all as the
 * request said. The receiver keeps nothing of a body that ended in an error.
 */
export async function receive(
  request: S3Request,
  claim: PayloadClaim,
  mostBytes: number,
  take: (piece: Buffer) => Promise<void>,
  bodyChecksum: BodyChecksum = "checksum of the body",
): Promise<Received> {
  const promised = promisedLength(request, claim, mostBytes);
  const claimedMd5 = contentMd5(request.headers);
  const claimed = bodyChecksum === "checksum of the body" ? claimedChecksum(request.headers) : undefined;
  const md5 = createHash("md5");
  const sha256 = claim.kind === "sha256" ? createHash("sha256") : null;
  const running = claimed === undefined ? null : runningChecksum(claimed.algorithm);
  const trailers = new Map<string, string>();
  let size = 0;
  request.acceptBody();
  for await (const piece of bodyOf(request, claim, trailers)) {
    size += piece.length;
    if (size > promised) throw incompleteBody();
    md5.update(piece);
    sha256?.update(piece);
    running?.update(piece);
    await take(piece);
  }
  if (size !== promised) throw incompleteBody();
  const digest = md5.digest("hex");
  if (claim.kind === "sha256" && sha256?.digest("hex") !== claim.hex) {
    throw new S3Error(
      "XAmzContentSHA256Mismatch",
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
      { ClientComputedContentSHA256: claim.hex },
    );
  }
  if (claimedMd5 !== undefined && claimedMd5 !== digest) {
    throw new S3Error("BadDigest", "The Content-MD5 you specified did not match what we received.");
  }
  if (claimed === undefined || running === null) return { size, md5: digest, checksum: null };
  const expected = claimed.value ?? trailers.get(`x-amz-checksum-${claimed.algorithm.toLowerCase()}`);
  const value = (await running.digest()).toString("base64");
  if (value !== expected) {
    throw new S3Error(
      "BadDigest",
      `The ${claimed.algorithm} you specified did not match the calculated checksum.`,
    );
  }
  return { size, md5: digest, checksum: { algorithm: claimed.algorithm, value, type: "FULL_OBJECT" } };
}

/** The whole body of an XML request. */
export async function receiveXml(
  request: S3Request,
  claim: PayloadClaim,
  bodyChecksum?: BodyChecksum,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const keep = async (piece: Buffer) => {
    pieces.push(piece);
  };
  await receive(request, claim, MAX_XML_BYTES, keep, bodyChecksum);
  return Buffer.concat(pieces);
}

function promisedLength(request: S3Request, claim: PayloadClaim, mostBytes: number): number {
  const header = claim.kind === "chunked" ? "x-amz-decoded-content-length" : "content-length";
  const text = request.headers.get(header);
  if (text === null)
    throw new S3Error("MissingContentLength", "You must provide the Content-Length HTTP header.");
  if (!/^\d{1,15}$/.test(text)) throw new S3Error("InvalidArgument", `${header} is not a number`);
  const length = Number(text);
  if (length > mostBytes) {
    throw new S3Error("EntityTooLarge", "Your proposed upload exceeds the maximum allowed object size.", {
      ProposedSize: length,
      MaxSizeAllowed: mostBytes,
    });
  }
  return length;
}

function contentMd5(headers: Headers): string | undefined {
  const text = headers.get("content-md5");
  if (text === null) return undefined;
  const digest = Buffer.from(text, "base64");
  if (digest.length !== 16) throw new S3Error("InvalidDigest", "The Content-MD5 you specified is not valid.");
  return digest.toString("hex");
}

async function* bodyOf(
  request: S3Request,
  claim: PayloadClaim,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  // The socket must outlive a body that is refused half-way: the refusal is answered on it.
  const source: AsyncIterable<Buffer> = request.incoming.iterator({ destroyOnReturn: false });
  try {
    if (claim.kind === "chunked") yield* decodeChunks(source, claim, trailers);
    else yield* source;
  } catch (error) {
    if (request.incoming.errored) throw incompleteBody();
    throw error;
  }
}

function incompleteBody(): S3Error {
  return new S3Error(
    "IncompleteBody",
    "You did not provide the number of bytes specified by the Content-Length HTTP header",
  );
}
