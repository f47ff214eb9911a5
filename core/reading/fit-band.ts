import type { Blob } from "./blobs.ts";
import type { Curve, Point } from "./geometry.ts";
import type { GrownBand } from "./part-neighbours.ts";

/**
 * The detector marks each text's core, shrunk by this ratio of its area over its outline (DB's `unclip_ratio`);
 * the band grows it back. PaddleOCR's 1.5 cuts into letters; 1.9 was chosen in docs/decisions/0031.
 */
const UNSHRINK = 1.9;

/** Bands longer than this many heights are fitted with a bend; shorter ones have too little to bend. */
const BENDABLE = 5;

/** Ends of a core are round, so a core's outline is taken only from this middle part of its length. */
const STRAIGHT_PART = 0.92;

const DEGREE = Math.PI / 180;

/** Pixels of the picture per pixel of the map. */
export type Stretch = { x: number; y: number };

/**
 * The band that a blob's text fills, in pixels of the picture. Its direction is that of the smallest rectangle
 * around the blob, its long side along the text, unless `direction` (radians) says otherwise.
 */
export function bandOf(blob: Blob, stretch: Stretch, direction?: number): GrownBand {
  const points = blob.xs.map((x, i) => ({
    x: (x + 0.5) * stretch.x,
    y: ((blob.ys[i] ?? 0) + 0.5) * stretch.y,
  }));
  const centre = meanOf(points);
  const outline = outlineOf(blob, points);
  const angle = direction ?? longDirection(outline, centre);
  const pixel = (stretch.x + stretch.y) / 2;
  const frame = spanOf(outline, centre, angle);
  const length = frame.right - frame.left + pixel;
  const height = frame.bottom - frame.top + pixel;

  const mid = (frame.left + frame.right) / 2;
  const moved = {
    x: centre.x + mid * Math.cos(angle),
    y: centre.y + mid * Math.sin(angle),
  };
  const edges = edgesOf(points, moved, angle, length, pixel);
  const bends = length > BENDABLE * height;
  const middle = fitted(
    edges.map((edge) => ({ along: edge.along, value: (edge.top + edge.bottom) / 2 })),
    bends ? 2 : 1,
  );
  const half = fitted(
    edges.map((edge) => ({ along: edge.along, value: (edge.bottom - edge.top) / 2 })),
    bends ? 1 : 0,
  );
  const meanHeight = 2 * half.constant;
  const grown = (UNSHRINK * length * meanHeight) / (2 * (length + meanHeight));
  const growth = (half.constant + grown) / half.constant;
  const halfHeight = {
    constant: half.constant * growth,
    // Extrapolated to the band's ends a slope could cross zero; a text never tapers to less than half.
    slope:
      Math.max(-1, Math.min(1, (half.slope * length) / half.constant)) * (half.constant / length) * growth,
    bend: 0,
  };
  return { band: { centre: moved, angle, halfLength: length / 2 + grown, middle, halfHeight }, grown };
}

function meanOf(points: Point[]): Point {
  let x = 0;
  let y = 0;
  for (const point of points) {
    x += point.x;
    y += point.y;
  }
  return { x: x / points.length, y: y / points.length };
}

/** The first and last pixel of each row: all that a smallest rectangle can touch. */
function outlineOf(blob: Blob, points: Point[]): Point[] {
  const rows = new Map<number, { first: number; last: number }>();
  blob.xs.forEach((x, i) => {
    const y = blob.ys[i] ?? 0;
    const row = rows.get(y);
    if (!row) rows.set(y, { first: i, last: i });
    else if (x < (blob.xs[row.first] ?? 0)) row.first = i;
    else if (x > (blob.xs[row.last] ?? 0)) row.last = i;
  });
  return [...rows.values()].flatMap(({ first, last }) => {
    const ends = [points[first], points[last]];
    return ends.filter((point) => point !== undefined);
  });
}

type Span = { left: number; right: number; top: number; bottom: number };

/** How far points reach along and across a direction, from a centre. */
function spanOf(points: Point[], centre: Point, angle: number): Span {
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const span = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  for (const { x, y } of points) {
    const along = (x - centre.x) * cos + (y - centre.y) * sin;
    const across = (y - centre.y) * cos - (x - centre.x) * sin;
    if (along < span.left) span.left = along;
    if (along > span.right) span.right = along;
    if (across < span.top) span.top = across;
    if (across > span.bottom) span.bottom = across;
  }
  return span;
}

/** Radians of the long side of the smallest rectangle, found to half a degree; within a right angle of horizontal. */
function longDirection(points: Point[], centre: Point): number {
  const area = (degrees: number) => {
    const { left, right, top, bottom } = spanOf(points, centre, degrees * DEGREE);
    return (right - left + 1) * (bottom - top + 1);
  };
  const search = (from: number, to: number, step: number) => {
    let best = from;
    let least = Infinity;
    for (let degrees = from; degrees <= to; degrees += step) {
      const candidate = area(degrees);
      if (candidate < least) [best, least] = [degrees, candidate];
    }
    return best;
  };
  const coarse = search(-45, 44, 3);
  const fine = search(coarse - 2, coarse + 2, 0.5) * DEGREE;
  const { left, right, top, bottom } = spanOf(points, centre, fine);
  // A little taller than wide is one short word; clearly taller is a line that runs down the picture.
  const runsDown = bottom - top > 1.5 * (right - left);
  return runsDown ? fine + Math.PI / 2 : fine;
}

type Edge = { along: number; top: number; bottom: number };

/** The core's upper and lower edge, for each pixel of its length. */
function edgesOf(points: Point[], centre: Point, angle: number, length: number, pixel: number): Edge[] {
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const columns = new Map<number, Edge>();
  for (const { x, y } of points) {
    const along = (x - centre.x) * cos + (y - centre.y) * sin;
    if (Math.abs(along) > (STRAIGHT_PART * length) / 2) continue;
    const across = (y - centre.y) * cos - (x - centre.x) * sin;
    const column = Math.round(along / pixel);
    const edge = columns.get(column);
    if (!edge) columns.set(column, { along, top: across - pixel / 2, bottom: across + pixel / 2 });
    else {
      edge.top = Math.min(edge.top, across - pixel / 2);
      edge.bottom = Math.max(edge.bottom, across + pixel / 2);
    }
  }
  return [...columns.values()];
}

type Sample = { along: number; value: number };

/** Least squares of a constant, a line or a parabola (degree 0, 1 or 2), by the normal equations. */
function fitted(samples: Sample[], degree: 0 | 1 | 2): Curve {
  const reach = Math.max(1, ...samples.map(({ along }) => Math.abs(along)));
  const moments = [0, 0, 0, 0, 0];
  const values = [0, 0, 0];
  for (const { along, value } of samples) {
    const t = along / reach;
    let power = 1;
    for (let k = 0; k < moments.length; k += 1) {
      moments[k] = (moments[k] ?? 0) + power;
      if (k < values.length) values[k] = (values[k] ?? 0) + power * value;
      power *= t;
    }
  }
  const terms = Math.min(degree + 1, samples.length);
  const solution = solve(
    Array.from({ length: terms }, (_, row) => [
      ...Array.from({ length: terms }, (_unused, column) => moments[row + column] ?? 0),
      values[row] ?? 0,
    ]),
  );
  const [constant = 0, slope = 0, bend = 0] = solution;
  return { constant, slope: slope / reach, bend: bend / reach ** 2 };
}

/** Solves rows of `[coefficients..., value]` by elimination with pivots; an undetermined unknown is 0. */
function solve(rows: number[][]): number[] {
  const size = rows.length;
  for (let pivot = 0; pivot < size; pivot += 1) {
    const column = rows.slice(pivot).map((row) => Math.abs(row[pivot] ?? 0));
    const strongest = pivot + column.indexOf(Math.max(...column));
    [rows[pivot], rows[strongest]] = [rows[strongest] ?? [], rows[pivot] ?? []];
    const pivotRow = rows[pivot] ?? [];
    const divisor = pivotRow[pivot] ?? 0;
    if (Math.abs(divisor) < 1e-9) continue;
    rows.forEach((row, index) => {
      if (index === pivot) return;
      const factor = (row[pivot] ?? 0) / divisor;
      rows[index] = row.map((value, k) => value - factor * (pivotRow[k] ?? 0));
    });
  }
  return rows.map((row, i) => {
    const divisor = row[i] ?? 0;
    return Math.abs(divisor) < 1e-9 ? 0 : (row[size] ?? 0) / divisor;
  });
}
