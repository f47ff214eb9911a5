import { type Band, boxAround, heightOf, median, place } from "./geometry.ts";
import type { Grey } from "./picture.ts";
import { stripOf } from "./strip.ts";

/** A turned and scaled window on a picture: a straight band, and how many of the picture's pixels one of its own shows. */
export type View = { frame: Band; pixel: number };

// What made these limits, and what they gain and cost: docs/decisions/0069.

/** Text slanted more than this is found in pieces; 12 degrees. */
const SLANTED = Math.PI / 15;

/** Where half of the bands are lower than this, in the detector's pixels, lines of small text run into each other. */
const SMALL_TEXT = 16;

/** A closer view must be this much closer to be worth another detection. */
const CLOSER = 2;

/** Room left around the text, in heights of a line: what the detector missed stands near what it found. */
const MARGIN = 3;

/**
 * The view in which the text that was found is level and as large as `edge` detector pixels allow, or nothing where it
 * already is level and large enough. `common` is the text's direction in radians.
 */
export function betterView(
  bands: readonly Band[],
  picture: Grey,
  edge: number,
  common: number,
): View | undefined {
  if (bands.length === 0) return undefined;
  const height = median(bands.map(heightOf));
  const frame = frameAround(bands, common, MARGIN * height);
  const before = Math.max(1, Math.max(picture.width, picture.height) / edge);
  const pixel = Math.max(1, (2 * Math.max(frame.halfLength, heightOf(frame) / 2)) / edge);
  const slanted = Math.abs(Math.sin(common)) > Math.sin(SLANTED);
  const small = height < SMALL_TEXT * before && pixel * CLOSER < before;
  return slanted || small ? { frame, pixel } : undefined;
}

/** What the view shows. */
export function pictureOf({ frame, pixel }: View, picture: Grey): Grey {
  const height = Math.max(1, Math.round(heightOf(frame) / pixel));
  return stripOf(picture, frame, {
    height,
    maxWidth: Math.max(1, Math.round((2 * frame.halfLength) / pixel)),
  });
}

/** A band of the view's picture, on the picture that the view looks at. */
export function fromView({ frame, pixel }: View, band: Band): Band {
  const across = heightOf(frame) / 2;
  const grown = ({ constant, slope, bend }: Band["middle"]) => ({
    constant: constant * pixel,
    slope,
    bend: bend / pixel,
  });
  return {
    centre: place(frame, band.centre.x * pixel - frame.halfLength, band.centre.y * pixel - across),
    angle: band.angle + frame.angle,
    halfLength: band.halfLength * pixel,
    middle: grown(band.middle),
    halfHeight: grown(band.halfHeight),
  };
}

/** The smallest straight band in a direction that holds all of the given ones, with room around them. */
function frameAround(bands: readonly Band[], angle: number, room: number): Band {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const boxes = bands.map((band) => {
    const { x, y } = band.centre;
    return boxAround({
      ...band,
      centre: { x: x * cos + y * sin, y: y * cos - x * sin },
      angle: band.angle - angle,
    });
  });
  const left = Math.min(...boxes.map(([x]) => x)) - room;
  const right = Math.max(...boxes.map(([x, , width]) => x + width)) + room;
  const top = Math.min(...boxes.map(([, y]) => y)) - room;
  const bottom = Math.max(...boxes.map(([, y, , height]) => y + height)) + room;
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  return {
    centre: { x: x * cos - y * sin, y: x * sin + y * cos },
    angle,
    halfLength: (right - left) / 2,
    middle: { constant: 0, slope: 0, bend: 0 },
    halfHeight: { constant: (bottom - top) / 2, slope: 0, bend: 0 },
  };
}
