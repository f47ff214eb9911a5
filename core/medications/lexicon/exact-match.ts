import type { Review } from "../../../contract/medications.ts";
import { continuation } from "./continuation.ts";
import { around, type DrugMatch, lettersOf, type Reading } from "./drug-match.ts";
import { ingredientsOf, type LexiconEntry } from "./entry.ts";
import type { Named } from "./exact-names.ts";
import { SURE_LETTER, strictWeights } from "./letters.ts";
import type { Lexicon } from "./lexicon.ts";
import * as why from "./reasons.ts";
import { strengthIn, strengthKnown } from "./strength.ts";
import { keyOf } from "./words.ts";

/** A name that stands there letter by letter: what could still make it another. */
export function settleExact(lexicon: Lexicon, reading: Reading, named: Named): DrugMatch {
  const { entry, start, end } = named;
  const place = around(reading, start, end);
  const goesOn = continuation(lexicon, reading.line, reading.words, named);
  if (goesOn?.kind === "longer") {
    const whole = around(reading, goesOn.start, goesOn.end);
    const review = [why.nameCorrected(whole.matched, goesOn.entry)];
    return { kind: "corrected", entry: goesOn.entry, score: SCORE_OF_LONGER, ...whole, review };
  }
  const review: Review[] = [];
  if (goesOn?.kind === "other") review.push(why.severalNames([entry.name, goesOn.entry.name]));
  if (goesOn?.kind === "word") review.push(why.nameGoesOn(entry, goesOn.word));
  const strength = reading.evidence.strength ?? strengthIn(place.rest);
  review.push(...doubts(lexicon, reading, named, strength));
  if (strength !== null && strengthKnown(entry, strength) === "unusual") {
    const fitting = mistakenFor(lexicon, entry).filter((other) => strengthKnown(other, strength) === "usual");
    if (fitting.length > 0)
      review.push(
        why.strengthFitsOther(
          entry,
          strength,
          fitting.map(({ name }) => name),
        ),
      );
  }
  return { kind: "exact", entry, score: 1, ...place, review };
}

/** Why the letters themselves do not settle it. */
function doubts(
  lexicon: Lexicon,
  reading: Reading,
  { entry, start, end }: Named,
  strength: string | null,
): Review[] {
  const { key, confidences } = lettersOf(reading, start, end);
  const others = (limit: number) =>
    [
      ...new Set(
        lexicon.nearest.find(key, limit, confidences && strictWeights(confidences)).map(({ value }) => value),
      ),
    ].filter((other) => ingredientsOf(other) !== ingredientsOf(entry));
  const read = around(reading, start, end).matched;
  if (confidences === undefined) {
    if (strength !== null || reading.evidence.second !== undefined) return [];
    // Nothing but the letters speaks for the name, and nobody knows how well they were read.
    const near = others(NO_WITNESS_COST).map(({ name }) => name);
    return near.length > 0 ? [why.nameNotWitnessed(read, near)] : [];
  }
  if (confidences.every((confidence) => confidence >= SURE_LETTER)) return [];
  const alike = lexicon.lookAlikes.get(entry.name.toLowerCase()) ?? [];
  if (alike.length > 0) return [why.lookAlike(entry, alike)];
  const near = others(DOUBT_COST).map(({ name }) => name);
  return near.length > 0 ? [why.nameUncertain(read, near)] : [];
}

/** With unsure letters, when another drug differs in one or two of them or has one letter more: Bonine was Sorine. */
const DOUBT_COST = 1;
/** Without confidences, strength or second reader, when one or two letters make it another drug: Bonine and Boniva. */
const NO_WITNESS_COST = 1.5;
/** A longer name found around an exact shorter one is surer than a guess and less sure than a name. */
const SCORE_OF_LONGER = 0.7;

/** Names that a reading of this one may have come from: look-alikes, names a letter or two away, and longer ones. */
function mistakenFor(lexicon: Lexicon, entry: LexiconEntry): LexiconEntry[] {
  const key = keyOf(entry.name);
  const alike = (lexicon.lookAlikes.get(entry.name.toLowerCase()) ?? []).flatMap(
    (name) => lexicon.named.get(name.toLowerCase()) ?? [],
  );
  const near = lexicon.nearest.find(key, NO_WITNESS_COST).map(({ value }) => value);
  const longer = (lexicon.longer.get(key) ?? []).flatMap((other) => lexicon.byKey.get(other) ?? []);
  const all = [...alike, ...near, ...longer.filter(({ name }) => !name.includes("/"))];
  return [...new Set(all)].filter((other) => ingredientsOf(other) !== ingredientsOf(entry));
}
