import { median } from "./geometry.ts";
import type { ReadText } from "./recognize.ts";

/** One character as the recognizer saw it, and the column of the strip where it saw it. */
export type Glyph = { character: string; confidence: number; column: number };

/** A space this likely, anywhere between two letters, is a space (chosen with WIDE_GAP in docs/decisions/0032). */
const LIKELY_SPACE = 0.02;

/** Letters this many usual distances apart, and a column more, have a space between them. */
const WIDE_GAP = 1.9;

/**
 * Characters that numbers are made of, with the letters that digits are misread as. Between two of them no space is ever
 * recovered: "2.5 mg" must not become "2. 5 mg", which reads as 5 mg.
 */
const OF_NUMBERS = /[\d.,/%OoIl:-]/;

/**
 * Joins glyphs into text and recovers the spaces that the recognizer lost: it knows where a space would have been
 * likely, and words stand further apart than letters. Never adds a space inside a number and never removes one. A
 * recovered space is as sure as the less sure of its neighbours.
 */
export function withSpaces(glyphs: Glyph[], spaces: Float32Array): ReadText {
  const gaps = glyphs.slice(1).map((glyph, i) => glyph.column - (glyphs[i]?.column ?? 0));
  const wide = median(gaps) * WIDE_GAP + 1;
  let text = "";
  const characters: number[] = [];
  glyphs.forEach((glyph, i) => {
    const before = glyphs[i - 1];
    if (before && isLostSpace(before, glyph, spaces, wide)) {
      text += " ";
      characters.push(Math.min(before.confidence, glyph.confidence));
    }
    text += glyph.character;
    characters.push(glyph.confidence);
  });
  return trimmed(text, characters);
}

function isLostSpace(before: Glyph, after: Glyph, spaces: Float32Array, wide: number): boolean {
  if (before.character === " " || after.character === " ") return false;
  if (OF_NUMBERS.test(before.character) && OF_NUMBERS.test(after.character)) return false;
  if (after.column - before.column >= wide) return true;
  return spaces.subarray(before.column, after.column + 1).some((probability) => probability > LIKELY_SPACE);
}

/** Without spaces at the ends; the confidence of the whole is the mean of its characters'. */
function trimmed(text: string, characters: number[]): ReadText {
  const start = text.length - text.trimStart().length;
  const end = text.trimEnd().length;
  const kept = characters.slice(start, Math.max(start, end));
  const total = kept.reduce((sum, confidence) => sum + confidence, 0);
  return { text: text.trim(), confidence: kept.length > 0 ? total / kept.length : 0, characters: kept };
}
