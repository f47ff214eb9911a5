import { kindsAlone, knownWords } from "../vocabulary.ts";
import { distance } from "./distance.ts";

/** A shorter word is too near to others to be corrected. */
export const SHORTEST = 4;
/** Errors allowed in a word of so many letters: at two, "tapering" would be "opening". */
const LONG = 8;
export const SHORT_ERRORS = 1;
const LONG_ERRORS = 1.5;
/** Words that stand only inside longer phrases are printed less: they must be nearer by this much. */
const RARE = 0.5;
/** The nearest word must be nearer than any other by this much. */
const MARGIN = 0.5;

/** Words that differ only in their number mean the same here: tablet, tablets. */
const singular = (word: string) => word.replace(/(?:es|s)$/, "");

/** Short words that two swapped letters are mended to; other short words are too near to codes. */
const SWAPPED = new Set(["day", "one", "two", "six", "ten", "tab", "cap"]);

/** dya: three letters, two of them swapped, where that makes one known word. */
function swapped(word: string): string | undefined {
  if (word.length !== SHORTEST - 1) return undefined;
  const [a, b, c] = word;
  const found = [`${b}${a}${c}`, `${a}${c}${b}`].filter((one) => SWAPPED.has(one));
  return found.length === 1 ? found[0] : undefined;
}

/** The one known word that is clearly nearest, or none. */
export function nearest(word: string): { word: string; sure: boolean; rival: boolean } | undefined {
  if (word.length < SHORTEST) {
    const short = swapped(word);
    return short === undefined ? undefined : { word: short, sure: false, rival: true };
  }
  const most = word.length < LONG ? SHORT_ERRORS : LONG_ERRORS;
  let best = { word: "", far: Number.POSITIVE_INFINITY };
  let second = Number.POSITIVE_INFINITY;
  for (const known of knownWords()) {
    if (known.length < SHORTEST - 1) continue;
    const far = distance(word, known, most) + (kindsAlone(known) ? 0 : RARE);
    if (far < best.far) {
      if (singular(best.word) !== singular(known)) second = best.far;
      best = { word: known, far };
    } else if (far < second && singular(best.word) !== singular(known)) second = far;
  }
  if (best.word === "" || second - best.far < MARGIN) return undefined;
  // DAlLY, TWLCE: a single letter that looks alike, and nothing else that is near.
  const sure = best.far < 1 && second - best.far >= 1 && word.length > SHORTEST;
  return { word: best.word, sure, rival: Number.isFinite(second) };
}
