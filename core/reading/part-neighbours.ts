import { at, type Band, heightOf, place, stretchOf } from "./geometry.ts";

/** A band that was grown from the detector's core, and by how many pixels at each of its ends. */
export type GrownBand = { band: Band; grown: number };

/** Neighbours stand on one line of text where their middles meet within this part of the smaller height. */
const SAME_LINE = 0.5;

/** And where their directions differ by at most 20 degrees. */
const SAME_DIRECTION = Math.cos((20 * Math.PI) / 180);

/** Cores may overlap by this part of the smaller height, as slanted letters do; more is no neighbour but another line. */
const CORE_OVERLAP = 0.25;

/**
 * Bands grow beyond the cores that the detector saw; where two neighbours on one line grew over each other, the letters
 * between them would be read twice ("Take 1 tablet t" and "three times"). Such bands are cut where they meet, in
 * proportion to how far each grew (docs/decisions/0069).
 */
export function partNeighbours(found: readonly GrownBand[]): Band[] {
  const ends = found.map(({ band: { halfLength } }) => ({ from: -halfLength, to: halfLength }));
  found.forEach((left, i) => {
    found.forEach((right, j) => {
      const cut = i === j ? undefined : cutBetween(left, right);
      const [leftEnds, rightEnds] = [ends[i], ends[j]];
      if (!cut || !leftEnds || !rightEnds) return;
      leftEnds.to = Math.min(leftEnds.to, cut.left);
      rightEnds.from = Math.max(rightEnds.from, cut.right);
    });
  });
  return found.map(({ band }, i) => {
    const { from, to } = ends[i] ?? { from: -band.halfLength, to: band.halfLength };
    return to - from < 2 * band.halfLength ? stretchOf(band, from, to) : band;
  });
}

/** Where two bands meet, as places along each of them; nothing where the second does not follow the first on its line. */
function cutBetween(left: GrownBand, right: GrownBand): { left: number; right: number } | undefined {
  const [a, b] = [left.band, right.band];
  const alike = Math.cos(b.angle - a.angle);
  if (alike < SAME_DIRECTION) return undefined;
  const start = placeAlong(a, b, -b.halfLength);
  const overlap = a.halfLength - start.along;
  if (overlap <= 0 || placeAlong(a, b, 0).along <= 0) return undefined;
  const height = Math.min(heightOf(a), heightOf(b));
  const meeting = Math.min(a.halfLength, Math.max(-a.halfLength, start.along));
  if (Math.abs(start.across - at(a.middle, meeting)) > SAME_LINE * height) return undefined;
  const betweenCores = left.grown + right.grown - overlap;
  if (betweenCores < -CORE_OVERLAP * height) return undefined;
  const share = left.grown / (left.grown + right.grown);
  return {
    left: a.halfLength - left.grown + share * betweenCores,
    right: -b.halfLength + right.grown - (1 - share) * betweenCores,
  };
}

/** The middle of `b` at a place along it, as seen from `a`. */
function placeAlong(a: Band, b: Band, along: number): { along: number; across: number } {
  const { x, y } = place(b, along, at(b.middle, along));
  const [cos, sin] = [Math.cos(a.angle), Math.sin(a.angle)];
  const [right, down] = [x - a.centre.x, y - a.centre.y];
  return { along: right * cos + down * sin, across: down * cos - right * sin };
}
