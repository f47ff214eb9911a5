import type { SheetResult, Sheet as SheetView } from "../../contract/batches.ts";
import type { SheetImage } from "../../contract/object-keys.ts";
import { sheetMessageOf } from "../../contract/problems.ts";
import type { Sheet } from "./sheet.ts";

/** How a sheet looks from outside: in answers and in the results. */

export const sheetImagePath = (id: string, index: number, image: SheetImage): string =>
  `/batches/${id}/sheets/${index}/${image}`;

/** Whether something was read of it that can be shown. A duplicate's is with the first that has the same bytes. */
export const hasResult = ({ status }: Sheet): boolean => status === "completed" || status === "unmatched";

/** A sheet with what was read of it. Of a duplicate: the picture of the first with the same bytes. */
export function sheetOf(sheet: Sheet, result: SheetResult | undefined): SheetView {
  const shown = sheet.status === "duplicate" ? sheet.duplicate_of : sheet.index;
  return {
    batch_id: sheet.batch_id,
    index: sheet.index,
    name: sheet.name,
    status: sheet.status,
    ...(sheet.status === "completed" ? { task_id: sheet.task_id } : {}),
    ...("reason" in sheet ? { reason: sheet.reason, message: sheetMessageOf(sheet.reason) } : {}),
    ...(sheet.status === "duplicate" ? { duplicate_of: sheet.duplicate_of } : {}),
    ...("needs_review" in sheet ? { needs_review: sheet.needs_review } : {}),
    ...(sheet.status === "pending" ? {} : { completed_at: new Date(sheet.ended_at).toISOString() }),
    ...(hasResult(sheet) || sheet.status === "duplicate"
      ? {
          image_url: sheetImagePath(sheet.batch_id, shown, "image"),
          thumbnail_url: sheetImagePath(sheet.batch_id, shown, "thumbnail"),
        }
      : {}),
    ...(hasResult(sheet) ? result : {}),
  };
}
