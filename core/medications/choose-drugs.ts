import type { LabelLine } from "../../contract/reading.ts";
import type { Mention } from "./layout/label-parts.ts";
import { mayBeDoorNumber } from "./layout/strength.ts";
import { isName, namesSomething } from "./layout/word-kinds.ts";
import { wordsOf } from "./layout/words.ts";
import { ingredientsOf } from "./lexicon/entry.ts";
import { type DrugMatch, findDrug, normaliseStrength } from "./lexicon/find-drug.ts";

import { viewsOf } from "./views.ts";

/** A drug of the label: the words that name it, and what the lexicon makes of them. */
export type ChosenDrug = {
  mention: Mention;
  match: DrugMatch;
  /** Other words of the label that name the same drug. */
  again: Mention[];
};

type LookedUp = { mention: Mention; match: DrugMatch };

/** Lines without a strength that are looked up when no line with one names a drug: a pack's front has fewer. */
const mostLookedUp = 12;

/** More drugs than this are no label and no prescription. */
const mostDrugs = 12;

/** A part of a line with a space between words and numbers, where labels and readers have none: "Carvedilol6.25MG". */
function spacedOut(
  line: LabelLine | undefined,
  start: number,
  end: number,
): { text: string; characters?: number[] } {
  if (!line) return { text: "" };
  const words = wordsOf(line.text.slice(start, end));
  const lost = words.filter((word, index) => {
    const before = words[index - 1];
    return (
      before?.end === word.start &&
      // A nought right before letters is an O: "0lanzapine".
      before.text !== "0" &&
      before.kind !== word.kind &&
      before.kind !== "sign" &&
      word.kind !== "sign"
    );
  });
  let text = line.text.slice(start, end);
  const characters = line.characters?.slice(start, end);
  for (const word of lost.toReversed()) {
    text = `${text.slice(0, word.start)} ${text.slice(word.start)}`;
    characters?.splice(word.start, 0, 1);
  }
  return { text, ...(characters && { characters }) };
}

/** Asks the lexicon what a mention names, with both readers' views of its line. */
function lookUp(mention: Mention, lines: readonly LabelLine[]): LookedUp {
  const line = lines[mention.line];
  const { text, characters } = spacedOut(line, mention.start, mention.end);
  const [second] = viewsOf(line);
  const match = findDrug(text, {
    ...(characters && { characters }),
    ...(second && { second: { text: second.text, confidence: second.confidence } }),
    ...(mention.strength && { strength: mention.strength.value }),
    ...(mention.form && { form: mention.form.value }),
  });
  return { mention, match };
}

function known({ match }: LookedUp): boolean {
  return match.kind !== "unknown";
}

/** Whether a line says a drug's name exactly, and no other name: "DAVID RENNIE" is no antacid. */
function namesDrugAlone({ mention, match }: LookedUp, lines: readonly LabelLine[]): boolean {
  if (match.kind !== "exact") return false;
  const text = lines[mention.line]?.text.slice(mention.start, mention.end) ?? "";
  return !wordsOf(text.replace(match.matched, " ")).some(isName);
}

/** A line read with less confidence than this is noise, where another line names a drug that is known. */
const leastConfidence = 0.8;

/**
 * An unknown name beside a known drug may be another drug of the prescription: of some letters, with a strength, and
 * clearly read. "MAPLE GROVE 12 G" is somebody's door.
 */
function mayBeNew({ mention }: LookedUp, lines: readonly LabelLine[]): boolean {
  const { line, start, end, strength, form } = mention;
  const text = lines[line]?.text ?? "";
  const door = strength?.line === line && mayBeDoorNumber(text.slice(strength.start, strength.end));
  if (!strength || (door && !form)) return false;
  return namesSomething(wordsOf(text.slice(start, end))) && (lines[line]?.confidence ?? 0) >= leastConfidence;
}

/** Whether two mentions are of one drug. The lexicon decides where it knows both; else the words must be the same. */
export function isSameDrug(a: LookedUp, b: LookedUp): boolean {
  if ("entry" in a.match && "entry" in b.match)
    return ingredientsOf(a.match.entry) === ingredientsOf(b.match.entry);
  return a.mention.name?.value.toLowerCase() === b.mention.name?.value.toLowerCase();
}

/** Whether two mentions leave no doubt about the strength: the same one, or only one of them has one. */
function sameStrength(a: Mention, b: Mention): boolean {
  if (!a.strength || !b.strength) return true;
  const [one, other] = [a.strength.value, b.strength.value].map((value) => normaliseStrength(value) ?? value);
  return one === other;
}

/**
 * The drugs of a label, in its order. Lines that bear a strength come first: if any of them names a drug, lines
 * without one are not asked. Names without a strength are believed only when the lexicon knows them.
 */
export function chooseDrugs(mentions: readonly Mention[], lines: readonly LabelLine[]): ChosenDrug[] {
  const strong = mentions
    .filter((mention) => mention.strength || mention.kind === "drug")
    .slice(0, mostLookedUp);
  let found = strong.map((mention) => lookUp(mention, lines));
  if (!found.some(known)) {
    const weak = mentions.filter((mention) => !strong.includes(mention)).slice(0, mostLookedUp);
    const named = weak.map((mention) => lookUp(mention, lines)).filter((one) => namesDrugAlone(one, lines));
    // An unknown name beside a strength is a foreign or new drug; a known name elsewhere on its label is an ingredient.
    if (found.length === 0) found = named.slice(0, 1);
  }
  if (found.some(known)) found = found.filter((one) => known(one) || mayBeNew(one, lines));
  const drugs: ChosenDrug[] = [];
  for (const one of found) {
    const before = drugs.find((drug) => isSameDrug(drug, one) && sameStrength(drug.mention, one.mention));
    if (before) before.again.push(one.mention);
    else if (drugs.length < mostDrugs) drugs.push({ ...one, again: [] });
  }
  return drugs;
}
