import { createHash } from "node:crypto";
import { v7 } from "uuid";

/**
 * The id of a scan's nth medication: a UUIDv7 (RFC 9562, 5.7) of the scan's booking time, so that medications sort by
 * age, with bits taken from the scan's id instead of chance, so that reading a label twice makes one medication.
 */
export function medicationId(scan: { id: string; created_at: number }, index: number): string {
  if (!Number.isInteger(index) || index < 0 || index > 0xff) throw new RangeError(`medication ${index}`);
  const random = createHash("sha256").update(scan.id).digest().subarray(0, 16);
  random[15] = index;
  return v7({ msecs: scan.created_at, seq: random.readUInt32BE(6) >>> 0, random });
}

/** What the ids of all medications of a scan begin with. */
export const medicationIdPrefix = (scan: { id: string; created_at: number }): string =>
  medicationId(scan, 0).slice(0, -2);
