import type { Where } from "../draft.ts";
import { confidenceOf } from "../layout/places.ts";
import type { LineLike } from "../layout/whole-line.ts";

/**
 * A name with a letter below the first, or letters below the second on the whole, may be another. Of 88 photos whose
 * prescriber was read rightly one has such a letter and none such letters; three of four read wrongly have.
 */
const leastLetter = 0.4;
const leastLetters = 0.8;

/** A name that begins with a small letter, and goes on with capitals. */
const headless = /^\P{L}*\p{Ll}.*\s\p{Lu}/u;
/** A figure that stands for an initial: "Dr. 1. Kowalski". */
const figure = /(?<![\p{L}\p{N}])[01](?![\p{L}\p{N}'’])/u;

/** A mark that stands in no name, and so for a letter: "Ottil! H". */
const strangeMark = /[!?|*<>{}[\]_=~^$%@+"\\]/;

/** Whether letters of a person's name may be others, or missing: "rsula Rasmussen". */
export function unsureLetters(lines: readonly LineLike[], { line: at, start, end }: Where): boolean {
  const line = lines[at];
  if (!line) return false;
  const own = line.characters?.slice(start, end) ?? [];
  const name = line.text.slice(start, end);
  if ([headless, figure, strangeMark].some((sign) => sign.test(name))) return true;
  return (
    confidenceOf(line, start, end) < leastLetters ||
    own.some((confidence, at) => confidence < leastLetter && /\p{L}/u.test(line.text[start + at] ?? ""))
  );
}
