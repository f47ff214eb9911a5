import type { DrugMatch, NameEvidence } from "./drug-match.ts";
import { ingredientsOf, type LexiconEntry } from "./entry.ts";
import { theLexicon } from "./lexicon.ts";
import { match } from "./match.ts";
import { keyOf } from "./words.ts";

export type { DrugMatch, NameEvidence } from "./drug-match.ts";
export type { LexiconEntry } from "./entry.ts";
export { type Share, sharesOf } from "./shares.ts";
export { milligramsIn, normaliseStrength, partsOfStrength, strengthKnown } from "./strength.ts";

/**
 * The drug that a line of a label names. `text` is the line or a part of it that begins with or contains the name.
 *
 * - exact: the name stands there letter by letter, in any capitals, with any salt, maker or strength beside it.
 * - corrected: one name is clearly nearest to what was read.
 * - ambiguous: several names are near, or several drugs are named.
 * - unknown: no name is near, or only a part of one is there.
 *
 * A result whose `review` is empty can be shown as sure; any other must be looked at by a person.
 */
export function findDrug(text: string, evidence?: NameEvidence): DrugMatch {
  return match(theLexicon(), text, evidence);
}

/**
 * Names that this one is known to be mistaken for, by eye or by ear; and longer names of which it is the beginning or
 * the end, such as methylprednisolone of prednisolone, which a photo that cuts the label leaves as this one.
 */
export function lookAlikes(entry: LexiconEntry): string[] {
  const { lookAlikes: known, longer, byKey } = theLexicon();
  const containing = (longer.get(keyOf(entry.name)) ?? [])
    .flatMap((key) => byKey.get(key) ?? [])
    .filter((other) => /^[^ /-]+$/.test(other.name) && ingredientsOf(other) !== ingredientsOf(entry));
  return [
    ...new Set([...(known.get(entry.name.toLowerCase()) ?? []), ...containing.map(({ name }) => name)]),
  ];
}
