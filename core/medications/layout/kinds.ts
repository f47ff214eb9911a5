import type { Segment } from "./segments.ts";
import { strengthsIn } from "./strength.ts";
import {
  addressWords,
  credentials,
  directionOpeners,
  directionWords,
  forms,
  formWords,
  type Kind,
  pharmacyWords,
  warningOpeners,
} from "./vocabulary.ts";
import { alike, fold, type Word, wordsOf } from "./words.ts";

const folded = (list: readonly string[]) => new Set(list.map(fold));

const openers = folded(directionOpeners);
const directing = folded(directionWords);
const formNames = folded(Object.keys(forms));
const formNarrowers = folded(formWords);
const letters = folded(credentials.map((credential) => credential.replaceAll("-", "")));
const pharmacies = folded(pharmacyWords);
const streets = folded(addressWords);
const warnings = warningOpeners.map((opener) => wordsOf(opener).map((word) => word.folded));

const longDirectionWords = [...directing].filter((word) => word.length >= 5);

/** Whether a word is one of directions' words, misread or not. */
export function directs(word: Word): boolean {
  if (word.kind === "sign") return false;
  if (word.kind === "number") return true;
  if (directing.has(word.folded)) return true;
  return word.folded.length >= 5 && longDirectionWords.some((known) => alike(word.folded, known));
}

function spoken(words: readonly Word[]): Word[] {
  return words.filter((word) => word.kind !== "sign");
}

/** The share of a segment's words that are directions' words, 0 to 1. */
export function directionShare(words: readonly Word[]): number {
  const said = spoken(words);
  return said.length === 0 ? 0 : said.filter(directs).length / said.length;
}

export function opensDirections(words: readonly Word[]): boolean {
  const first = spoken(words)[0];
  if (!first) return false;
  return (
    openers.has(first.folded) ||
    [...openers].some((opener) => opener.length >= 4 && alike(first.folded, opener))
  );
}

export function warns(words: readonly Word[]): boolean {
  const said = spoken(words);
  return warnings.some((opener) => opener.every((wanted, index) => alike(said[index]?.folded ?? "", wanted)));
}

export function isForm(word: Word | undefined): boolean {
  return word !== undefined && formNames.has(word.folded);
}

export function isFormWord(word: Word | undefined): boolean {
  return word !== undefined && (formNames.has(word.folded) || formNarrowers.has(word.folded));
}

const dateLike =
  /\b\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\b|\b\d{1,2}[ -]?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/i;
const phoneLike = /\(?\d{3}\)?[ .-]{0,2}\d{3}[ .-]?\d{4}\b|\b0\d{3,4} ?\d{3} ?\d{3,4}\b/;
const postcodeLike =
  /\b[A-Z]{2}[ ,]+\d{5}(-\d{4})?\b|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b/;

/** Directions' words must make up this much of a line that does not open like directions. */
const mostlyDirections = 0.75;
/** ... and this much of one that does ("Take one Prinivil tablet"). */
const partlyDirections = 0.5;

/** The shortest word that can name a drug. */
const shortestName = 4;

/** Whether the words before a strength have one that is no word of directions: the drug's name, most likely. */
function namesSomething(words: readonly Word[]): boolean {
  return words.some((word) => word.kind === "letters" && word.text.length >= shortestName && !directs(word));
}

/** What a segment is about. Its heading says so, or else its words do. */
export function kindOf(segment: Segment, text: string): Kind {
  if (segment.heading) return segment.heading;
  const { words } = segment;
  const said = spoken(words);
  const value = text.slice(segment.start, segment.end);
  if (said.length === 0) return "other";
  if (warns(words)) return "warning";
  const share = directionShare(words);
  if (opensDirections(words) && share >= partlyDirections && said.length > 1) return "directions";
  const strengths = strengthsIn(words);
  const strength = strengths[0];
  if (strength && (share < mostlyDirections || namesSomething(words.slice(0, strength.from)))) return "drug";
  if (phoneLike.test(value)) return "phone";
  if (postcodeLike.test(value)) return "address";
  const last = said.at(-1);
  const credential = last && letters.has(last.folded.replaceAll("-", ""));
  if (credential && said.length >= 3) return "prescriber";
  if (said.length > 1 && said[0]?.kind === "number" && said.slice(1).every((word) => isFormWord(word)))
    return "quantity";
  if (said.every((word) => isFormWord(word))) return "form";
  if (strength && strength.to >= words.length) return "strength";
  if (dateLike.test(value)) return "date";
  if (said[0]?.kind === "number" && said.some((word) => streets.has(word.folded))) return "address";
  if (share >= mostlyDirections && said.length >= 2) return "directions";
  if (said.some((word) => pharmacies.has(word.folded))) return "pharmacy";
  return "other";
}
