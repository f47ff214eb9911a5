import type { LabelLine } from "../../contract/reading.ts";
import { type Strength, strengthsIn } from "./layout/strength.ts";
import { wordsOf } from "./layout/words.ts";
import { normaliseStrength } from "./lexicon/find-drug.ts";

/** What somebody else saw of a line: a second reader of the same pixels, or the reader on another photo. */
export type View = { text: string; confidence: number };

/** Readings less sure than this are not worth a nurse's time: the other reader saw smudges. */
const leastConfidence = 0.5;

/** The other views of a line that are worth comparing with it. */
export function viewsOf(line: LabelLine | undefined): View[] {
  const views = [...(line?.second ? [line.second] : []), ...(line?.also ?? [])];
  return views.filter((view) => view.confidence >= leastConfidence && view.text.trim() !== "");
}

/** A strength in a form that can be compared: normalised where that can be done. */
export function comparableStrength(strength: string): string {
  return normaliseStrength(strength) ?? strength.toLowerCase().replace(/\s+/g, "");
}

/** The strengths that other views of a line show in its place, where they differ from the one that was read. */
export function otherStrengths(line: LabelLine | undefined, strength: string): string[] {
  const own = comparableStrength(strength);
  return viewsOf(line).flatMap((view) => {
    const seen = strengthsIn(wordsOf(view.text));
    if (seen.length === 0 || seen.some((one: Strength) => comparableStrength(one.text) === own)) return [];
    return seen.slice(0, 1).map((one) => one.text);
  });
}

/** The numbers of a text, in order. */
export function numbersOf(text: string): number[] {
  return wordsOf(text).flatMap((word) => (word.value === null ? [] : [word.value]));
}

/** Whether another view shows other numbers in a line: a number more, less or different. */
export function numbersDiffer(line: LabelLine | undefined): View | null {
  if (!line) return null;
  const own = numbersOf(line.text).join(" ");
  return viewsOf(line).find((view) => numbersOf(view.text).join(" ") !== own) ?? null;
}
