import { type ResultFormat, resultFormats, type SheetResult } from "../../contract/batches.ts";
import { resultsKey } from "../../contract/object-keys.ts";
import type { Batch } from "./batch.ts";
import { CSV_HEAD, csvRows } from "./results-csv.ts";
import { allOf } from "./send-for.ts";
import type { Sheet } from "./sheet.ts";
import { hasResult, sheetOf } from "./sheet-view.ts";
import type { ArchiveStore, SheetResultStore, SheetStore } from "./stores.ts";

/** What a batch ends with: every sheet in its order, as lines of JSON and as a table. */

export type ResultsParts = {
  sheets: Pick<SheetStore, "all">;
  sheetResults: Pick<SheetResultStore, "get">;
  archives: Pick<ArchiveStore, "head" | "write">;
};

const formats: Record<ResultFormat, { type: string; head: string; rowsOf: typeof csvRows }> = {
  ndjson: {
    type: "application/x-ndjson",
    head: "",
    rowsOf: (sheet, result) => `${JSON.stringify(sheetOf(sheet, result))}\n`,
  },
  csv: { type: "text/csv; charset=utf-8", head: CSV_HEAD, rowsOf: csvRows },
};

/** Results asked for at once: DynamoDB answers at most 100 items, and the answers must fit into memory. */
const RESULTS = 100;
const ASKS = 3;

/**
 * Writes the results of a batch whose every sheet has ended. What was written before it was interrupted stays: a sheet
 * that has ended does not change within a round.
 */
export async function writeResults(
  { id, round }: Pick<Batch, "id" | "round">,
  parts: ResultsParts,
): Promise<void> {
  for (const format of resultFormats) {
    const key = resultsKey(id, round, format);
    if (await parts.archives.head(key)) continue;
    await parts.archives.write(key, pieces(id, format, parts), formats[format].type);
  }
}

async function* pieces(id: string, format: ResultFormat, parts: ResultsParts): AsyncGenerator<Uint8Array> {
  const { head, rowsOf } = formats[format];
  if (head) yield Buffer.from(head);
  for await (const page of parts.sheets.all(id)) {
    for (let first = 0; first < page.length; first += RESULTS * ASKS) {
      const some = page.slice(first, first + RESULTS * ASKS);
      const results = await resultsOf(id, some, parts);
      yield Buffer.from(some.map((sheet) => rowsOf(sheet, results.get(sheet.index))).join(""));
    }
  }
}

async function resultsOf(
  id: string,
  sheets: readonly Sheet[],
  { sheetResults }: ResultsParts,
): Promise<Map<number, SheetResult>> {
  const indexes = sheets.filter(hasResult).map(({ index }) => index);
  const asks = Array.from({ length: Math.ceil(indexes.length / RESULTS) }, (_, ask) =>
    indexes.slice(ask * RESULTS, (ask + 1) * RESULTS),
  );
  const found = await allOf(asks.map((some) => sheetResults.get(id, some)));
  return new Map(found.flatMap((some) => [...some]));
}
