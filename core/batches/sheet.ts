import { z } from "zod";
import { taskId } from "../../contract/batches.ts";
import { type SheetReason, sheetReasonCode } from "../../contract/problems.ts";

/**
 * The life of a sheet. Pure moves, as in batch.ts: null when a move is not legal.
 *
 *     pending ──claimed, read──> completed, failed, duplicate, unmatched        failed ──retry──> pending
 *
 * Times are milliseconds since the epoch.
 */

/** Reads of one sheet before it is given up. */
export const MAX_ATTEMPTS = 3;

/** Where its bytes are: an entry of the ZIP, from its local header on, or a photo of its own. */
const place = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("entry"),
    /** Of the local header, in bytes from the archive's start. */
    offset: z.number().int().nonnegative(),
    /** Bytes as packed, and unpacked. */
    packed: z.number().int().nonnegative(),
    size: z.number().int().nonnegative(),
    method: z.enum(["stored", "deflated"]),
    crc32: z.number().int().nonnegative(),
    /** Bytes of the name in the local header. */
    name_length: z.number().int().nonnegative(),
  }),
  z.object({ kind: z.literal("image"), etag: z.string(), size: z.number().int().positive() }),
  /** Refused from its directory entry alone. */
  z.object({ kind: z.literal("refused") }),
]);
export type Place = z.infer<typeof place>;

const base = {
  batch_id: z.uuid(),
  index: z.number().int().nonnegative(),
  owner: z.string(),
  version: z.number().int(),
  /** The batch's round in which it was last sent for. */
  round: z.number().int().positive(),
  name: z.string(),
  place,
  /** Sheets with the same bytes have the same: what the directory says of them (checksum and size). */
  content: z.string(),
  /** The batch's. */
  expires_at: z.number(),
  claims: z.number().int(),
  attempts: z.number().int(),
};
const ended = { ended_at: z.number() };
const read = { needs_review: z.boolean() };

export const sheet = z.discriminatedUnion("status", [
  z.object({
    status: z.literal("pending"),
    ...base,
    lease: z.object({ fence: z.number().int(), until: z.number() }).nullable(),
  }),
  z.object({ status: z.literal("completed"), ...base, ...ended, ...read, task_id: taskId }),
  z.object({ status: z.literal("unmatched"), ...base, ...ended, ...read, reason: sheetReasonCode }),
  z.object({ status: z.literal("failed"), ...base, ...ended, reason: sheetReasonCode }),
  z.object({
    status: z.literal("duplicate"),
    ...base,
    ...ended,
    duplicate_of: z.number().int().nonnegative(),
  }),
]);
export type Sheet = z.infer<typeof sheet>;
export type PendingSheet = Extract<Sheet, { status: "pending" }>;
export type EndedSheet = Exclude<Sheet, PendingSheet>;

/** How a sheet can end. */
export type Outcome =
  | { status: "completed"; task_id: string; needs_review: boolean }
  | { status: "unmatched"; reason: SheetReason; needs_review: boolean }
  | { status: "failed"; reason: SheetReason }
  | { status: "duplicate"; duplicate_of: number };

export type NewSheet = Pick<
  PendingSheet,
  "batch_id" | "index" | "owner" | "round" | "name" | "place" | "content" | "expires_at"
>;

export const bookSheet = (wanted: NewSheet): PendingSheet => ({
  status: "pending",
  ...wanted,
  version: 1,
  claims: 0,
  attempts: 0,
  lease: null,
});

/** A sheet that its directory entry alone rules out. */
export const bookRefused = (
  wanted: Omit<NewSheet, "place">,
  reason: SheetReason,
  now: number,
): EndedSheet => ({
  ...end(bookSheet({ ...wanted, place: { kind: "refused" } }), { status: "failed", reason }, now),
});

export const isHeld = (sheet: Sheet, now: number): boolean =>
  sheet.status === "pending" && sheet.lease !== null && sheet.lease.until > now;

export type Claim =
  | { kind: "read"; sheet: PendingSheet; fence: number }
  /** Its attempts are used up: it has failed. */
  | { kind: "exhausted"; sheet: EndedSheet }
  | { kind: "nothing" };

/** A worker comes for a sheet. */
export function claim(sheet: Sheet, now: number, leaseMs: number): Claim {
  if (sheet.status !== "pending" || isHeld(sheet, now)) return { kind: "nothing" };
  if (sheet.attempts >= MAX_ATTEMPTS)
    return { kind: "exhausted", sheet: end(sheet, { status: "failed", reason: "attempts_exhausted" }, now) };
  const fence = sheet.claims + 1;
  const held = { claims: fence, attempts: sheet.attempts + 1, lease: { fence, until: now + leaseMs } };
  return { kind: "read", fence, sheet: { ...sheet, ...held } };
}

/** The sheet has ended. Null when the lease was lost to somebody else. */
export function settle(sheet: Sheet, fence: number, outcome: Outcome, now: number): EndedSheet | null {
  if (sheet.status !== "pending" || sheet.lease?.fence !== fence) return null;
  return end(sheet, outcome, now);
}

/** The attempt went wrong in a way that may pass: the next may come at once, or it was the last. Null when lost. */
export function release(sheet: Sheet, fence: number, now: number): Sheet | null {
  if (sheet.status !== "pending" || sheet.lease?.fence !== fence) return null;
  if (sheet.attempts >= MAX_ATTEMPTS)
    return end(sheet, { status: "failed", reason: "attempts_exhausted" }, now);
  return { ...sheet, lease: null };
}

/** The queue gave its message up. Null when that changes nothing: it has ended, or a worker holds it. */
export function bury(sheet: Sheet, now: number): EndedSheet | null {
  if (sheet.status !== "pending" || isHeld(sheet, now)) return null;
  return end(sheet, { status: "failed", reason: "attempts_exhausted" }, now);
}

/** Reads a failed sheet again in a later round of its batch. Null when it did not fail, or failed in that round. */
export function retry(sheet: Sheet, round: number): PendingSheet | null {
  if (sheet.status !== "failed" || sheet.round >= round || sheet.place.kind === "refused") return null;
  const { reason: _, ended_at: _at, ...kept } = sheet;
  return { ...kept, status: "pending", round, attempts: 0, lease: null };
}

function end(sheet: PendingSheet, outcome: Outcome, now: number): EndedSheet {
  const { lease: _, ...kept } = sheet;
  return { ...kept, ...outcome, ended_at: now };
}
