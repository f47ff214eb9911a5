import type { Review } from "../../../contract/medications.ts";
import { continuation } from "./continuation.ts";
import { ingredientsOf, type LexiconEntry } from "./entry.ts";
import { compose, exactNames, type Named } from "./exact-names.ts";
import type { Lexicon } from "./lexicon.ts";
import type { Near } from "./nearest.ts";
import * as why from "./reasons.ts";
import { strengthIn, strengthKnown } from "./strength.ts";
import { isAmount, joined, kindOfWord, type Word, wordsOf } from "./words.ts";

export type DrugMatch =
  | {
      kind: "exact" | "corrected";
      entry: LexiconEntry;
      /** 1 for the name itself, less the more had to be believed misread. */
      score: number;
      /** The part of the text that is the name. */
      matched: string;
      /** What follows it: salt, strength, form. */
      rest: string;
      review: Review[];
    }
  | { kind: "ambiguous"; candidates: LexiconEntry[]; matched: string; rest: string; review: Review[] }
  | { kind: "unknown"; review: Review[] };

/** What else is known of the reading. */
export type NameEvidence = {
  /** One confidence per UTF-16 code unit of the text. */
  characters?: readonly number[];
  /** Another reader's view of the same text. */
  second?: { text: string; confidence: number };
  /** As printed; taken from what follows the name when it is not given. */
  strength?: string;
  form?: string;
};

/** A label's line is at most this long; what comes after cannot be the name it begins with. */
const MAX_TEXT = 300;
const MAX_WORDS = 40;
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
/** Letters read with less confidence than this are not taken as read. */
const SURE_LETTER = 0.8;
/** How much a wrong letter weighs against a right one when choosing where in a line the name stands. */
const COST_WEIGHT = 3;
/** An exact name is doubted when another name is this near after the unsure letters are discounted. */
const DOUBT_COST = 0.7;

/** The drug that a text names, or why it cannot be said. `text` may hold more than the name. */
export function match(lexicon: Lexicon, text: string, evidence: NameEvidence = {}): DrugMatch {
  const first = matchReading(lexicon, text, evidence);
  if (evidence.second === undefined) return first;
  const { characters: _, second: __, ...shared } = evidence;
  return withSecondReader(first, matchReading(lexicon, evidence.second.text, shared), text);
}

function matchReading(lexicon: Lexicon, text: string, evidence: NameEvidence): DrugMatch {
  const line = text.slice(0, MAX_TEXT);
  const words = wordsOf(line).slice(0, MAX_WORDS);
  const [first, ...others] = exactNames(lexicon, words);
  if (first === undefined) return matchMisread(lexicon, line, words, evidence);
  const composed = compose(lexicon, words, [first, ...others]);
  if (composed.kind === "one") return settleExact(lexicon, line, words, composed.named, evidence);
  const names = composed.names.map(({ entry }) => entry.name);
  const end =
    composed.kind === "several"
      ? (composed.names[0]?.end ?? first.end)
      : (composed.names.at(-1)?.end ?? first.end);
  return {
    kind: "ambiguous",
    candidates: composed.names.map(({ entry }) => entry),
    ...around(line, words, first.start, end),
    review: [composed.kind === "several" ? why.severalNames(names) : why.combinationUnknown(names)],
  };
}

function settleExact(
  lexicon: Lexicon,
  line: string,
  words: readonly Word[],
  named: Named,
  evidence: NameEvidence,
): DrugMatch {
  const { entry, start, end } = named;
  const place = around(line, words, start, end);
  const goesOn = continuation(lexicon, line, words, named);
  if (goesOn?.kind === "longer") {
    const whole = around(line, words, goesOn.start, goesOn.end);
    const review = [why.nameCorrected(whole.matched, goesOn.entry)];
    return { kind: "corrected", entry: goesOn.entry, score: SCORE_OF_LONGER, ...whole, review };
  }
  const review: Review[] = [];
  if (goesOn?.kind === "other") review.push(why.severalNames([entry.name, goesOn.entry.name]));
  if (goesOn?.kind === "word") review.push(why.nameGoesOn(entry, goesOn.word));
  const alike = lexicon.lookAlikes.get(entry.name.toLowerCase()) ?? [];
  const { key, at } = joined(words.slice(start, end));
  const confidences = evidence.characters && at.map((index) => evidence.characters?.[index] ?? 1);
  if (confidences?.some((confidence) => confidence < SURE_LETTER)) {
    if (alike.length > 0) review.push(why.lookAlike(entry, alike));
    else {
      const near = lexicon.nearest
        .find(key, DOUBT_COST, confidences)
        .filter((other) => differs(other.value, entry));
      if (near.length > 0)
        review.push(
          why.nameUncertain(
            place.matched,
            near.map(({ value }) => value.name),
          ),
        );
    }
  }
  const strength = evidence.strength ?? strengthIn(place.rest);
  if (strength !== null && strengthKnown(entry, strength) === "unusual") {
    const fitting = alike.filter((name) => comesAs(lexicon, name, strength));
    if (fitting.length > 0) review.push(why.strengthFitsOther(entry, strength, fitting));
  }
  return { kind: "exact", entry, score: 1, ...place, review };
}

/** A longer name found around an exact shorter one is surer than a guess and less sure than a name. */
const SCORE_OF_LONGER = 0.7;

function comesAs(lexicon: Lexicon, name: string, strength: string): boolean {
  const entry = lexicon.named.get(name.toLowerCase());
  return entry !== undefined && strengthKnown(entry, strength) === "usual";
}

type Guess = { near: Near<LexiconEntry>[]; start: number; end: number; key: string; worth: number };

function matchMisread(
  lexicon: Lexicon,
  line: string,
  words: readonly Word[],
  evidence: NameEvidence,
): DrugMatch {
  const starts = words.flatMap((word, index) => (canBeName(word) ? [index] : [])).slice(0, MAX_STARTS);
  let best: Guess | undefined;
  for (const start of starts) {
    for (let end = start + 1; end <= Math.min(words.length, start + MAX_NAME_WORDS); end++) {
      const guess = guessAt(lexicon, words, start, end, evidence);
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
  return settleGuess(lexicon, line, words, best, evidence);
}

function pieceAt(lexicon: Lexicon, words: readonly Word[], at: number): { read: string; names: string[] }[] {
  const read = words[at]?.key ?? "";
  const names = lexicon.pieces.namesOf(read);
  return names.length > 0 ? [{ read, names }] : [];
}

function guessAt(
  lexicon: Lexicon,
  words: readonly Word[],
  start: number,
  end: number,
  evidence: NameEvidence,
): Guess | null {
  const { key, at } = joined(words.slice(start, end));
  if (key.length < SHORTEST_READING) return null;
  const confidences = evidence.characters && at.map((index) => evidence.characters?.[index] ?? 1);
  const near = lexicon.nearest.find(key, Math.min(MAX_COST, COST_PER_LETTER * key.length), confidences);
  const cost = near[0]?.cost;
  return cost === undefined ? null : { near, start, end, key, worth: key.length - COST_WEIGHT * cost };
}

function settleGuess(
  lexicon: Lexicon,
  line: string,
  words: readonly Word[],
  guess: Guess,
  evidence: NameEvidence,
): DrugMatch {
  const [best] = guess.near;
  if (best === undefined) return { kind: "unknown", review: [why.nameUnknown(firstOther(words))] };
  const place = around(line, words, guess.start, guess.end);
  const within = Math.max(best.cost + CLEAR_MARGIN, 2 * best.cost);
  const rivals = guess.near.filter((near) => near.cost < within && differs(near.value, best.value));
  const strength = evidence.strength ?? strengthIn(place.rest);
  const candidates = [best.value, ...new Set(rivals.map(({ value }) => value))];
  if (rivals.length > 0) {
    const review = [why.nameAmbiguous(place.matched, candidates)];
    const fitting =
      strength === null ? [] : candidates.filter((entry) => strengthKnown(entry, strength) === "usual");
    const [only] = fitting;
    if (fitting.length !== 1 || only === undefined)
      return { kind: "ambiguous", candidates, ...place, review };
    return { kind: "corrected", entry: only, score: score(best.cost, guess.key), ...place, review };
  }
  const entry = best.value;
  const named = { entry, start: guess.start, end: guess.end };
  const goesOn = continuation(lexicon, line, words, named, best.cost);
  const review: Review[] = [];
  const alike = lexicon.lookAlikes.get(entry.name.toLowerCase()) ?? [];
  if (alike.length > 0) review.push(why.lookAlike(entry, alike));
  const fit = strength === null ? "unknown" : strengthKnown(entry, strength);
  if (strength !== null && fit === "unusual") review.push(why.strengthDoesNotFit(entry, strength));
  const safeCost = evidence.characters ? SAFE_COST_PER_LETTER_WITH_CONFIDENCES : SAFE_COST_PER_LETTER;
  const safe =
    best.cost <= safeCost * guess.key.length &&
    (fit === "usual" || (strength === null && !/^[a-z]*$/.test(guess.key)));
  if (!safe || goesOn !== null) review.push(why.nameCorrected(place.matched, entry));
  return { kind: "corrected", entry, score: score(best.cost, guess.key), ...place, review };
}

/** Whether two entries would tell a reader of the result different things. Spellings of one generic do not. */
function differs(a: LexiconEntry, b: LexiconEntry): boolean {
  return a !== b && !(a.kind === "generic" && b.kind === "generic" && ingredientsOf(a) === ingredientsOf(b));
}

function withSecondReader(first: DrugMatch, second: DrugMatch, text: string): DrugMatch {
  if (second.kind !== "exact") {
    if (second.kind !== "corrected" || first.kind === "unknown" || first.kind === "ambiguous") return first;
    if (ingredientsOf(second.entry) === ingredientsOf(first.entry)) return first;
    return { ...first, review: [...first.review, why.readersDisagree(first.matched, second.matched)] };
  }
  if (first.kind === "unknown" || first.kind === "ambiguous") {
    const read = first.kind === "ambiguous" ? first.matched : text.trim();
    return {
      ...second,
      kind: "corrected",
      review: [...second.review, why.readersDisagree(read, second.matched)],
    };
  }
  if (!differs(first.entry, second.entry)) {
    // Two readers saw this name, one of them letter by letter: the correction needs no other witness.
    return { ...first, review: first.review.filter(({ code }) => code !== "name_corrected") };
  }
  return { ...first, review: [...first.review, why.readersDisagree(first.matched, second.matched)] };
}

function around(
  line: string,
  words: readonly Word[],
  start: number,
  end: number,
): { matched: string; rest: string } {
  const from = words[start]?.from ?? 0;
  const to = words[end - 1]?.to ?? line.length;
  return { matched: line.slice(from, to), rest: line.slice(to).trim() };
}

function canBeName(word: Word): boolean {
  const kind = kindOfWord(word.key);
  return kind === "other" && !isAmount(word) && /[a-z]/.test(word.key);
}

function firstOther(words: readonly Word[]): string {
  return words.find(canBeName)?.key ?? "";
}

function score(cost: number, key: string): number {
  return Math.max(0, 1 - (2 * cost) / key.length);
}
