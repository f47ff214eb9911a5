import type { Box } from "../../../contract/reading.ts";
import { boxAround, heightOf, median } from "../geometry.ts";
import type { Grey } from "../picture.ts";
import type { SeenLine } from "../reader.ts";
import { Histogram } from "./histogram.ts";

/** Side of the squares that are judged, in pixels. */
const SQUARE = 8;

/** A square is burnt out when even its darkest pixel is this bright: no ink, no grain of the paper. */
const BURNT_OUT = 250;

/** Paper this bright all over is an even, bright exposure or a scan; a reflection cannot be told from it. */
const BRIGHT_PAPER = 246;

/** A reflection matters from this size on, in squares of the lines' height: it can hide a word. */
const LEAST_SIZE = 2;

/**
 * Boxes, in the picture's pixels, of burnt-out patches within the block of text: reflections that can hide words.
 * None where the whole paper is about as bright.
 */
export function glareOver(picture: Grey, lines: SeenLine[]): Box[] {
  const boxes = lines.map(({ band }) => boxAround(band));
  const left = Math.max(0, Math.min(...boxes.map(([x]) => x)));
  const top = Math.max(0, Math.min(...boxes.map(([, y]) => y)));
  const right = Math.min(picture.width, Math.max(...boxes.map(([x, , width]) => x + width)));
  const bottom = Math.min(picture.height, Math.max(...boxes.map(([, y, , height]) => y + height)));
  const columns = Math.floor((right - left) / SQUARE);
  const rows = Math.floor((bottom - top) / SQUARE);
  if (columns < 1 || rows < 1) return [];

  const darkest: number[] = [];
  const shades = new Histogram();
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const shade = darkestIn(picture, Math.round(left) + column * SQUARE, Math.round(top) + row * SQUARE);
      darkest.push(shade);
      shades.add(shade);
    }
  }
  const bare = shades.quantile(0.75);
  if (bare >= BRIGHT_PAPER) return [];

  const lineHeight = median(lines.map(({ band }) => heightOf(band)));
  const leastSquares = LEAST_SIZE * (lineHeight / SQUARE) ** 2;
  return patches(
    darkest.map((value) => value >= BURNT_OUT),
    columns,
  )
    .filter((patch) => patch.length >= leastSquares)
    .map((patch) => boxOf(patch, columns, left, top));
}

function darkestIn({ width, height, data }: Grey, left: number, top: number): number {
  let darkest = 255;
  for (let y = top; y < Math.min(height, top + SQUARE); y += 1) {
    for (let x = left; x < Math.min(width, left + SQUARE); x += 1) {
      const value = data[y * width + x] ?? 255;
      if (value < darkest) darkest = value;
    }
  }
  return darkest;
}

/** Groups of marked squares that touch side by side. */
function patches(marked: boolean[], columns: number): number[][] {
  const waiting = [...marked];
  const found: number[][] = [];
  waiting.forEach((isMarked, start) => {
    if (!isMarked || !waiting[start]) return;
    const patch: number[] = [];
    const stack = [start];
    waiting[start] = false;
    for (let square = stack.pop(); square !== undefined; square = stack.pop()) {
      patch.push(square);
      const column = square % columns;
      const neighbours = [square - columns, square + columns];
      if (column > 0) neighbours.push(square - 1);
      if (column < columns - 1) neighbours.push(square + 1);
      for (const neighbour of neighbours) {
        if (!waiting[neighbour]) continue;
        waiting[neighbour] = false;
        stack.push(neighbour);
      }
    }
    found.push(patch);
  });
  return found;
}

function boxOf(patch: number[], columns: number, left: number, top: number): Box {
  const xs = patch.map((square) => square % columns);
  const ys = patch.map((square) => Math.floor(square / columns));
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return [
    left + x * SQUARE,
    top + y * SQUARE,
    (Math.max(...xs) - x + 1) * SQUARE,
    (Math.max(...ys) - y + 1) * SQUARE,
  ];
}
