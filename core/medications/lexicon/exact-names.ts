import { ingredientsOf, type LexiconEntry } from "./entry.ts";
import type { Lexicon } from "./lexicon.ts";
import { isAmount, joined, kindOfWord, type Word } from "./words.ts";

/** A name and the words of the text it stands on, `start` inclusive, `end` exclusive. */
export type Named = { entry: LexiconEntry; start: number; end: number };

/** Salts and releases that readers glue to a name when they lose a space: METFORMINHCL. */
const GLUED_TAIL = /^(.{5,}?)(hcl|hydrochloride|sodium|potassium|calcium|tabs?|caps?|er|xr|sr|dr)$/;

/** Every name of the lexicon that stands in the words exactly, longest first at each place, left to right. */
export function exactNames(lexicon: Lexicon, words: readonly Word[]): Named[] {
  const names: Named[] = [];
  let start = 0;
  while (start < words.length) {
    const named = exactNameAt(lexicon, words, start, names.length === 0);
    if (named !== null) names.push(named);
    start = named?.end ?? start + 1;
  }
  return names;
}

function exactNameAt(lexicon: Lexicon, words: readonly Word[], start: number, first: boolean): Named | null {
  for (let end = Math.min(words.length, start + lexicon.longestName); end > start; end--) {
    const { key } = joined(words.slice(start, end));
    const entry = lexicon.byKey.get(key);
    if (entry === undefined) continue;
    // "Calcium" after a name is its salt; "daily" is never a drug.
    const kind = end === start + 1 ? kindOfWord(key) : "other";
    if (kind === "other" || (kind === "salt" && first)) return { entry, start, end };
  }
  const stem = GLUED_TAIL.exec(words[start]?.key ?? "")?.[1];
  const entry = stem === undefined ? undefined : lexicon.byKey.get(stem);
  return entry === undefined ? null : { entry, start, end: start + 1 };
}

export type Composed =
  | { kind: "one"; named: Named }
  | { kind: "several"; names: Named[] }
  | { kind: "combination_unknown"; names: Named[] };

/**
 * What several names on one line mean together: one drug named twice, the ingredients of one combination in any
 * order, or different drugs.
 */
export function compose(
  lexicon: Lexicon,
  words: readonly Word[],
  names: readonly [Named, ...Named[]],
): Composed {
  const [first] = names;
  const run = runOfGenerics(words, names);
  const ingredients = [...new Set(run.flatMap(({ entry }) => ingredientsOf(entry).split("/")))].sort();
  const last = run.at(-1) ?? first;
  let whole: Named = first;
  if (ingredients.length > ingredientsOf(first.entry).split("/").length) {
    const combination = lexicon.combinations.get(ingredients.join("/"));
    if (combination === undefined) return { kind: "combination_unknown", names: run };
    whole = { entry: combination, start: first.start, end: last.end };
  }
  const others = names.filter(({ entry }) => !sameDrugOrPart(entry, whole.entry));
  return others.length === 0 ? { kind: "one", named: whole } : { kind: "several", names: [whole, ...others] };
}

/** The generics from the first name on with nothing but salts, amounts and releases between them. */
function runOfGenerics(words: readonly Word[], names: readonly [Named, ...Named[]]): Named[] {
  const run: Named[] = [];
  for (const named of names) {
    if (named.entry.kind !== "generic") break;
    const previous = run.at(-1);
    const between = previous === undefined ? [] : words.slice(previous.end, named.start);
    if (!between.every(partOfName)) break;
    run.push(named);
  }
  return run;
}

function partOfName(word: Word): boolean {
  const kind = kindOfWord(word.key);
  return kind === "salt" || kind === "release" || isAmount(word) || word.key === "and" || word.key === "with";
}

function sameDrugOrPart(entry: LexiconEntry, whole: LexiconEntry): boolean {
  const all = ingredientsOf(whole).split("/");
  return ingredientsOf(entry)
    .split("/")
    .every((ingredient) => all.includes(ingredient));
}
