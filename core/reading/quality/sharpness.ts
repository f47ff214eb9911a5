import { type Band, heightOf, median } from "../geometry.ts";
import type { Grey } from "../picture.ts";
import type { SeenLine } from "../reader.ts";
import { stripOf } from "../strip.ts";

/** How many lines are measured: the longest, which carry the most edges. */
const MEASURED_LINES = 8;

/** Text is measured at this height in pixels: enough to tell an edge of 5% of it from one of 20%. */
const MEASURED_HEIGHT = 64;

/** An edge's steepness is that of the steepest hundredth of the places: letters cover some tenths of a strip. */
const STEEPEST = 0.99;

/**
 * How wide the edges of letters are, in parts of their line's height: some 0.07 in focus, above 0.2 where a blur,
 * in either direction, swallows strokes. The median of the longest lines.
 */
export function blurOf(picture: Grey, lines: SeenLine[]): number {
  const longest = lines.toSorted((a, b) => b.band.halfLength - a.band.halfLength).slice(0, MEASURED_LINES);
  return median(longest.map(({ band }) => edgeWidth(picture, band)));
}

/** Contrast over steepness, along and across the line; the worse of the two. */
function edgeWidth(picture: Grey, band: Band): number {
  const height = Math.min(MEASURED_HEIGHT, Math.round(heightOf(band)));
  if (height < 4) return 1;
  const { width, data } = stripOf(picture, band, { height, maxWidth: 16 * height });
  const contrast = quantile(data, 0.95) - quantile(data, 0.05);
  const along: number[] = [];
  const across: number[] = [];
  for (let y = 1; y < height; y += 1) {
    for (let x = 1; x < width; x += 1) {
      const value = data[y * width + x] ?? 0;
      along.push(Math.abs(value - (data[y * width + x - 1] ?? 0)));
      across.push(Math.abs(value - (data[(y - 1) * width + x] ?? 0)));
    }
  }
  const steepness = Math.min(quantile(along, STEEPEST), quantile(across, STEEPEST));
  return steepness > 0 ? contrast / steepness / height : 1;
}

function quantile(values: ArrayLike<number>, part: number): number {
  const sorted = Float32Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
