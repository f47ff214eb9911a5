import { readFileSync } from "node:fs";
import { DrugsFileError, strengthList } from "./drugs-file.ts";
import { ingredientsOf, type LexiconEntry } from "./entry.ts";
import { strengthKnown } from "./strength.ts";

/** How a medicine gets into the body, as far as it decides how often it is taken. */
export type Way = "mouth" | "injection" | "patch";

/** How seldom a drug is taken in usual outpatient use. */
export type LongInterval = {
  /** Days that lie at least between two doses, or between one change of the patch and the next. */
  leastDays: number;
  /** In words: "once a week". */
  usually: string;
  /** The usual most of one dose. */
  most?: { value: number; unit: string };
};

/** A line of long-intervals.tsv. */
export type LongIntervalRow = LongInterval & {
  /** The ingredients, as ingredientsOf says them. */
  ingredients: string;
  /** Null where it holds for every way. */
  by: Way | null;
  /** Only these strengths are taken so seldom; empty where all are. */
  strengths: readonly string[];
  source: string;
};

const COLUMNS = "name\tby\tstrengths\tleast_days\tusually\tmost\tsource";
const ways: ReadonlySet<string> = new Set<Way>(["mouth", "injection", "patch"]);
const isWay = (text: string): text is Way => ways.has(text);

/** @throws DrugsFileError naming the line. */
export function parseLongIntervals(text: string): LongIntervalRow[] {
  const [columns, ...lines] = text.split("\n");
  if (columns !== COLUMNS) throw new DrugsFileError("line 1 is not the row of column names");
  return lines.flatMap((line, index) => (line === "" ? [] : [rowOf(line.split("\t"), index + 2)]));
}

function rowOf(cells: readonly string[], number: number): LongIntervalRow {
  const [name = "", by = "", strengths = "", days = "", usually = "", most = "", source = ""] = cells;
  const dose = /^([\d.]+) (\w+)$/.exec(most);
  if (by !== "" && !isWay(by))
    throw new DrugsFileError(`line ${number}: "${by}" is no way to take a medicine`);
  if (!/^\d+$/.test(days)) throw new DrugsFileError(`line ${number}: "${days}" is no number of days`);
  if (most !== "" && dose === null) throw new DrugsFileError(`line ${number}: "${most}" is no dose`);
  return {
    ingredients: name.toLowerCase().split("/").sort().join("/"),
    by: isWay(by) ? by : null,
    strengths: strengthList(strengths, number),
    leastDays: Number(days),
    usually,
    ...(dose && { most: { value: Number(dose[1]), unit: dose[2] ?? "" } }),
    source,
  };
}

let rows: ReadonlyMap<string, readonly LongIntervalRow[]> | undefined;

function rowsOf(entry: LexiconEntry): readonly LongIntervalRow[] {
  rows ??= Map.groupBy(
    parseLongIntervals(readFileSync(new URL("./long-intervals.tsv", import.meta.url), "utf8")),
    (row) => row.ingredients,
  );
  return rows.get(ingredientsOf(entry)) ?? [];
}

/**
 * How seldom this drug is taken; null for the many that are taken daily, and where the label does not say enough to
 * tell: semaglutide is injected once a week and swallowed once a day.
 * @param strength as printed, "" when there is none; @param by null when the label does not say
 */
export function longIntervalOf(entry: LexiconEntry, strength: string, by: Way | null): LongInterval | null {
  const fits = (row: LongIntervalRow) => {
    if (row.by !== null && by !== null && row.by !== by) return false;
    if (row.strengths.length === 0) return row.by === null || by !== null;
    return strengthKnown({ ...entry, strengths: [...row.strengths] }, strength) === "usual";
  };
  return rowsOf(entry).find(fits) ?? null;
}
