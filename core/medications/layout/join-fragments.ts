import type { Box } from "../../../contract/reading.ts";
import { joined, type LineLike, type Whole } from "./whole-line.ts";
import { isVerb, warns } from "./word-kinds.ts";
import { wordsOf } from "./words.ts";

/** Pieces of one printed line stand nearer than this many letter heights; columns stand further apart. */
const nearest = 0.8;
/** ... and a piece that opens a sentence of its own nearer than a space: a sticker beside the directions has its own. */
const nearestSentence = 0.45;
/** ... and level within this share of the letters' height. */
const level = 0.35;

type Point = readonly [number, number];

/** The outline of a line: its own, or its box. */
function outline({ quad, box: [x, y, width, height] }: LineLike): readonly [Point, Point, Point, Point] {
  return (
    quad ?? [
      [x, y],
      [x + width, y],
      [x + width, y + height],
      [x, y + height],
    ]
  );
}

function between([ax, ay]: Point, [bx, by]: Point): Point {
  return [(ax + bx) / 2, (ay + by) / 2];
}

/** Whether two boxes come near enough for their lines to be pieces of one; cheap, so that few need a closer look. */
function near([ax, ay, aw, ah]: Box, [bx, by, bw, bh]: Box): boolean {
  const reach = nearest * Math.min(ah, bh);
  return bx - (ax + aw) < reach && ax - (bx + bw) < reach && by - (ay + ah) < reach && ay - (by + bh) < reach;
}

/** How far the right piece begins from where the left one ends, along the longer of them; null when it is no piece. */
function gapBetween(left: LineLike, right: LineLike): number | null {
  if (left.box[2] === 0 || right.box[2] === 0 || !near(left.box, right.box)) return null;
  const [one, other] = [outline(left), outline(right)];
  const longer = left.text.length >= right.text.length ? one : other;
  const angle = Math.atan2(longer[1][1] - longer[0][1], longer[1][0] - longer[0][0]);
  const height = (heightOf(one) + heightOf(other)) / 2;
  const end = between(one[1], one[2]);
  const start = between(other[0], other[3]);
  const [dx, dy] = [start[0] - end[0], start[1] - end[1]];
  const gap = dx * Math.cos(angle) + dy * Math.sin(angle);
  const step = Math.abs(dy * Math.cos(angle) - dx * Math.sin(angle));
  const most = gap > 0 && opensSentence(right) ? nearestSentence : nearest;
  return Math.abs(gap) < most * height && step < level * height ? Math.abs(gap) : null;
}

/** "TAKE WITH FOOD", "MAY CAUSE DROWSINESS" */
function opensSentence({ text }: LineLike): boolean {
  const words = wordsOf(text);
  return isVerb(words[0]) || warns(words);
}

function heightOf(corners: readonly [Point, Point, Point, Point]): number {
  return Math.hypot(corners[3][0] - corners[0][0], corners[3][1] - corners[0][1]);
}

/** Which piece follows each piece: the nearest pairs first, so that no piece is leapt over. */
function followers(lines: readonly LineLike[]): Map<number, number> {
  const pairs = lines.flatMap((left, from) =>
    lines.flatMap((right, to) => {
      if (from === to || left.also || right.also || left.page !== right.page) return [];
      const gap = gapBetween(left, right);
      return gap === null ? [] : [{ from, to, gap }];
    }),
  );
  const next = new Map<number, number>();
  const taken = new Set<number>();
  for (const { from, to } of pairs.sort((a, b) => a.gap - b.gap)) {
    if (next.has(from) || taken.has(to)) continue;
    next.set(from, to);
    taken.add(to);
  }
  return next;
}

/**
 * Joins the pieces of printed lines that a reader saw as several, as happens on strongly tilted photos: each next
 * to the other, level, and no further apart than words. Keeps the order of the lines. A line that several photos show
 * stays as it is, since its pieces may differ between them.
 */
export function joinFragments<T extends LineLike>(lines: readonly T[]): Whole<T>[] {
  const next = followers(lines);
  const later = new Set(next.values());
  const used = new Set<number>();
  const wholes: Whole<T>[] = [];
  const follow = (start: number) => {
    let whole: Whole<T> | null = null;
    for (let at: number | undefined = start; at !== undefined && !used.has(at); at = next.get(at)) {
      const line = lines[at];
      if (!line) break;
      used.add(at);
      whole = whole ? joined(whole, { line, from: [at] }, " ") : { line, from: [at] };
    }
    if (whole) wholes.push(whole);
  };
  lines.forEach((_, index) => {
    if (!later.has(index)) follow(index);
  });
  // Pieces that follow each other in a ring have no first one.
  lines.forEach((_, index) => {
    follow(index);
  });
  return wholes.sort((a, b) => (a.from[0] ?? 0) - (b.from[0] ?? 0));
}
