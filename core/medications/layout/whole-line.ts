import type { Box, LabelLine, Line } from "../../../contract/reading.ts";

/** A line of a label or of one photo. */
export type LineLike = Line & Partial<Pick<LabelLine, "page" | "also">> & { pieces?: readonly Piece[] };

/** A part of a joined line as it was read: where it begins in the joined text, and its own line. */
export type Piece = { start: number; line: LineLike };

/** A line as it is meant, and the indexes of the lines it was read in: several where it was torn or wrapped. */
export type Whole<T extends LineLike> = { line: T; from: number[] };

function around(a: Box, b: Box): Box {
  const [x, y] = [Math.min(a[0], b[0]), Math.min(a[1], b[1])];
  return [x, y, Math.max(a[0] + a[2], b[0] + b[2]) - x, Math.max(a[1] + a[3], b[1] + b[3]) - y];
}

/** What the other photos show of both lines; a photo that shows one of them says nothing of the whole. */
function alsoOf(left: LineLike, right: LineLike, gap: string): LabelLine["also"] {
  return left.also?.flatMap((one) => {
    const other = right.also?.find((also) => also.page === one.page);
    if (!other) return [];
    const text = one.text + gap + other.text;
    return [
      {
        ...one,
        text,
        confidence: Math.min(one.confidence, other.confidence),
        box: around(one.box, other.box),
      },
    ];
  });
}

/** Two lines as one, `gap` between their texts. Their places and letters stay known by their pieces. */
export function joined<T extends LineLike>(one: Whole<T>, other: Whole<T>, gap: string): Whole<T> {
  const [left, right] = [one.line, other.line];
  const { second: _, characters: __, quad: ___, also: ____, middles: _____, ...kept } = left;
  const offset = left.text.length + gap.length;
  const also = alsoOf(left, right, gap);
  const seconds = [left.second ?? left, right.second ?? right];
  const line = {
    ...kept,
    text: left.text + gap + right.text,
    confidence: Math.min(left.confidence, right.confidence),
    box: around(left.box, right.box),
    pieces: [
      ...(left.pieces ?? [{ start: 0, line: left }]),
      ...(right.pieces ?? [{ start: 0, line: right }]).map((piece) => ({
        ...piece,
        start: piece.start + offset,
      })),
    ],
    ...(left.characters &&
      right.characters && {
        characters: [...left.characters, ...[...gap].map(() => 1), ...right.characters],
      }),
    ...(also && also.length > 0 && { also }),
    ...((left.second || right.second) && {
      second: {
        text: seconds.map(({ text }) => text).join(gap),
        confidence: Math.min(...seconds.map(({ confidence }) => confidence)),
      },
    }),
  };
  // Everything T has beyond LineLike is kept from the left line.
  return { line: line as unknown as T, from: [...one.from, ...other.from] };
}
