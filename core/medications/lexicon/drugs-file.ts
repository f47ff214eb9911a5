import { ingredientsOf, type LexiconEntry } from "./entry.ts";
import { routeOfForm } from "./forms.ts";
import { normaliseStrength } from "./strength.ts";

/** A line of a drugs file that cannot be used, with where and why. */
export class DrugsFileError extends Error {
  override readonly name = "DrugsFileError";
}

export const COLUMNS = ["name", "kind", "of", "forms", "strengths", "max_daily", "rxcui"] as const;

/**
 * The drugs of a file like drugs.tsv: one name a line, columns parted by tabs.
 *
 * - `kind`: generic or brand.
 * - `of`: the generic this is a brand or another name of; empty for a generic in its own right. A combination is a
 *   generic whose name is its ingredients joined by "/".
 * - `forms`: from forms.ts, parted by commas; the route follows from the form.
 * - `strengths`: "2.5, 5, 10 mg; 250 mg/5 mL; 5/325, 10/325 mg". A brand or other name that leaves forms and
 *   strengths empty has those of its generic.
 * - `max_daily`: "80 mg", or "10 mg, once 60 mg" where a first or single dose is larger; - `rxcui`: only in a file built from RxNorm.
 *
 * @throws DrugsFileError naming the line.
 */
export function parseDrugsFile(text: string): LexiconEntry[] {
  const lines = text.split("\n");
  if (lines[0]?.startsWith("name\tkind\tof") !== true)
    throw new DrugsFileError("line 1 is not the row of column names");
  const rows = lines
    .map((line, index) => ({ cells: line.split("\t"), number: index + 1 }))
    .slice(1)
    .filter(({ cells }) => cells[0] !== "");
  const entries = new Map<string, LexiconEntry>();
  // Generics in their own right first: the rest takes forms, strengths and ingredients from them.
  for (const { cells, number } of rows) {
    if ((cells[2] ?? "") === "") add(entries, ownEntry(cells, number), number);
  }
  for (const { cells, number } of rows) {
    const of = cells[2] ?? "";
    if (of === "") continue;
    const generic = entries.get(of.toLowerCase());
    if (generic === undefined) throw new DrugsFileError(`line ${number}: there is no line for "${of}"`);
    add(entries, named(ownEntry(cells, number), generic), number);
  }
  return [...entries.values()];
}

function add(entries: Map<string, LexiconEntry>, entry: LexiconEntry, number: number): void {
  const key = entry.name.toLowerCase();
  if (entries.has(key)) throw new DrugsFileError(`line ${number}: "${entry.name}" is there twice`);
  entries.set(key, entry);
}

function ownEntry(cells: string[], number: number): LexiconEntry {
  const [name = "", kind, , forms = "", strengths = "", max = "", rxcui = ""] = cells;
  if (kind !== "generic" && kind !== "brand") {
    throw new DrugsFileError(`line ${number}: kind is "${kind ?? ""}", neither generic nor brand`);
  }
  const formList = forms === "" ? [] : forms.split(", ");
  const routes = formList.map((form) => {
    const route = routeOfForm(form);
    if (route === null) throw new DrugsFileError(`line ${number}: "${form}" is no form of forms.ts`);
    return route;
  });
  const maximum = /^([\d.]+) (\w+)(?:, once ([\d.]+) \2)?$/.exec(max);
  if (max !== "" && maximum === null)
    throw new DrugsFileError(`line ${number}: max_daily "${max}" is no dose`);
  return {
    name,
    kind,
    generics: kind === "generic" && name.includes("/") ? name.split("/") : [],
    forms: formList,
    routes: [...new Set(routes)],
    strengths: strengthList(strengths, number),
    ...(maximum === null
      ? {}
      : {
          maxDailyDose: {
            value: Number(maximum[1]),
            unit: maximum[2] ?? "",
            ...(maximum[3] !== undefined && { once: Number(maximum[3]) }),
          },
        }),
    ...(rxcui === "" ? {} : { rxcui }),
  };
}

function named(entry: LexiconEntry, generic: LexiconEntry): LexiconEntry {
  const inherits = entry.forms.length === 0 && entry.strengths.length === 0;
  const max =
    entry.maxDailyDose ?? (inherits || swallowedWithin(entry, generic) ? generic.maxDailyDose : undefined);
  return {
    ...entry,
    generics: ingredientsOf(generic).split("/"),
    forms: inherits ? generic.forms : entry.forms,
    routes: inherits ? generic.routes : entry.routes,
    strengths: inherits ? generic.strengths : entry.strengths,
    ...(max === undefined ? {} : { maxDailyDose: max }),
  };
}

/**
 * Whether the generic's most of a day holds for a name with forms of its own: what is swallowed, and is not stronger
 * than that most. An injection for a month has another.
 */
function swallowedWithin(entry: LexiconEntry, generic: LexiconEntry): boolean {
  const most = generic.maxDailyDose;
  const within = (strength: string) => {
    const [, value, unit] = /^([\d.]+) (\w+)$/.exec(strength) ?? [];
    return unit !== most?.unit || Number(value) <= (most?.value ?? 0);
  };
  return entry.routes.every((route) => route === "oral") && entry.strengths.every(within);
}

/** Of a drugs file's strengths one in five is another than those before: each is worked out once. */
const normalised = new Map<string, string | null>();

function normaliseOnce(strength: string): string | null {
  const before = normalised.get(strength);
  if (before !== undefined) return before;
  const normal = normaliseStrength(strength);
  normalised.set(strength, normal);
  return normal;
}

/** The strengths of a cell: "2.5, 5, 10 mg; 250 mg/5 mL". @throws DrugsFileError naming the line. */
export function strengthList(cell: string, number: number): string[] {
  if (cell === "") return [];
  return cell.split("; ").flatMap((group) => {
    const parted = /^([\d./, ]*\d) ([^\d].*)$/.exec(group);
    if (parted === null) throw new DrugsFileError(`line ${number}: "${group}" is no list of strengths`);
    return (parted[1] ?? "").split(", ").map((value) => {
      const strength = normaliseOnce(`${value} ${parted[2]}`);
      if (strength === null)
        throw new DrugsFileError(`line ${number}: "${value} ${parted[2]}" is no strength`);
      return strength;
    });
  });
}
