import type { LabelLine } from "../../contract/reading.ts";
import { strengthsIn } from "./layout/strength.ts";
import { wordsOf } from "./layout/words.ts";
import { normaliseStrength } from "./lexicon/find-drug.ts";

/** What somebody else saw of a line: a second reader of the same pixels, or the reader on another photo. */
export type View = { text: string; confidence: number };

/** A reading less sure than this saw smudges: it says nothing for or against the first one. */
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

function strengthsSeen(view: View): string[] {
  return strengthsIn(wordsOf(view.text)).map((strength) => strength.text);
}

/** The strengths that other views of a line show in its place, where they differ from the one that was read. */
export function otherStrengths(line: LabelLine | undefined, strength: string): string[] {
  const own = comparableStrength(strength);
  const others = viewsOf(line).flatMap((view) => {
    const seen = strengthsSeen(view);
    return seen.some((one) => comparableStrength(one) === own) ? [] : seen.slice(0, 1);
  });
  return [...new Set(others)];
}

/** Whether another view of the line shows the same strength. */
export function strengthSeenAgain(line: LabelLine | undefined, strength: string): boolean {
  const own = comparableStrength(strength);
  return viewsOf(line).some((view) => strengthsSeen(view).some((one) => comparableStrength(one) === own));
}

/** Whether another view of the line shows the same words, letter by letter. */
export function wordsSeenAgain(line: LabelLine | undefined, words: string): boolean {
  const plain = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
  return viewsOf(line).some((view) => plain(view.text).includes(plain(words)));
}

/** A figure with the unit, sign or bracket that may touch it. Anything else with a digit in it was not surely read. */
const figure =
  /^[#(x]?\d[\d.,/:-]*(?:m?c?g|ml|%|units?|iu|h|hrs?|x|st|nd|rd|th|tabs?|tablets?|caps?|capsules?)?[).,;:]*$/i;

/** How typewriters print 1, and readers read it: "Take l to 2 tablets". */
const loneOne = /^[lI](?=$|\/\d)/;

/** Every figure of a text in order; null stands for a piece that has a digit and is no figure ("1@", "F1ED"). */
function figuresOf(text: string): (number | null)[] {
  return text.split(/\s+/).flatMap((read) => {
    const piece = read.replace(loneOne, "1");
    if (!/\d/.test(piece)) return [];
    if (!figure.test(piece)) return [null];
    return wordsOf(piece).flatMap((word) => (word.kind === "number" ? [word.value] : []));
  });
}

/** Another view that shows other figures in a part of a line: not one missing or smudged, but one that says otherwise. */
export function figuresDiffer(line: LabelLine | undefined, start: number, end: number): View | null {
  if (!line) return null;
  const own = figuresOf(line.text.slice(start, end));
  const whole = figuresOf(line.text);
  const contradicts = (view: View) => {
    const seen = figuresOf(view.text);
    if (seen.length === whole.length) {
      return seen.some(
        (figure, index) => figure !== null && whole[index] !== null && figure !== whole[index],
      );
    }
    return (
      seen.length > 0 && own.length > 0 && seen.some((figure) => figure !== null && !whole.includes(figure))
    );
  };
  return viewsOf(line).find(contradicts) ?? null;
}
