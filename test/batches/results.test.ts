import { describe, expect, it } from "vitest";
import { type SheetResult, sheet as sheetView } from "../../contract/batches.ts";
import { resultsKey } from "../../contract/object-keys.ts";
import { writeResults } from "../../core/batches/results.ts";
import { bookRefused, bookSheet, claim, type Outcome, type Sheet, settle } from "../../core/batches/sheet.ts";
import { T0, understood } from "../support/builders.ts";
import { batchWorld } from "./zip-listing.ts";

const id = "3f0c2b1e-8a54-4d27-9b61-5a7c0e9d1f42";
const wanted = (index: number, name: string) => ({
  batch_id: id,
  index,
  owner: "nurse",
  round: 1,
  name,
  place: { kind: "image" as const, etag: '"e"', size: 1 },
  content: `${index}`,
  expires_at: T0,
});

function ended(index: number, name: string, outcome: Outcome): Sheet {
  const held = claim(bookSheet(wanted(index, name)), T0, 1);
  const made = held.kind === "read" ? settle(held.sheet, held.fence, outcome, T0) : null;
  if (!made) throw new Error("a new sheet can be read");
  return made;
}

const read = (...names: string[]): SheetResult => {
  const results = names.map((name) => understood(name));
  return {
    task_source: "qr",
    confidence: 0.9,
    result: results[0] ?? understood(),
    results,
    text: "TAKE ONE\nDAILY",
    width: 2_480,
    height: 3_508,
  };
};

async function written(sheets: readonly Sheet[], results: Record<number, SheetResult> = {}) {
  const world = batchWorld();
  for (const sheet of sheets) await world.sheets.create(sheet);
  for (const [index, result] of Object.entries(results))
    await world.sheetResults.put(id, Number(index), result, T0);
  await writeResults({ id, round: 1 }, world);
  const text = (format: "ndjson" | "csv") =>
    Buffer.from(world.archives.kept.get(resultsKey(id, 1, format)) ?? "").toString();
  return { world, ndjson: text("ndjson"), csv: text("csv") };
}

const completed: Outcome = { status: "completed", task_id: "01234567", needs_review: false };

/** RFC 4180, as a reader of its own. */
function parse(csv: string): Record<string, string>[] {
  const rows = [...csv.matchAll(/(?:(?:"(?:[^"]|"")*"|[^,"\r\n]*)(?:,|\r\n))+?/g)].map(([cell]) => cell);
  const table: string[][] = [[]];
  for (const cell of rows) {
    const text = cell.replace(/(,|\r\n)$/, "");
    table.at(-1)?.push(text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text);
    if (cell.endsWith("\r\n")) table.push([]);
  }
  const [head = [], ...body] = table.slice(0, -1);
  return body.map((cells) => Object.fromEntries(head.map((name, at) => [name, cells[at] ?? "missing"])));
}

describe("the results of a batch", () => {
  const sheets = [
    ended(0, "a.jpg", completed),
    ended(1, "b.jpg", { status: "unmatched", reason: "no_task_code", needs_review: true }),
    ended(2, "c.jpg", { status: "duplicate", duplicate_of: 0 }),
    ended(3, "d.jpg", { status: "failed", reason: "not_an_image" }),
    bookRefused(wanted(4, "../e.jpg"), "entry_name_unsafe", T0),
  ];
  const results = { 0: read("Lisinopril", "Metformin"), 1: read("Warfarin") };

  it("are a line of JSON for every sheet in its order, as the API shows it", async () => {
    const { ndjson } = await written(sheets, results);
    const lines = ndjson
      .trimEnd()
      .split("\n")
      .map((line) => sheetView.parse(JSON.parse(line)));
    expect(lines.map(({ index, status }) => [index, status])).toEqual(
      sheets.map(({ index, status }) => [index, status]),
    );
    expect(lines[0]).toMatchObject({
      task_id: "01234567",
      results: [{ name: "Lisinopril" }, { name: "Metformin" }],
    });
    expect(lines[2]).toMatchObject({ duplicate_of: 0 });
    expect(lines[4]).toMatchObject({ reason: "entry_name_unsafe", message: expect.any(String) });
  });

  it("are a table with a row for every medication, and one for a sheet without", async () => {
    const { csv } = await written(sheets, results);
    const rows = parse(csv.slice(1));
    expect(rows.map(({ index, medication, drug }) => [index, medication, drug])).toEqual([
      ["0", "1", "Lisinopril"],
      ["0", "2", "Metformin"],
      ["1", "1", "Warfarin"],
      ["2", "", ""],
      ["3", "", ""],
      ["4", "", ""],
    ]);
    expect(rows[0]).toMatchObject({
      task_id: "01234567",
      task_source: "qr",
      quantity: "30",
      needs_review: "false",
    });
    expect(rows[2]).toMatchObject({ status: "unmatched", reason: "no_task_code" });
  });

  it("are UTF-8 that Excel takes for such", async () => {
    const { csv } = await written([ended(0, "Ärztin, 1.jpg", completed)], { 0: read("Λ") });
    expect(csv.startsWith("\ufeffindex,name,status,")).toBe(true);
    expect(csv.endsWith("\r\n")).toBe(true);
    expect(parse(csv.slice(1))[0]).toMatchObject({ name: "Ärztin, 1.jpg", drug: "Λ" });
  });

  it.each([
    ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@SUM(1)", "'@SUM(1)"],
    ["\t=1", "'\t=1"],
    [" =1", "' =1"],
    ["＝1", "'＝1"],
    ["a;=1", "a;'=1"],
    ["a\n=1", "a\n'=1"],
    ["a-1=2.jpg", "a-1=2.jpg"],
    ['say "x"', 'say "x"'],
  ])("keep a name of %j from being run as a formula", async (name, cell) => {
    const { csv, ndjson } = await written([ended(0, name, completed)]);
    expect(parse(csv.slice(1))[0]?.name).toBe(cell);
    expect(JSON.parse(ndjson).name).toBe(name);
  });

  it("that are written stay as they are", async () => {
    const { world } = await written(sheets, results);
    const before = new Map(world.archives.kept);
    await writeResults({ id, round: 1 }, world);
    for (const [key, body] of before) expect(world.archives.kept.get(key)).toBe(body);
  });

  it("are asked for and written a few hundred at a time", async () => {
    const world = batchWorld();
    const asked: number[] = [];
    const pieces: number[] = [];
    async function* all(): AsyncGenerator<Sheet[]> {
      for (let page = 0; page < 5; page++)
        yield Array.from({ length: 1_000 }, (_, at) => ended(page * 1_000 + at, "a.jpg", completed));
    }
    await writeResults(
      { id, round: 1 },
      {
        sheets: { all },
        sheetResults: {
          get: async (_, indexes) => {
            asked.push(indexes.length);
            return new Map(indexes.map((index) => [index, read("Lisinopril")]));
          },
        },
        archives: {
          head: async () => null,
          write: async (_key, parts) => {
            for await (const piece of parts) pieces.push(piece.length);
          },
        },
      },
    );
    expect(Math.max(...asked)).toBe(100);
    expect(asked.reduce((sum, count) => sum + count, 0)).toBe(10_000);
    expect(Math.max(...pieces)).toBeLessThan(1_000_000);
    expect(world.archives.kept.size).toBe(0);
  });
});
