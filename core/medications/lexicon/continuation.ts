import { ingredientsOf, type LexiconEntry } from "./entry.ts";
import type { Named } from "./exact-names.ts";
import { misreadingCost } from "./letters.ts";
import type { Lexicon } from "./lexicon.ts";
import { isAmount, joined, kindOfWord, type Word } from "./words.ts";

/**
 * What stands beside a name that may make it another: a longer name of the lexicon, badly read ("Diovan HC7"), the
 * badly read other half of a combination, or a word joined to it that nobody knows.
 */
export type Continuation =
  | { kind: "longer"; entry: LexiconEntry; start: number; end: number }
  | { kind: "other"; entry: LexiconEntry }
  | { kind: "word"; word: string };

/** How much of the added letters may be misread, in cost a letter. Above it, the words beside are other words. */
const ADDED_COST_PER_LETTER = 0.34;
const MAX_ADDED_WORDS = 2;
/** Shorter words beside a name are pieces of addresses and codes. */
const SHORTEST_WORD = 4;
/** Canadian generics carry their maker's name before a hyphen. */
const MAKERS = new Set(
  "ach accel act ag apo ava auro bio cipla co dom euro gen gln ipca jamp lupin m mar mint mylan nat novo nra nu odan pms pharma phl pro priva ran ratio reddy riva sandoz septa sivem taro teva tevo van vitae zym".split(
    " ",
  ),
);

export function continuation(
  lexicon: Lexicon,
  line: string,
  words: readonly Word[],
  named: Named,
): Continuation | null {
  return longerName(lexicon, words, named) ?? neighbour(lexicon, line, words, named);
}

function longerName(
  lexicon: Lexicon,
  words: readonly Word[],
  { entry, start, end }: Named,
): Continuation | null {
  const key = joined(words.slice(start, end)).key;
  const longer = lexicon.longer.get(key);
  if (longer === undefined) return null;
  let best: { cost: number; found: Continuation } | undefined;
  for (let added = 1; added <= MAX_ADDED_WORDS; added++) {
    for (const [from, to] of [
      [start, end + added],
      [start - added, end],
    ] as const) {
      if (from < 0 || to > words.length) continue;
      const window = words.slice(from, to);
      const beside = from === start ? window.slice(end - start) : window.slice(0, added);
      if (beside.every((word) => ["salt", "release", "form", "label"].includes(kindOfWord(word.key))))
        continue;
      const read = joined(window).key;
      for (const candidate of longer) {
        const limit = ADDED_COST_PER_LETTER * (candidate.length - key.length);
        if (Math.abs(candidate.length - read.length) > limit + 1) continue;
        const cost = misreadingCost(read, candidate, limit);
        const other = lexicon.byKey.get(candidate);
        if (cost > limit || cost >= (best?.cost ?? Infinity) || other === undefined || other === entry)
          continue;
        best = { cost, found: { kind: "longer", entry: other, start: from, end: to } };
      }
    }
  }
  return best?.found ?? null;
}

function neighbour(
  lexicon: Lexicon,
  line: string,
  words: readonly Word[],
  { entry, start, end }: Named,
): Continuation | null {
  for (const [word, tight] of [
    [words[start - 1], isJoined(line, words[start - 1], words[start])],
    [words[end], isJoined(line, words[end - 1], words[end])],
  ] as const) {
    if (word === undefined || isAmount(word)) continue;
    const kind = kindOfWord(word.key);
    if (kind === "extending" && word === words[end])
      return { kind: "word", word: line.slice(word.from, word.to) };
    if (kind !== "other" || word.key.length < SHORTEST_WORD || MAKERS.has(word.key)) continue;
    const near = lexicon.nearest.find(word.key, NEIGHBOUR_COST_PER_LETTER * word.key.length)[0];
    if (near !== undefined && ingredientsOf(near.value) !== ingredientsOf(entry))
      return { kind: "other", entry: near.value };
    if (tight && near === undefined) return { kind: "word", word: line.slice(word.from, word.to) };
  }
  return null;
}

/** A word beside a name is a second, badly read name only when it is near one: pharmacies and makers stand there too. */
const NEIGHBOUR_COST_PER_LETTER = 0.12;

function isJoined(line: string, left: Word | undefined, right: Word | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  return /^\s?[-/+&]\s?$/.test(line.slice(left.to, right.from));
}
