import type { Box, Quad } from "../../contract/reading.ts";

export type Point = { x: number; y: number };

/** `offset(along) = constant + slope * along + bend * along²`, all in pixels. */
export type Curve = { constant: number; slope: number; bend: number };

/**
 * A stretch of text as a band around a gently curved middle line. `along` counts pixels from `centre` in the
 * direction of reading, `across` at a right angle to it, downwards when the text stands upright.
 */
export type Band = {
  centre: Point;
  /** Direction of reading, radians clockwise from the picture's x axis. */
  angle: number;
  halfLength: number;
  /** Where the middle of the text stands across, for each place along. */
  middle: Curve;
  /** Half of the text's height, for each place along: perspective makes one end smaller. */
  halfHeight: Curve;
};

export function at(curve: Curve, along: number): number {
  return curve.constant + (curve.slope + curve.bend * along) * along;
}

/** The place on the picture of a place on the band. */
export function place(band: Band, along: number, across: number): Point {
  const cos = Math.cos(band.angle);
  const sin = Math.sin(band.angle);
  return {
    x: band.centre.x + along * cos - across * sin,
    y: band.centre.y + along * sin + across * cos,
  };
}

/** The part of a band between two places along it. */
export function stretchOf(band: Band, from: number, to: number): Band {
  const middle = (from + to) / 2;
  return {
    ...band,
    centre: place(band, middle, 0),
    halfLength: (to - from) / 2,
    middle: movedAlong(band.middle, middle),
    halfHeight: movedAlong(band.halfHeight, middle),
  };
}

/** The same curve, counted from another place. */
function movedAlong(curve: Curve, by: number): Curve {
  return { constant: at(curve, by), slope: curve.slope + 2 * curve.bend * by, bend: curve.bend };
}

/** The same band read from its other end. */
export function turnedAround(band: Band): Band {
  return {
    ...band,
    angle: band.angle + Math.PI,
    middle: {
      constant: -band.middle.constant,
      slope: band.middle.slope,
      bend: -band.middle.bend,
    },
    halfHeight: { ...band.halfHeight, slope: -band.halfHeight.slope },
  };
}

/** The band's mean height in pixels. */
export function heightOf(band: Band): number {
  return 2 * at(band.halfHeight, 0);
}

/** The band's corners, in reading order of its text. */
export function cornersOf(band: Band): Quad {
  const corner = (end: number, side: number): [number, number] => {
    const along = end * band.halfLength;
    const { x, y } = place(band, along, at(band.middle, along) + side * at(band.halfHeight, along));
    return [x, y];
  };
  return [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
}

/** The upright box around a band, its curve included. */
export function boxAround(band: Band): Box {
  const steps = [-1, -0.5, 0, 0.5, 1];
  const points = steps.flatMap((step) => {
    const along = step * band.halfLength;
    const middle = at(band.middle, along);
    const half = at(band.halfHeight, along);
    return [place(band, along, middle - half), place(band, along, middle + half)];
  });
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  const left = Math.min(...xs);
  const top = Math.min(...ys);
  return [left, top, Math.max(...xs) - left, Math.max(...ys) - top];
}

/** The middle value; of an even number, the lower of the two in the middle. 0 for none. */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? 0;
}
