import type { QualityIssue } from "../../contract/reading.ts";

/**
 * Whether a photo is worth taking again, judged from its pixels alone before it is sent. An estimate: the reader, which
 * knows where the lines are, judges better, but only after the upload. docs/decisions/0080 has what it was measured on.
 */

/** Row by row, 0 (black) to 255, upright, its long edge `LONG_EDGE` pixels at most. */
export type Grey = { width: number; height: number; data: Uint8Array };

/** What can be told without reading. */
export type Issue = Extract<QualityIssue["issue"], "too_dark" | "blurred" | "cut_off">;

/** Pixels; all that follows is measured at this size. */
export const LONG_EDGE = 1600;
/** Side of the squares that are looked at, in pixels: about a line of print. */
const SQUARE = 32;
/** Between the light and the dark of a square, of 255: less is an empty spot. */
const LEAST_CONTRAST = 60;
/** Strokes in a square, over four of its rows: wood and cloth have fewer, print has more. */
const LEAST_STROKES = 5;
/** With this part of its squares full of strokes a photo is full of noise or patterns, and nothing can be told of it. */
const MOST_TEXT = 0.5;
/** Fewer squares of text say nothing about the whole photo. */
const LEAST_SQUARES = 6;
/** Pixels from light to dark at the steepest; in focus it is at most 2.5, where words are lost 3.5 and more. */
const BLURRED_EDGE = 3.5;
/** The brightest tenth of a photo that is darker than this, of 255, leaves too few shades between ink and noise. */
const DARKEST_PAPER = 55;

type Square = { contrast: number; strokes: number; edge: number };

/** The issues of a photo, worst first; none when it is good or nothing can be told. */
export function judge(grey: Grey): Issue[] {
  const brightness = new Histogram();
  for (const value of grey.data) brightness.add(value);
  if (brightness.quantile(0.9) < DARKEST_PAPER) return ["too_dark"];

  const columns = Math.floor(grey.width / SQUARE);
  const rows = Math.floor(grey.height / SQUARE);
  const squares = Array.from({ length: columns * rows }, (_, place) =>
    look(grey, (place % columns) * SQUARE, Math.floor(place / columns) * SQUARE),
  );
  const isText = squares.map(
    ({ contrast, strokes }) => contrast >= LEAST_CONTRAST && strokes >= LEAST_STROKES,
  );
  const text = squares.filter((_, place) => isText[place]);
  if (text.length > MOST_TEXT * squares.length) return [];
  const issues: Issue[] = [];
  if (edgeOf(text, squares) >= BLURRED_EDGE) issues.push("blurred");
  if (reachesBorder(isText, columns, rows)) issues.push("cut_off");
  return issues;
}

/** Of the text; where blur has swallowed every stroke, of the sharpest tenth of whatever there is. */
function edgeOf(text: readonly Square[], squares: readonly Square[]): number {
  if (text.length >= LEAST_SQUARES) return quantileOf(text, 0.5);
  return quantileOf(
    squares.filter(({ contrast }) => contrast >= LEAST_CONTRAST),
    0.1,
  );
}

function quantileOf(squares: readonly Square[], part: number): number {
  const edges = squares.map(({ edge }) => edge).toSorted((a, b) => a - b);
  return edges[Math.floor(part * edges.length)] ?? 0;
}

/** Whether text goes on right up to a border: a square of it there, and the next one inwards as well. */
function reachesBorder(isText: readonly boolean[], columns: number, rows: number): boolean {
  const at = (column: number, row: number) => isText[row * columns + column] ?? false;
  const down = Array.from({ length: rows }, (_, row) => row);
  const across = Array.from({ length: columns }, (_, column) => column);
  return (
    down.some((row) => at(0, row) && at(1, row)) ||
    down.some((row) => at(columns - 1, row) && at(columns - 2, row)) ||
    across.some((column) => at(column, 0) && at(column, 1)) ||
    across.some((column) => at(column, rows - 1) && at(column, rows - 2))
  );
}

function look({ width, data }: Grey, left: number, top: number): Square {
  const shades = new Histogram();
  const along = new Histogram();
  const across = new Histogram();
  for (let y = top; y < top + SQUARE; y++) {
    for (let x = left; x < left + SQUARE; x++) {
      const place = y * width + x;
      const value = data[place] ?? 0;
      shades.add(value);
      along.add(Math.abs(value - (data[x > 0 ? place - 1 : place] ?? 0)));
      across.add(Math.abs(value - (data[y > 0 ? place - width : place] ?? 0)));
    }
  }
  const dark = shades.quantile(0.03);
  const contrast = shades.quantile(0.97) - dark;
  // A hand that shakes blurs in one direction: the worse of the two counts.
  const steepest = Math.min(along.quantile(0.98), across.quantile(0.98));
  const edge = steepest > 0 ? contrast / steepest : SQUARE;
  return { contrast, edge, strokes: strokesIn({ width, data }, left, top, dark, contrast) };
}

/** Times the light turns dark, along every eighth row; what wavers in between is noise. */
function strokesIn(
  { width, data }: Pick<Grey, "width" | "data">,
  left: number,
  top: number,
  dark: number,
  contrast: number,
): number {
  let strokes = 0;
  for (let y = top + 4; y < top + SQUARE; y += 8) {
    let isInk = false;
    for (let x = left; x < left + SQUARE; x++) {
      const above = (data[y * width + x] ?? 0) - dark;
      if (!isInk && above < 0.3 * contrast) strokes++;
      if (above < 0.3 * contrast) isInk = true;
      else if (above > 0.7 * contrast) isInk = false;
    }
  }
  return strokes;
}

/** How many of some numbers from 0 to 255 have each value. */
class Histogram {
  readonly #counts = new Uint32Array(256);
  #total = 0;

  add(value: number): void {
    this.#counts[value] = (this.#counts[value] ?? 0) + 1;
    this.#total += 1;
  }

  /** The least value that at least this part (0 to 1) of all values do not exceed. */
  quantile(part: number): number {
    let below = 0;
    for (let value = 0; value < 256; value++) {
      below += this.#counts[value] ?? 0;
      if (below >= part * this.#total) return value;
    }
    return 255;
  }
}
