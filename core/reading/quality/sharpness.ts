import { type Band, heightOf, median } from "../geometry.ts";
import type { Grey } from "../picture.ts";
import type { SeenLine } from "../reader.ts";
import { stripOf } from "../strip.ts";
import { Histogram } from "./histogram.ts";

/** How many lines are measured: the longest, which carry the most edges. */
const MEASURED_LINES = 8;

/** Text is measured at this height in pixels: enough to tell an edge of 4% of it from one of 12%. */
const MEASURED_HEIGHT = 64;

/** Of a long line this many heights suffice, squeezed into them. */
const WIDEST = 8;

/** An edge's steepness is that of the steepest hundredth of the places: letters cover some tenths of a strip. */
const STEEPEST = 0.99;

/**
 * How wide the edges of letters are, in parts of their line's height: 0.03 to 0.06 in focus, above 0.12 where a
 * blur, in either direction, swallows strokes. The median of the longest lines.
 */
export function blurOf(picture: Grey, lines: SeenLine[]): number {
  const longest = lines.toSorted((a, b) => b.band.halfLength - a.band.halfLength).slice(0, MEASURED_LINES);
  return median(longest.map(({ band }) => edgeWidth(picture, band)));
}

/** Contrast over steepness, along and across the line; the worse of the two. */
function edgeWidth(picture: Grey, band: Band): number {
  const height = Math.min(MEASURED_HEIGHT, Math.round(heightOf(band)));
  if (height < 4) return 1;
  const { width, data } = stripOf(picture, band, { height, maxWidth: WIDEST * height });
  const shades = new Histogram();
  const along = new Histogram();
  const across = new Histogram();
  for (let y = 1; y < height; y += 1) {
    for (let x = 1; x < width; x += 1) {
      const place = y * width + x;
      const value = data[place] ?? 0;
      shades.add(value);
      along.add(Math.abs(value - (data[place - 1] ?? 0)));
      across.add(Math.abs(value - (data[place - width] ?? 0)));
    }
  }
  const contrast = shades.quantile(0.95) - shades.quantile(0.05);
  const steepness = Math.min(along.quantile(STEEPEST), across.quantile(STEEPEST));
  return steepness > 0 ? contrast / steepness / height : 1;
}
