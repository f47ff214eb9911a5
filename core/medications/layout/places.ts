import type { Box, LabelLine, Quad } from "../../../contract/reading.ts";

/** A line's place on the label turned upright: `left`, `right` and `middle` in its own page's pixels. */
export type Place = { page: number; left: number; right: number; middle: number; height: number };

/** Text without boxes is laid out as it would be typed: one line under the other. */
const typedLineHeight = 20;
const typedLetterWidth = 10;

function tilt(quad: Quad): number {
  return Math.atan2(quad[1][1] - quad[0][1], quad[1][0] - quad[0][0]);
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** Where each line stands once the label's tilt (the median of its lines') is taken out. */
export function placesOf(lines: readonly LabelLine[]): Place[] {
  const tilts = new Map<number, number>();
  for (const [page, list] of Map.groupBy(lines, (line) => line.page)) {
    tilts.set(page, median(list.flatMap((line) => (line.quad ? [tilt(line.quad)] : []))));
  }
  return lines.map((line, index) => {
    const [x, y, width, height] = line.box;
    if (width === 0 || height === 0) {
      const top = index * typedLineHeight;
      return {
        page: line.page,
        left: 0,
        right: line.text.length * typedLetterWidth,
        middle: top + typedLineHeight / 2,
        height: typedLineHeight,
      };
    }
    if (!line.quad) return { page: line.page, left: x, right: x + width, middle: y + height / 2, height };
    const angle = tilts.get(line.page) ?? 0;
    const turned = line.quad.map(([px, py]) => ({
      x: px * Math.cos(angle) + py * Math.sin(angle),
      y: py * Math.cos(angle) - px * Math.sin(angle),
    }));
    const xs = turned.map((corner) => corner.x);
    const [topLeft, , , bottomLeft] = line.quad;
    return {
      page: line.page,
      left: Math.min(...xs),
      right: Math.max(...xs),
      middle: turned.reduce((sum, corner) => sum + corner.y, 0) / turned.length,
      height: Math.hypot(bottomLeft[0] - topLeft[0], bottomLeft[1] - topLeft[1]),
    };
  });
}

/** Lines whose middles are nearer than this share of the smaller one's height stand side by side. */
const sameRowShare = 0.6;

function sameRow(a: Place, b: Place): boolean {
  return a.page === b.page && Math.abs(a.middle - b.middle) < sameRowShare * Math.min(a.height, b.height);
}

/** The nearest line to the right of line `at` in its row, or -1. */
export function rightOf(places: readonly Place[], at: number): number {
  const here = places[at];
  let best = -1;
  if (!here) return best;
  places.forEach((place, index) => {
    if (index === at || !sameRow(here, place) || place.left < (here.left + here.right) / 2) return;
    const nearest = places[best];
    if (!nearest || place.left < nearest.left) best = index;
  });
  return best;
}

/** A line further below than this many line heights belongs to something else. */
const furthestBelow = 3;

/** The nearest line under line `at` that overlaps it from side to side, or -1. */
export function below(places: readonly Place[], at: number, furthest = furthestBelow): number {
  const here = places[at];
  let best = -1;
  if (!here) return best;
  places.forEach((place, index) => {
    if (index === at || place.page !== here.page || sameRow(here, place)) return;
    const distance = place.middle - here.middle;
    if (distance <= 0 || distance > furthest * Math.max(here.height, place.height)) return;
    if (place.right <= here.left || place.left >= here.right) return;
    const nearest = places[best];
    if (!nearest || place.middle < nearest.middle) best = index;
  });
  return best;
}

/** The box of a part of a line, by its share of the letters; the line's own box for the whole of it. */
export function boxOf(line: LabelLine, start: number, end: number): Box {
  const [x, y, width, height] = line.box;
  const length = line.text.length;
  if (length === 0 || (start <= 0 && end >= length)) return line.box;
  const from = start / length;
  const to = end / length;
  if (!line.quad) return [x + width * from, y, width * (to - from), height];
  const [a, b, c, d] = line.quad;
  const along = (p: readonly [number, number], q: readonly [number, number], share: number) => [
    p[0] + (q[0] - p[0]) * share,
    p[1] + (q[1] - p[1]) * share,
  ];
  const corners = [along(a, b, from), along(a, b, to), along(d, c, from), along(d, c, to)];
  const xs = corners.map((corner) => corner[0] ?? 0);
  const ys = corners.map((corner) => corner[1] ?? 0);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return [left, top, Math.max(...xs) - left, Math.max(...ys) - top];
}

/** How sure the reader was of a part of a line: the mean of its letters, or the line's where letters are not kept. */
export function confidenceOf(line: LabelLine, start: number, end: number): number {
  const letters = line.characters?.slice(start, end) ?? [];
  if (letters.length === 0) return line.confidence;
  return letters.reduce((sum, letter) => sum + letter, 0) / letters.length;
}
