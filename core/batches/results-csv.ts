import type { SheetResult } from "../../contract/batches.ts";
import type { UnderstoodMedication } from "../../contract/medications.ts";
import type { Sheet } from "./sheet.ts";
import { hasResult, sheetOf } from "./sheet-view.ts";

/**
 * Results as a table for spreadsheets: RFC 4180, UTF-8. A row for every medication, and one for a sheet without any, so
 * that no sheet is missing. The text as read is in the NDJSON only.
 */

/** A cell's text or number; nothing for what is not there. */
type Cell = string | number | boolean | null | undefined;
type Row = {
  sheet: Sheet;
  result: SheetResult | undefined;
  medication?: UnderstoodMedication;
  number?: number;
};

/** In this order; columns are only ever added at the end. */
const columns: Record<string, (row: Row) => Cell> = {
  index: ({ sheet }) => sheet.index,
  name: ({ sheet }) => sheet.name,
  status: ({ sheet }) => sheet.status,
  task_id: ({ sheet }) => sheetOf(sheet, undefined).task_id,
  task_source: ({ result }) => result?.task_source,
  reason: ({ sheet }) => sheetOf(sheet, undefined).reason,
  duplicate_of: ({ sheet }) => sheetOf(sheet, undefined).duplicate_of,
  needs_review: ({ medication, sheet }) => medication?.needs_review ?? sheetOf(sheet, undefined).needs_review,
  confidence: ({ result }) => result?.confidence,
  medication: ({ number }) => number,
  drug: ({ medication }) => medication?.name,
  dosage: ({ medication }) => medication?.dosage,
  form: ({ medication }) => medication?.form,
  quantity: ({ medication }) => medication?.quantity,
  refills: ({ medication }) => medication?.refills,
  schedule: ({ medication }) => medication?.schedule,
  instructions: ({ medication }) => medication?.instructions,
  prescriber: ({ medication }) => medication?.prescriber,
  rx_number: ({ medication }) => medication?.rx_number,
  review: ({ medication }) => medication?.review.map(({ code }) => code).join(" "),
  completed_at: ({ sheet }) => sheetOf(sheet, undefined).completed_at,
};

/** Without it Excel takes the bytes for the country's old code page. */
const BYTE_ORDER_MARK = "\ufeff";
const LINE_END = "\r\n";

/**
 * Text that a spreadsheet would run as a formula gets an apostrophe before it, also after what some countries'
 * spreadsheets part cells at. https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /(^|[;\t\r\n])(?=\s*[=+\-@\uff1d\uff0b\uff0d\uff20])/g;

const harmless = (text: string): string => text.replaceAll("\0", "").replace(FORMULA, "$1'");

function written(cell: Cell): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell !== "string") return String(cell);
  const text = harmless(cell);
  return /[",;\t\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}

const line = (cells: readonly Cell[]): string => cells.map(written).join(",") + LINE_END;

export const CSV_HEAD = BYTE_ORDER_MARK + line(Object.keys(columns));

export function csvRows(sheet: Sheet, read: SheetResult | undefined): string {
  const result = hasResult(sheet) ? read : undefined;
  const rows: Row[] = (result?.results ?? []).map((medication, at) => ({
    sheet,
    result,
    medication,
    number: at + 1,
  }));
  if (rows.length === 0) rows.push({ sheet, result });
  return rows.map((row) => line(Object.values(columns).map((cell) => cell(row)))).join("");
}
