import type { Segment } from "./segments.ts";
import { strengthsIn } from "./strength.ts";
import {
  directionShare,
  isFormWord,
  isNameTail,
  isTime,
  isVerb,
  namesSomething,
  opensDirections,
  warns,
} from "./word-kinds.ts";
import type { Word } from "./words.ts";

/** The part after the drug must be directions' words by this much to be taken for directions. */
const mostlyDirections = 0.75;

/** Where the words that belong to the drug end: its strength, form and release words. */
function afterDrug(words: readonly Word[]): number {
  let at = strengthsIn(words)[0]?.to ?? 0;
  while (at < words.length && (isFormWord(words[at]) || isNameTail(words[at]) || words[at]?.kind === "sign"))
    at++;
  return at;
}

/** "K-Dur 20 mEq 1 tab daily": before a strength stands a name however short it is; "0.25 mL (0.5 mg)" is a dose. */
function shortName(words: readonly Word[]): boolean {
  const before = words.slice(0, strengthsIn(words)[0]?.from ?? 0);
  return before.some((word) => word.kind === "letters") && directionShare(before) === 0;
}

/**
 * Parts a line that has a drug and its directions: "Amoxicillin 500 mg cap, take 1 tid", "Furosemide - take 1 daily".
 * Directions that name a drug after their verb ("Take one Prinivil tablet") stay whole.
 */
export function splitDirections(segment: Segment): Segment[] {
  const { words } = segment;
  const whole = [segment];
  if ((segment.heading && segment.heading !== "drug") || opensDirections(words) || warns(words)) return whole;
  const verb = words.findIndex((word, index) => index > 0 && isVerb(word));
  const behind = afterDrug(words);
  const at = verb > 0 ? (behind > 0 ? Math.min(verb, Math.max(behind, 1)) : verb) : behind;
  const rest = words.slice(at);
  const [first] = rest;
  const saysWhen = rest.some(isTime) && directionShare(rest) >= mostlyDirections;
  const name = words.slice(0, at);
  const named = namesSomething(name) || shortName(name);
  if (at === 0 || !first || !saysWhen || !named) return whole;
  return [
    { ...segment, words: name, end: name.at(-1)?.end ?? first.start },
    { ...segment, heading: "directions", words: rest, start: first.start },
  ];
}
