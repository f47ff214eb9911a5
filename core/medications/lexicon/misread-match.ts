import type { Review } from "../../../contract/medications.ts";
import { continuation } from "./continuation.ts";
import { around, type DrugMatch, differs, lettersOf, type Reading } from "./drug-match.ts";
import type { LexiconEntry } from "./entry.ts";
import { routeOfForm } from "./forms.ts";
import { misreadingCost, strictWeights, weights } from "./letters.ts";
import type { Lexicon } from "./lexicon.ts";
import type { Near } from "./nearest.ts";
import * as why from "./reasons.ts";
import { strengthIn, strengthKnown } from "./strength.ts";
import { isAmount, kindOfWord, type Word } from "./words.ts";

/** Places in a line where a badly read name is looked for. Names stand at the beginning. */
const MAX_STARTS = 6;
/** Words of a badly read name. */
const MAX_NAME_WORDS = 3;
/** Shorter readings are near too many names to be corrected to any. */
const SHORTEST_READING = 4;
/** A reading is taken for a name when at most this much of it, in misreading cost a letter, is believed wrong ... */
const COST_PER_LETTER = 0.3;
/** ... and at most this in all. */
const MAX_COST = 2.5;
/** The next candidate must cost this much more, and twice as much, for the first to be clearly nearest. */
const CLEAR_MARGIN = 0.8;
/**
 * A correction up to this cost a letter is a matter of letter shapes alone and needs no look. Measured by leaving each
 * tenth of the lexicon out and reading its names cleanly: at these values no name that is missing was taken for
 * another; at 0.1 without confidences dimeticone became simeticone (docs/decisions/0045).
 */
const SAFE_COST_PER_LETTER = 0.06;
const SAFE_COST_PER_LETTER_WITH_CONFIDENCES = 0.1;
/** A name found as near as this ends the search for a better one further on in the line. */
const GOOD_COST_PER_LETTER = 0.15;
/** How much a wrong letter weighs against a right one when choosing where in a line the name stands. */
const COST_WEIGHT = 3;
type Guess = {
  near: Near<LexiconEntry>[];
  start: number;
  end: number;
  key: string;
  confidences: number[] | undefined;
  worth: number;
};

/** The name nearest to what was read, where no name stands letter by letter. */
export function matchMisread(lexicon: Lexicon, reading: Reading): DrugMatch {
  const { words } = reading;
  const starts = words.flatMap((word, index) => (canBeName(word) ? [index] : [])).slice(0, MAX_STARTS);
  let best: Guess | undefined;
  for (const start of starts) {
    const most = beginsSeveral(lexicon, words, start) ? MAX_NAME_WORDS : 1;
    for (let end = start + 1; end <= Math.min(words.length, start + most); end++) {
      const guess = guessAt(lexicon, reading, start, end);
      if (guess !== null && guess.worth > (best?.worth ?? 0)) best = guess;
    }
    if (best !== undefined && (best.near[0]?.cost ?? MAX_COST) <= GOOD_COST_PER_LETTER * best.key.length)
      break;
  }
  const cut = starts.flatMap((at) => pieceAt(lexicon, words, at)).at(0);
  if (cut !== undefined && (best === undefined || (best.near[0]?.cost ?? 0) >= CLEAR_MARGIN / 2)) {
    return { kind: "unknown", review: [why.nameCutOff(cut.read, cut.names)] };
  }
  if (best === undefined) return { kind: "unknown", review: [why.nameUnknown(firstOther(words))] };
  return settleGuess(lexicon, reading, best);
}

/** Whether a name of several words may begin here: only then is the search made again with the words that follow. */
function beginsSeveral(lexicon: Lexicon, words: readonly Word[], start: number): boolean {
  const [word, next] = [words[start]?.key ?? "", words[start + 1]?.key ?? ""];
  // A piece this short is more likely half of a name that a reader has parted.
  if (word.length <= SHORTEST_READING || (next.length <= SHORTEST_READING && /[a-z]/.test(next))) return true;
  return lexicon.firstWords.find(word, COST_PER_LETTER * word.length).length > 0;
}

function pieceAt(lexicon: Lexicon, words: readonly Word[], at: number): { read: string; names: string[] }[] {
  const read = words[at]?.key ?? "";
  const names = lexicon.pieces.namesOf(read);
  return names.length > 0 ? [{ read, names }] : [];
}

function guessAt(lexicon: Lexicon, reading: Reading, start: number, end: number): Guess | null {
  const { key, confidences } = lettersOf(reading, start, end);
  if (key.length < SHORTEST_READING) return null;
  const near = lexicon.nearest.find(
    key,
    Math.min(MAX_COST, COST_PER_LETTER * key.length),
    confidences && weights(confidences),
  );
  const cost = near[0]?.cost;
  return cost === undefined
    ? null
    : { near, start, end, key, confidences, worth: key.length - COST_WEIGHT * cost };
}

function settleGuess(lexicon: Lexicon, reading: Reading, guess: Guess): DrugMatch {
  const [best] = guess.near;
  if (best === undefined) return { kind: "unknown", review: [why.nameUnknown(firstOther(reading.words))] };
  const place = around(reading, guess.start, guess.end);
  const strength = reading.evidence.strength ?? strengthIn(place.rest);
  const rivals = rivalsAmong(guess.near, best);
  const scored = { score: Math.max(0, 1 - (2 * best.cost) / guess.key.length), ...place };
  if (rivals.length > 0) {
    const candidates = [...new Set([best.value, ...rivals.map(({ value }) => value)])];
    const review = [why.nameAmbiguous(place.matched, candidates)];
    const fitting = candidates.filter(
      (entry) => strength !== null && strengthKnown(entry, strength) === "usual",
    );
    const [only, ...more] = fitting;
    if (only === undefined || more.length > 0) return { kind: "ambiguous", candidates, ...place, review };
    return { kind: "corrected", entry: only, ...scored, review };
  }
  const entry = best.value;
  const review = [
    ...reasonsToLook(lexicon, reading, entry, strength),
    ...besideIt(lexicon, reading, guess, best),
  ];
  if (!isMatterOfLetters(best, guess, fitOf(guess, entry, strength))) {
    review.push(why.nameCorrected(place.matched, entry));
  }
  if (review.length === 0) {
    const distant = distantRivals(lexicon, guess, best);
    if (distant.length > 0) review.push(why.nameAmbiguous(place.matched, [entry, ...new Set(distant)]));
  }
  return { kind: "corrected", entry, ...scored, review };
}

/** The nearest names but the first that are not clearly farther than it. */
function rivalsAmong(near: readonly Near<LexiconEntry>[], best: Near<LexiconEntry>): Near<LexiconEntry>[] {
  const within = rivalCost(best);
  return near.filter(({ cost, value }) => cost < within && differs(value, best.value));
}

function rivalCost({ cost }: Near<LexiconEntry>): number {
  return Math.max(cost + CLEAR_MARGIN, 2 * cost);
}

/** Rivals one edit farther than candidates are looked for: asked before a correction goes unflagged, as it takes time. */
function distantRivals(
  lexicon: Lexicon,
  { key, confidences }: Guess,
  best: Near<LexiconEntry>,
): LexiconEntry[] {
  const near = lexicon.nearest.find(key, rivalCost(best), confidences && weights(confidences), 1);
  return rivalsAmong(near, best).map(({ value }) => value);
}

/** What is known of the drug that speaks against correcting to it unseen. */
function reasonsToLook(
  lexicon: Lexicon,
  { evidence }: Reading,
  entry: LexiconEntry,
  strength: string | null,
): Review[] {
  const review: Review[] = [];
  const alike = lexicon.lookAlikes.get(entry.name.toLowerCase()) ?? [];
  if (alike.length > 0) review.push(why.lookAlike(entry, alike));
  if (strength !== null && strengthKnown(entry, strength) === "unusual") {
    review.push(why.strengthDoesNotFit(entry, strength));
  }
  const route = evidence.form === undefined ? null : routeOfForm(evidence.form);
  if (route !== null && entry.routes.length > 0 && !entry.routes.includes(route)) {
    review.push(why.formDoesNotFit(entry, evidence.form ?? ""));
  }
  return review;
}

function besideIt(lexicon: Lexicon, reading: Reading, guess: Guess, best: Near<LexiconEntry>): Review[] {
  const named = { entry: best.value, start: guess.start, end: guess.end };
  const goesOn = continuation(lexicon, reading.line, reading.words, named, best.cost);
  if (goesOn === null) return [];
  if (goesOn.kind === "word") return [why.nameGoesOn(best.value, goesOn.word)];
  if (goesOn.kind === "other") return [why.severalNames([best.value.name, goesOn.entry.name])];
  return [why.nameAmbiguous(around(reading, goesOn.start, goesOn.end).matched, [goesOn.entry, best.value])];
}

/**
 * How far the strength speaks for the drug: 1 when it is one of its own; half when none is printed and the reading has
 * a sign that no name has, so was misread for certain; 0 otherwise.
 */
function fitOf({ key }: Guess, entry: LexiconEntry, strength: string | null): number {
  if (strength !== null) return strengthKnown(entry, strength) === "usual" ? 1 : 0;
  return /^[a-z]*$/.test(key) ? 0 : 0.5;
}

/** Whether the reading differs from the name only where letters look alike or the reader was unsure of them. */
function isMatterOfLetters(
  { key, cost }: Near<LexiconEntry>,
  { key: read, confidences }: Guess,
  fit: number,
): boolean {
  if (confidences === undefined) return cost <= fit * SAFE_COST_PER_LETTER * read.length;
  const limit = fit * SAFE_COST_PER_LETTER_WITH_CONFIDENCES * read.length;
  return misreadingCost(read, key, limit, strictWeights(confidences)) <= limit;
}

function canBeName(word: Word): boolean {
  const kind = kindOfWord(word.key);
  return kind === "other" && !isAmount(word) && /[a-z]/.test(word.key);
}

function firstOther(words: readonly Word[]): string {
  return words.find(canBeName)?.key ?? "";
}
