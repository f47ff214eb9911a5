import type { Where } from "../draft.ts";
import { confidenceOf } from "../layout/places.ts";
import type { LineLike } from "../layout/whole-line.ts";

/**
 * A name with a letter below the first, or letters below the second on the whole, may be another. Of 88 photos whose
 * prescriber was read rightly one has such a letter and none such letters; three of four read wrongly have.
 */
const leastLetter = 0.4;
const leastLetters = 0.8;

/** Whether letters of a person's name may be others. */
export function unsureLetters(lines: readonly LineLike[], { line: at, start, end }: Where): boolean {
  const line = lines[at];
  if (!line) return false;
  const own = line.characters?.slice(start, end) ?? [];
  return (
    confidenceOf(line, start, end) < leastLetters ||
    own.some((confidence, at) => confidence < leastLetter && /\p{L}/u.test(line.text[start + at] ?? ""))
  );
}
