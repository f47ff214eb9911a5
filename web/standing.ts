import type { BatchProgress, Sheet } from "../contract/batches.ts";
import { batchStrings } from "./batch-strings.ts";

/** How something is to be looked at: well, in need of somebody, failed, or still going on. It decides the colour. */
export type Standing = "confirmed" | "review" | "failed" | "open";

export function standingOf({ status }: BatchProgress): Standing {
  if (status === "completed") return "confirmed";
  if (status === "completed_with_errors" || status === "uploading" || status === "cancelled") return "review";
  return status === "failed" ? "failed" : "open";
}

export function standingOfSheet({ status, needs_review }: Sheet): Standing {
  if (status === "failed") return "failed";
  if (status === "unmatched" || needs_review) return "review";
  return status === "completed" ? "confirmed" : "open";
}

export const standingInWords = ({ status, needs_review }: Sheet): string =>
  status === "completed" && needs_review ? batchStrings.sheet.review : batchStrings.sheetStatuses[status];
