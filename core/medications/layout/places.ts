import type { Box, Quad } from "../../../contract/reading.ts";
import type { LineLike } from "./whole-line.ts";

/** Where a line stands on one photo, the photo turned upright: pixels, y down. */
type Place = { page: number; left: number; right: number; middle: number; height: number };

/** Where each line stands, on every photo that shows it. Same order as the label's lines. */
export type Places = readonly (readonly Place[])[];

/** Text without boxes is laid out as it would be typed: one line under the other. */
const typedLineHeight = 20;
const typedLetterWidth = 10;

function tilt(quad: Quad): number {
  return Math.atan2(quad[1][1] - quad[0][1], quad[1][0] - quad[0][0]);
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function typedPlace(line: LineLike, index: number): Place {
  const middle = index * typedLineHeight + typedLineHeight / 2;
  return {
    page: pageOf(line),
    left: 0,
    right: line.text.length * typedLetterWidth,
    middle,
    height: typedLineHeight,
  };
}

/** Lines of one photo need no number. */
function pageOf({ page = 1 }: LineLike): number {
  return page;
}

type Corner = readonly [number, number];

function upright(page: number, corners: readonly Corner[], height: number, angle: number): Place {
  const xs = corners.map(([x, y]) => x * Math.cos(angle) + y * Math.sin(angle));
  const ys = corners.map(([x, y]) => y * Math.cos(angle) - x * Math.sin(angle));
  const middle = ys.reduce((sum, y) => sum + y, 0) / ys.length;
  return { page, left: Math.min(...xs), right: Math.max(...xs), middle, height };
}

function placeOfBox(page: number, [x, y, width, height]: Box, angle: number): Place {
  const middle = y + height / 2;
  const corners: Corner[] = [
    [x, middle],
    [x + width, middle],
  ];
  return upright(page, corners, height, angle);
}

function placeOfQuad(page: number, quad: Quad, angle: number): Place {
  const [topLeft, , , bottomLeft] = quad;
  return upright(page, quad, Math.hypot(bottomLeft[0] - topLeft[0], bottomLeft[1] - topLeft[1]), angle);
}

/** Where each line stands once the label's tilt (the median of a photo's lines) is taken out. */
export function placesOf(lines: readonly LineLike[]): Places {
  const tilts = new Map<number, number>();
  for (const [page, list] of Map.groupBy(lines, pageOf)) {
    tilts.set(page, median(list.flatMap((line) => (line.quad ? [tilt(line.quad)] : []))));
  }
  return lines.map((line, index) => {
    if (line.box[2] === 0 || line.box[3] === 0) return [typedPlace(line, index)];
    const angle = tilts.get(pageOf(line)) ?? 0;
    const here = line.quad
      ? placeOfQuad(pageOf(line), line.quad, angle)
      : placeOfBox(pageOf(line), line.box, angle);
    const elsewhere = (line.also ?? []).map((also) =>
      placeOfBox(also.page, also.box, tilts.get(also.page) ?? 0),
    );
    return [here, ...elsewhere];
  });
}

/** Lines whose middles are nearer than this share of the smaller one's height stand side by side. */
const sameRowShare = 0.6;

function sameRow(a: Place, b: Place): boolean {
  return Math.abs(a.middle - b.middle) < sameRowShare * Math.min(a.height, b.height);
}

/** The line for which `distance` from line `at` is least on a photo that shows both, or -1. Null is out of reach. */
function nearest(places: Places, at: number, distance: (here: Place, there: Place) => number | null): number {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (const here of places[at] ?? []) {
    places.forEach((theirs, index) => {
      const there = index === at ? undefined : theirs.find((place) => place.page === here.page);
      const away = there ? distance(here, there) : null;
      if (away === null || away >= least) return;
      best = index;
      least = away;
    });
  }
  return best;
}

/** The nearest line to the right of line `at` in its row, or -1. */
export function rightOf(places: Places, at: number): number {
  return nearest(places, at, (here, there) =>
    sameRow(here, there) && there.left >= (here.left + here.right) / 2 ? there.left - here.left : null,
  );
}

/** A line further below than this many line heights belongs to something else. */
const furthestBelow = 3;

/** The nearest line under line `at` that overlaps it from side to side, or -1. */
export function below(places: Places, at: number): number {
  return nearest(places, at, (here, there) => {
    const distance = there.middle - here.middle;
    const near = distance > 0 && distance <= furthestBelow * Math.max(here.height, there.height);
    const overlap = there.right > here.left && there.left < here.right;
    return near && overlap && !sameRow(here, there) ? distance : null;
  });
}

/** Whether some photo shows both lines. */
export function seenTogether(places: Places, a: number, b: number): boolean {
  return (places[a] ?? []).some((here) => places[b]?.some((there) => there.page === here.page));
}

/** The box of a part of a line, by where its letters stand; the line's own box for the whole of it. */
export function boxOf(line: LineLike, start: number, end: number): Box {
  const boxes = piecesOf(line, start, end).map((piece) => boxOfPart(piece.line, piece.from, piece.to));
  return boxes.length > 0 ? around(boxes) : line.box;
}

/** The smallest box around one box or more. */
export function around(boxes: readonly Box[]): Box {
  const [left, top] = [Math.min(...boxes.map(([x]) => x)), Math.min(...boxes.map(([, y]) => y))];
  const right = Math.max(...boxes.map(([x, , width]) => x + width));
  const bottom = Math.max(...boxes.map(([, y, , height]) => y + height));
  return [left, top, right - left, bottom - top];
}

/** The lines as read that a part of a joined line stands in, each with its share of it. */
function piecesOf(line: LineLike, start: number, end: number) {
  const pieces = line.pieces ?? [{ start: 0, line }];
  return pieces.flatMap((piece) => {
    const from = Math.max(0, start - piece.start);
    const to = Math.min(piece.line.text.length, end - piece.start);
    return from < to ? [{ line: piece.line, from, to }] : [];
  });
}

/** Where along a line (0 to 1) the edge before letter `at` stands: half way between its neighbours' middles. */
function edge(line: LineLike, at: number): number {
  const { text, middles } = line;
  if (at <= 0) return 0;
  if (at >= text.length) return 1;
  const [before, after] = [middles?.[at - 1], middles?.[at]];
  if (before === undefined || after === undefined) return at / text.length;
  return (before + after) / 2;
}

function boxOfPart(line: LineLike, start: number, end: number): Box {
  const [x, y, width, height] = line.box;
  const length = line.text.length;
  if (length === 0 || (start <= 0 && end >= length)) return line.box;
  const from = edge(line, start);
  const to = edge(line, end);
  if (!line.quad) return [x + width * from, y, width * (to - from), height];
  const [a, b, c, d] = line.quad;
  const along = (p: Corner, q: Corner, share: number): Corner => [
    p[0] + (q[0] - p[0]) * share,
    p[1] + (q[1] - p[1]) * share,
  ];
  const corners = [along(a, b, from), along(a, b, to), along(d, c, from), along(d, c, to)];
  const xs = corners.map(([cornerX]) => cornerX);
  const ys = corners.map(([, cornerY]) => cornerY);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return [left, top, Math.max(...xs) - left, Math.max(...ys) - top];
}

/** How sure the reader was of a part of a line: the mean of its letters, or the line's where letters are not kept. */
export function confidenceOf(line: LineLike, start: number, end: number): number {
  const letters = line.characters?.slice(start, end) ?? [];
  if (letters.length === 0) return line.confidence;
  return letters.reduce((sum, letter) => sum + letter, 0) / letters.length;
}
