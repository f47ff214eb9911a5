import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { Crc32c, Crc64Nvme } from "@aws-sdk/checksums/crc";
import { notImplemented, S3Error } from "./errors.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
export type ChecksumAlgorithm = "CRC32" | "CRC32C" | "CRC64NVME" | "SHA1" | "SHA256";

/** `value` is base64 of the big-endian digest, with "-parts" behind it for a multipart object (COMPOSITE). */
export type Checksum = {
  readonly algorithm: ChecksumAlgorithm;
  readonly value: string;
  readonly type: "FULL_OBJECT" | "COMPOSITE";
};

type Running = { update(bytes: Uint8Array): void; digest(): Promise<Buffer> };

const DIGEST_BYTES: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
};

export function runningChecksum(algorithm: ChecksumAlgorithm): Running {
  switch (algorithm) {
    case "CRC32": {
      let value = 0;
      return {
        update: (bytes) => {
          value = crc32(bytes, value);
        },
        digest: async () => {
          const digest = Buffer.alloc(4);
          digest.writeUInt32BE(value);
          return digest;
        },
      };
    }
    case "CRC32C":
      return fromAws(new Crc32c());
    case "CRC64NVME":
      return fromAws(new Crc64Nvme());
    case "SHA1":
    case "SHA256": {
      const hash = createHash(algorithm.toLowerCase());
      return { update: (bytes) => void hash.update(bytes), digest: async () => hash.digest() };
    }
  }
}

function fromAws(checksum: { update(bytes: Uint8Array): void; digest(): Promise<Uint8Array> }): Running {
  return {
    update: (bytes) => checksum.update(bytes),
    digest: async () => Buffer.from(await checksum.digest()),
  };
}

/** "SHA256" and the like, in any case; NotImplemented for an algorithm this server does not compute. */
export function algorithmNamed(name: string): ChecksumAlgorithm {
  const upper = name.toUpperCase();
  if (upper in DIGEST_BYTES) return upper as ChecksumAlgorithm;
  throw notImplemented(`checksum algorithm ${name}`);
}

export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** The name of the checksum's element in S3's XML: ChecksumSHA256 and the like. */
export function checksumElement(algorithm: ChecksumAlgorithm): string {
  return `Checksum${algorithm}`;
}

/** x-amz-checksum-* headers that name no algorithm. */
const NOT_AN_ALGORITHM: ReadonlySet<string> = new Set(["algorithm", "mode", "type"]);

/** The checksum a request promises for its body; the value is null when it comes after the body as a trailer. */
export function claimedChecksum(
  headers: Headers,
): { readonly algorithm: ChecksumAlgorithm; readonly value: string | null } | undefined {
  const claims = [...headers]
    .filter(([name]) => name.startsWith("x-amz-checksum-"))
    .map(([name, value]) => ({ name: name.slice("x-amz-checksum-".length), value }))
    .filter(({ name }) => !NOT_AN_ALGORITHM.has(name));
  if (claims.length > 1) {
    throw new S3Error(
      "InvalidRequest",
      "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    );
  }
  const trailer = headers.get("x-amz-trailer")?.trim().toLowerCase();
  const [claim] = claims;
  if (claim !== undefined)
    return { algorithm: algorithmNamed(claim.name), value: checkedValue(claim.name, claim.value) };
  if (trailer?.startsWith("x-amz-checksum-")) {
    return { algorithm: algorithmNamed(trailer.slice("x-amz-checksum-".length)), value: null };
  }
  if (headers.has("x-amz-sdk-checksum-algorithm")) {
    throw new S3Error(
      "InvalidRequest",
      "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
    );
  }
  return undefined;
}

function checkedValue(name: string, value: string): string {
  if (Buffer.from(value, "base64").toString("base64") === value) {
    if (Buffer.byteLength(value, "base64") === DIGEST_BYTES[algorithmNamed(name)]) return value;
  }
  throw new S3Error("InvalidRequest", `Value for x-amz-checksum-${name} header is invalid.`);
}

/** The checksum of a multipart object: the checksum of its parts' digests, and how many they were. */
export async function compositeChecksum(
  algorithm: ChecksumAlgorithm,
  parts: readonly Checksum[],
): Promise<Checksum> {
  const running = runningChecksum(algorithm);
  for (const part of parts) running.update(Buffer.from(part.value, "base64"));
  const digest = await running.digest();
  return { algorithm, value: `${digest.toString("base64")}-${parts.length}`, type: "COMPOSITE" };
}
