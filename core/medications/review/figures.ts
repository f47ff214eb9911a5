import type { Where } from "../draft.ts";
import type { LineLike } from "../layout/whole-line.ts";

/** A figure read with less confidence than this may be another. */
const sureFigure = 0.8;

/**
 * A nought shares its confidence with the letter O, which it looks like: what is missing is not doubt about the figure.
 * Of 24 noughts below 0.9 in photos whose strength was read rightly, the least had 0.51.
 */
const sureNought = 0.5;

/**
 * A prescription's number is not taken by anybody, and a second reader is bad at small print: it is doubted later. Of 133
 * numbers on photos, the 131 read rightly have no figure below 0.52; one read wrongly has one of 0.45, the other 0.83.
 * Of 53 figures of any kind below 0.8 one was another.
 */
const sureFigureOfNumber = 0.5;

/** Whether a figure in one of these parts of the label may be another. */
export function unsureFigure(lines: readonly LineLike[], places: readonly Where[] | undefined): boolean {
  return (places ?? []).some((place) => hasFigureBelow(lines, place, sureFigure));
}

/** Whether a figure of a prescription's number may be another, or a letter among them may be a figure. */
export function unsureNumber(lines: readonly LineLike[], place: Where): boolean {
  return hasFigureBelow(lines, place, sureFigureOfNumber) || hasLetterBelow(lines, place, sureFigure);
}

function hasLetterBelow(lines: readonly LineLike[], { line, start, end }: Where, least: number): boolean {
  const { text = "", characters } = lines[line] ?? {};
  return [...text.slice(start, end)].some(
    (sign, at) => /\p{L}/u.test(sign) && (characters?.[start + at] ?? 1) < least,
  );
}

function hasFigureBelow(lines: readonly LineLike[], { line, start, end }: Where, least: number): boolean {
  const { text = "", characters } = lines[line] ?? {};
  for (let index = start; index < end; index++) {
    const sign = text[index] ?? "";
    const confidence = characters?.[index] ?? 1;
    if (/[1-9]/.test(sign) && confidence < least) return true;
    if (/[0.,]/.test(sign) && confidence < sureNought) return true;
  }
  return false;
}
