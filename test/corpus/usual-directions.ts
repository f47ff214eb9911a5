import { readFileSync } from "node:fs";

/** What is usual for a drug: see usual-directions.txt, which says what the codes mean. */
export type Usual = {
  times: readonly string[];
  /** The usual most a day, by weight, by electrical charge or by count; null where there is no such figure. */
  most: { value: number; unit: "mg" | "mEq" | "pieces" } | null;
  /** "blood pressure", or "". */
  reason: string;
};

const usual = new Map(
  readFileSync(new URL("usual-directions.txt", import.meta.url), "utf8")
    .split("\n")
    .filter((row) => row !== "" && !row.startsWith("#"))
    .map(parseRow),
);

/** @throws Error for a drug that usual-directions.txt does not know */
export function usualOf(drug: string): Usual {
  const found = usual.get(drug);
  if (!found) throw new Error(`usual-directions.txt has no line for ${drug}`);
  return found;
}

function parseRow(row: string): [string, Usual] {
  const [name, times, most, reason = ""] = row.split("|").map((cell) => cell.trim());
  if (!name || !times || !most) throw new Error(`usual-directions.txt: cannot read "${row}"`);
  return [name, { times: times.split(" "), most: parseMost(most), reason }];
}

function parseMost(most: string): Usual["most"] {
  if (most === "-") return null;
  const [, figure, unit] = /^([\d.]+)(x| mEq)?$/.exec(most) ?? [];
  if (figure === undefined) throw new Error(`usual-directions.txt: cannot read the most "${most}"`);
  return { value: Number(figure), unit: unit === "x" ? "pieces" : unit === undefined ? "mg" : "mEq" };
}
