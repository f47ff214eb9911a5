import { at, type Band, heightOf } from "./geometry.ts";
import type { Grey } from "./picture.ts";

/** More samples than this for a pixel buy nothing: a 4 x 4 mean already removes what a strip cannot show. */
const MOST_SAMPLES = 4;

/**
 * The band's text as a straight, level strip `height` pixels high: its curve unrolled and its perspective undone.
 * Its width follows the band's proportions times `squeeze`, at most `maxWidth`. Sampled bilinearly, with a mean
 * over several samples where the strip is smaller than the picture.
 */
export function stripOf(
  picture: Grey,
  band: Band,
  { height, maxWidth, squeeze = 1 }: { height: number; maxWidth: number; squeeze?: number },
): Grey {
  const proportion = (2 * band.halfLength) / heightOf(band);
  const width = Math.max(8, Math.min(maxWidth, Math.round(proportion * height * squeeze)));
  const samples = Math.max(1, Math.min(MOST_SAMPLES, Math.round(heightOf(band) / height)));
  const data = new Uint8Array(width * height);
  const cos = Math.cos(band.angle);
  const sin = Math.sin(band.angle);
  const share = 1 / (samples * samples);
  const sums = new Float32Array(width * height);
  const stepAlong = (2 * band.halfLength) / (width * samples);

  for (let column = 0; column < width * samples; column += 1) {
    const along = -band.halfLength + (column + 0.5) * stepAlong;
    const half = at(band.halfHeight, along);
    const top = at(band.middle, along) - half;
    const stepAcross = (2 * half) / (height * samples);
    const x = (column / samples) | 0;
    for (let row = 0; row < height * samples; row += 1) {
      const across = top + (row + 0.5) * stepAcross;
      const value = sample(
        picture,
        band.centre.x + along * cos - across * sin,
        band.centre.y + along * sin + across * cos,
      );
      const pixel = ((row / samples) | 0) * width + x;
      sums[pixel] = (sums[pixel] ?? 0) + value;
    }
  }
  for (let i = 0; i < data.length; i += 1) data[i] = (sums[i] ?? 0) * share;
  return { width, height, data };
}

/** Brightness at a place between pixels; places outside show the nearest edge. */
function sample({ width, height, data }: Grey, x: number, y: number): number {
  const px = Math.max(0, Math.min(width - 1.001, x - 0.5));
  const py = Math.max(0, Math.min(height - 1.001, y - 0.5));
  const left = px | 0;
  const above = py | 0;
  const right = px - left;
  const below = py - above;
  const at00 = above * width + left;
  const upper = (data[at00] ?? 0) * (1 - right) + (data[at00 + 1] ?? 0) * right;
  const lower = (data[at00 + width] ?? 0) * (1 - right) + (data[at00 + width + 1] ?? 0) * right;
  return upper * (1 - below) + lower * below;
}
