import { createHash } from "node:crypto";

/** What bookings of scans and of batches have in common. */

/**
 * A UUIDv8 (RFC 9562, 5.8) of who books what under which key: the same for every repetition, and no record besides
 * the booking's own.
 */
export function idOfKey(...named: readonly string[]): string {
  const hash = createHash("sha256").update(JSON.stringify(named)).digest();
  hash[6] = 0x80 | ((hash[6] ?? 0) & 0x0f);
  hash[8] = 0x80 | ((hash[8] ?? 0) & 0x3f);
  const hex = hash.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}

/** Identifies a booking's body, to tell a repeated booking from another one under the same Idempotency-Key. */
export const fingerprintOf = (body: unknown): string =>
  createHash("sha256").update(JSON.stringify(body)).digest("hex");

/** A SHA-256 as S3 writes it, from hex or base64. */
export const base64Of = (sha256: string): string =>
  sha256.length === 64 ? Buffer.from(sha256, "hex").toString("base64") : sha256;
