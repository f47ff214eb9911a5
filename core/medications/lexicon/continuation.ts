import { ingredientsOf, type LexiconEntry } from "./entry.ts";
import type { Named } from "./exact-names.ts";
import { misreadingCost } from "./letters.ts";
import type { Lexicon } from "./lexicon.ts";
import { isAmount, joined, keyOf, kindOfWord, type Word } from "./words.ts";

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
const SHORTEST_NEIGHBOUR = 4;
/** Makers and pharmacies stand beside names too: only what is nearly a name counts as one. */
const NEIGHBOUR_COST_PER_LETTER = 0.12;
/** Makers, who stand before the names of Canadian generics with a hyphen, and after others. */
const MAKERS = new Set(
  "ach accel act ag apo ava auro bio cipla dom euro gen gln ipca jamp lupin m mar mint mylan nat novo nra nu odan pms pharma phl pro priva ran ratio reddy riva sandoz septa sivem taro teva tevo van vitae zym accord actavis almus amneal apotex aurobindo bristol camber crescent dexcel greenstone hikma kent lannett major milpharm northstar par ratiopharm relonchem rosemont solco sun torrent unichem winthrop wockhardt zydus".split(
    " ",
  ),
);

/** `spent` is the misreading cost of the name itself, 0 when it stands there exactly. */
export function continuation(
  lexicon: Lexicon,
  line: string,
  words: readonly Word[],
  named: Named,
  spent = 0,
): Continuation | null {
  const near = longerName(lexicon, words, named, spent) ?? neighbour(lexicon, words, named);
  if (near !== null) return near;
  const word = wordAfter(lexicon, line, words, named) ?? wordBefore(lexicon, line, words, named);
  if (word !== null) return { kind: "word", word: line.slice(word.from, word.to) };
  // "Clarinex-": a hyphen that joins nothing had something to join.
  const hanging = /^[-/+](?=\s|$)/.exec(line.slice(words[named.end - 1]?.to ?? line.length));
  return hanging === null ? null : { kind: "word", word: hanging[0] };
}

function longerName(
  lexicon: Lexicon,
  words: readonly Word[],
  { entry, start, end }: Named,
  spent: number,
): Continuation | null {
  const key = keyOf(entry.name);
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
      const read = joined(window).key;
      for (const candidate of longer) {
        const limit = spent + ADDED_COST_PER_LETTER * (candidate.length - key.length);
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

/** A word right beside the name that is nearly a name itself: the badly read other half of a combination. */
function neighbour(
  lexicon: Lexicon,
  words: readonly Word[],
  { entry, start, end }: Named,
): Continuation | null {
  for (const word of [words[start - 1], words[end]]) {
    if (word === undefined || !isUnknown(word) || word.key.length < SHORTEST_NEIGHBOUR) continue;
    const near = lexicon.nearest.find(word.key, NEIGHBOUR_COST_PER_LETTER * word.key.length)[0];
    if (near !== undefined && ingredientsOf(near.value) !== ingredientsOf(entry)) {
      return { kind: "other", entry: near.value };
    }
  }
  return null;
}

/** The word after the name that makes it another product ("Zyrtec D") or is joined to it ("ampicillin and sulbactam"). */
function wordAfter(
  lexicon: Lexicon,
  line: string,
  words: readonly Word[],
  { entry, end }: Named,
): Word | null {
  const next = words[end];
  if (next !== undefined && kindOfWord(next.key) === "extending") return next;
  // "Bactrim" is a part of other names too, so a word that nobody knows may be the rest of one.
  if (isFamily(lexicon, entry, words[end - 1]) && next !== undefined) {
    // "Tylenol #8" and "Senna-8": a bare number so close is no strength.
    const isNumbered = /^(?:-|\s*#)$/.test(gapBefore(line, words, end)) && /^\d+$/.test(next.key);
    if (couldBeRest(next) || isNumbered) return next;
  }
  if (standsBeforeStrength(words, end)) return next ?? null;
  let at = end;
  while (isPartOfName(words[at])) at += 1;
  // One more word, such as a badly read salt, when a conjunction follows it.
  if (isConjunction(words[at + 1])) at += 1;
  const gap = gapBefore(line, words, at);
  const word = isConjunction(words[at]) ? words[at + 1] : JOINS.test(gap) ? words[at] : undefined;
  if (word !== undefined && isUnknown(word)) return word;
  // "codeine phosphate, chlorcyclizine hcl": what has a salt is a drug.
  const listed = words[at];
  const hasSalt = words[at + 1] !== undefined && kindOfWord(words[at + 1]?.key ?? "") === "salt";
  return /^\s*,\s*$/.test(gap) && hasSalt && listed !== undefined && isUnknown(listed) ? listed : null;
}

/** "Climara Pro 0.045", "gabapentin enacarbil 300 mg": what stands between a name and its strength belongs to the name. */
function standsBeforeStrength(words: readonly Word[], at: number): boolean {
  const word = words[at];
  if (word === undefined || !isUnknown(word) || MAKERS.has(word.key)) return false;
  let next = at + 1;
  while (next < words.length && next <= at + MAX_ADDED_WORDS && !isAmount(words[next] ?? word)) next += 1;
  const amount = words[next];
  return amount !== undefined && isAmount(amount);
}

/** The word before the name that is joined to it: "aliskiren hemifumarate and amlodipine", "Neo-Synalar". */
function wordBefore(
  lexicon: Lexicon,
  line: string,
  words: readonly Word[],
  { entry, start }: Named,
): Word | null {
  const previous = words[start - 1];
  if (previous !== undefined && isFamily(lexicon, entry, words[start])) {
    if (couldBeRest(previous) && !MAKERS.has(previous.key)) return previous;
  }
  let at = start - 1;
  if (isConjunction(words[at])) at -= 1;
  else if (!JOINS.test(gapBefore(line, words, start))) return null;
  while (isPartOfName(words[at]) || words[at]?.key.length === 1) at -= 1;
  const word = words[at];
  return word !== undefined && isUnknown(word) && !MAKERS.has(word.key) ? word : null;
}

/** A hyphen joins only without spaces: " - " stands before a maker's name. */
const JOINS = /^(?:-|\s*[/+&]\s*)$/;

function gapBefore(line: string, words: readonly Word[], index: number): string {
  const left = words[index - 1];
  const right = words[index];
  return left === undefined || right === undefined ? "" : line.slice(left.to, right.from);
}

/** Whether the name, or the ingredient of a combination on its edge, is a part of longer names. */
function isFamily(lexicon: Lexicon, entry: LexiconEntry, edge: Word | undefined): boolean {
  const atEdge = edge === undefined ? undefined : lexicon.byKey.get(edge.key);
  return lexicon.families.has(entry) || (atEdge !== undefined && lexicon.families.has(atEdge));
}

/** A word that nobody knows, or one too short to be known: "Tildiem A" was Tildiem LA. */
function couldBeRest(word: Word): boolean {
  return isUnknown(word) || /^[a-fh-z]$/.test(word.key);
}

function isConjunction(word: Word | undefined): boolean {
  return word?.key === "and" || word?.key === "with";
}

function isPartOfName(word: Word | undefined): boolean {
  if (word === undefined) return false;
  const kind = kindOfWord(word.key);
  return kind === "salt" || kind === "release" || isAmount(word);
}

function isUnknown(word: Word): boolean {
  const kind = kindOfWord(word.key);
  return (kind === "other" || kind === "extending") && !isAmount(word) && /[a-z]/.test(word.key);
}
