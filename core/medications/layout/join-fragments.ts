import type { Box, Line } from "../../../contract/reading.ts";

/** A line as it is printed, and the indexes of the lines it was read in: more than one where a reader parted it. */
export type Whole<T extends Line> = { line: T; from: number[] };

type Stretch = { left: number; right: number; middle: number; height: number };

/** Pieces of one printed line stand nearer than this many letter heights; columns stand further apart. */
const nearest = 0.8;
/** ... and level within this share of the letters' height. */
const level = 0.35;

/** A piece's stretch along its own direction, `angle` taken out. */
function stretchOf(line: Line, angle: number): Stretch {
  const [x, y, width, height] = line.box;
  const corners = line.quad ?? [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ];
  const xs = corners.map(([cx, cy]) => cx * Math.cos(angle) + cy * Math.sin(angle));
  const ys = corners.map(([cx, cy]) => cy * Math.cos(angle) - cx * Math.sin(angle));
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  return {
    left: Math.min(...xs),
    right: Math.max(...xs),
    middle: (top + bottom) / 2,
    height: line.quad
      ? Math.hypot(line.quad[3][0] - line.quad[0][0], line.quad[3][1] - line.quad[0][1])
      : height,
  };
}

function angleOf({ quad }: Line): number {
  return quad ? Math.atan2(quad[1][1] - quad[0][1], quad[1][0] - quad[0][0]) : 0;
}

function goesOn(left: Line, right: Line): boolean {
  if (left.box[2] === 0 || right.box[2] === 0) return false;
  const angle = angleOf(left.text.length >= right.text.length ? left : right);
  const [one, other] = [stretchOf(left, angle), stretchOf(right, angle)];
  const height = Math.min(one.height, other.height);
  const gap = other.left - one.right;
  return (
    Math.abs(one.middle - other.middle) < level * height &&
    gap < nearest * height &&
    other.left > (one.left + one.right) / 2
  );
}

function around(a: Box, b: Box): Box {
  const [x, y] = [Math.min(a[0], b[0]), Math.min(a[1], b[1])];
  return [x, y, Math.max(a[0] + a[2], b[0] + b[2]) - x, Math.max(a[1] + a[3], b[1] + b[3]) - y];
}

function joined<T extends Line>(left: T, right: T): T {
  const { second: _, characters: __, quad: ___, ...kept } = left;
  const seconds = [left.second ?? left, right.second ?? right];
  const characters =
    left.characters && right.characters ? [...left.characters, 1, ...right.characters] : null;
  return {
    ...kept,
    text: `${left.text} ${right.text}`,
    confidence: Math.min(left.confidence, right.confidence),
    box: around(left.box, right.box),
    ...(characters && { characters }),
    ...(left.quad && right.quad && { quad: [left.quad[0], right.quad[1], right.quad[2], left.quad[3]] }),
    ...((left.second || right.second) && {
      second: {
        text: seconds.map(({ text }) => text).join(" "),
        confidence: Math.min(...seconds.map(({ confidence }) => confidence)),
      },
    }),
  } as T;
}

/**
 * Joins the pieces of printed lines that a reader saw as several, as happens on strongly tilted photos: each next
 * to the other, level, and no further apart than words. Keeps the order of the lines. A line that several photos show
 * stays as it is, since its pieces may differ between them.
 */
export function joinFragments<T extends Line & { page?: number; also?: unknown }>(
  lines: readonly T[],
): Whole<T>[] {
  const wholes: Whole<T>[] = [];
  lines.forEach((line, index) => {
    const before = line.also
      ? undefined
      : wholes.find((whole) => !whole.line.also && whole.line.page === line.page && goesOn(whole.line, line));
    if (!before) {
      wholes.push({ line, from: [index] });
      return;
    }
    before.line = joined(before.line, line);
    before.from.push(index);
  });
  return wholes;
}
