import { existsSync, readFileSync } from "node:fs";
import { NamePieces } from "./cut-off.ts";
import { parseDrugsFile } from "./drugs-file.ts";
import { ingredientsOf, type LexiconEntry } from "./entry.ts";
import { mergeLexicons } from "./merge.ts";
import { NearestNames } from "./nearest.ts";
import { keyOf } from "./words.ts";

/** The names that labels are read against, with the ways to look them up. */
export type Lexicon = {
  byKey: ReadonlyMap<string, LexiconEntry>;
  /** Combinations by their ingredients, sorted and joined by "/": labels print them in any order. */
  combinations: ReadonlyMap<string, LexiconEntry>;
  /** For a key, the longer keys that begin or end with it: "diovan" has "diovanhct". */
  longer: ReadonlyMap<string, readonly string[]>;
  nearest: NearestNames<LexiconEntry>;
  pieces: NamePieces;
  /** The first words of names of several words. */
  firstWords: NearestNames<true>;
  /** By lower-case name. */
  named: ReadonlyMap<string, LexiconEntry>;
  /** Most words in any name. */
  longestName: number;
  /** Brands and single generics whose name is some words of another's: "Bactrim" of "Bactrim DS". */
  families: ReadonlySet<LexiconEntry>;
  /** Names that are mistaken for one another, by lower-case name. */
  lookAlikes: ReadonlyMap<string, readonly string[]>;
};

/** Shortest key that counts as a part of another: single letters and "co" begin too many. */
const SHORTEST_BEGINNING = 3;

export function indexLexicon(
  entries: readonly LexiconEntry[],
  pairs: readonly (readonly [string, string])[],
): Lexicon {
  const byKey = new Map<string, LexiconEntry>();
  const combinations = new Map<string, LexiconEntry>();
  let longestName = 1;
  for (const entry of entries) {
    const key = keyOf(entry.name);
    if (!byKey.has(key)) byKey.set(key, entry);
    longestName = Math.max(longestName, entry.name.split(/[\s/-]+/).length);
    if (!entry.name.includes("/") || entry.kind !== "generic") continue;
    combinations.set(ingredientsOf(entry), entry);
    const turned = keyOf([...entry.name.split("/")].reverse().join("/"));
    if (!byKey.has(turned)) byKey.set(turned, entry);
  }
  return {
    byKey,
    combinations,
    longer: longerKeys([...byKey.keys()]),
    nearest: new NearestNames(byKey),
    pieces: new NamePieces(
      entries.filter(({ name }) => !name.includes("/")).map(({ name }) => ({ key: keyOf(name), name })),
    ),
    firstWords: new NearestNames(firstWords(entries).map((key) => [key, true] as const)),
    named: new Map(entries.map((entry) => [entry.name.toLowerCase(), entry])),
    longestName,
    families: familiesOf(entries),
    lookAlikes: bothWays(pairs),
  };
}

function longerKeys(keys: string[]): Map<string, string[]> {
  const all = new Set(keys);
  const longer = new Map<string, string[]>();
  for (const key of keys) {
    for (let length = SHORTEST_BEGINNING; length < key.length; length++) {
      for (const part of [key.slice(0, length), key.slice(-length)]) {
        if (!all.has(part)) continue;
        const list = longer.get(part);
        if (list === undefined) longer.set(part, [key]);
        else list.push(key);
      }
    }
  }
  return longer;
}

function firstWords(entries: readonly LexiconEntry[]): string[] {
  const words = entries.map(({ name }) => name.split(/[ /-]/)).filter(({ length }) => length > 1);
  return [...new Set(words.map(([first = ""]) => keyOf(first)))];
}

function familiesOf(entries: readonly LexiconEntry[]): Set<LexiconEntry> {
  const byName = new Map(entries.map((entry) => [entry.name.toLowerCase(), entry]));
  const families = new Set<LexiconEntry>();
  for (const { name } of entries) {
    if (name.includes("/") && !name.includes(" ")) continue;
    const words = name.toLowerCase().split(/(?=[ -])/);
    for (let from = 0; from < words.length; from++) {
      for (let to = from + 1; to <= words.length; to++) {
        const part = byName.get(words.slice(from, to).join("").replace(/^[ -]/, ""));
        if (part !== undefined && to - from < words.length) families.add(part);
      }
    }
  }
  return families;
}

function bothWays(pairs: readonly (readonly [string, string])[]): Map<string, string[]> {
  const map = new Map<string, string[]>();
  for (const [a, b] of pairs) {
    map.set(a.toLowerCase(), [...(map.get(a.toLowerCase()) ?? []), b]);
    map.set(b.toLowerCase(), [...(map.get(b.toLowerCase()) ?? []), a]);
  }
  return map;
}

/** The pairs of a file like look-alikes.tsv, whose first line names its columns. */
export function parseLookAlikes(text: string): [string, string][] {
  return text
    .split("\n")
    .slice(1)
    .filter((line) => line !== "")
    .map((line) => {
      const [name = "", other = ""] = line.split("\t");
      return [name, other];
    });
}

/** Names a file built by `npm run lexicon`; without it, `rxnorm.tsv` beside drugs.tsv is taken when it is there. */
const FULL_LEXICON_VARIABLE = "RXSCAN_LEXICON";

let loaded: Lexicon | undefined;

/** The project's own lexicon, joined with the full one where it is present. Read once a process. */
export function theLexicon(): Lexicon {
  loaded ??= load();
  return loaded;
}

function load(): Lexicon {
  const beside = (name: string) => new URL(name, import.meta.url);
  const own = parseDrugsFile(readFileSync(beside("./drugs.tsv"), "utf8"));
  const pairs = parseLookAlikes(readFileSync(beside("./look-alikes.tsv"), "utf8"));
  const named = process.env[FULL_LEXICON_VARIABLE];
  const full = named !== undefined && named !== "" ? named : beside("./rxnorm.tsv");
  // A named file that is not there is an error of deployment and must be seen; the one beside the data is optional.
  if (full === named || existsSync(full)) {
    return indexLexicon(mergeLexicons(own, parseDrugsFile(readFileSync(full, "utf8"))), pairs);
  }
  return indexLexicon(own, pairs);
}
