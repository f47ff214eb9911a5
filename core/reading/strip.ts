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
  const stepAlong = (2 * band.halfLength) / (width * samples);
  // One column of the strip at a time, so that what a pixel's samples add up to needs no second picture.
  const sums = new Float32Array(height);

  for (let column = 0; column < width; column += 1) {
    sums.fill(0);
    for (let part = 0; part < samples; part += 1) {
      const along = -band.halfLength + (column * samples + part + 0.5) * stepAlong;
      const half = at(band.halfHeight, along);
      const stepAcross = (2 * half) / (height * samples);
      const across = at(band.middle, along) - half + 0.5 * stepAcross;
      let x = band.centre.x + along * cos - across * sin;
      let y = band.centre.y + along * sin + across * cos;
      for (let row = 0; row < height; row += 1) {
        let sum = sums[row] ?? 0;
        for (let sampled = 0; sampled < samples; sampled += 1) {
          sum += sample(picture, x, y);
          x -= stepAcross * sin;
          y += stepAcross * cos;
        }
        sums[row] = sum;
      }
    }
    for (let row = 0; row < height; row += 1) data[row * width + column] = (sums[row] ?? 0) * share;
  }
  return { width, height, data };
}

/** The strip made narrower: each of its new columns is the mean of the old ones that it covers. */
export function narrowed(strip: Grey, width: number): Grey {
  const { height } = strip;
  const data = new Uint8Array(width * height);
  const covered = strip.width / width;
  for (let column = 0; column < width; column += 1) {
    const from = column * covered;
    const to = Math.min(strip.width, from + covered);
    const first = Math.floor(from);
    const last = Math.min(strip.width - 1, Math.ceil(to) - 1);
    for (let row = 0; row < height; row += 1) {
      const start = row * strip.width;
      let sum = 0;
      for (let x = first; x <= last; x += 1) {
        sum += (strip.data[start + x] ?? 0) * (Math.min(x + 1, to) - Math.max(x, from));
      }
      data[row * width + column] = Math.round(sum / (to - from));
    }
  }
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
