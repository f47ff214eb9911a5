import sharp from "sharp";
import type { Random } from "./random.ts";

/** What the phone's lens, sensor and software do to the light. */
export type Shot = {
  /** Radius of the blur disc in pixels; 0 is sharp. */
  defocus: number;
  /** Path of the hand while the shutter is open, in pixels. */
  motion: { length: number; angle: number } | null;
  /** Light of white paper as the photo shows it: 1 is full white. */
  exposure: number;
  /** Colour of the lamp that the white balance left: gains of red and blue. */
  cast: readonly [red: number, blue: number];
  /** Standard deviation of sensor noise on mid grey, of 255. */
  noise: number;
  /** How much the corners darken. */
  vignette: number;
  /** Share of contrast that haze or a dirty lens leaves: 1 is all. */
  contrast: number;
  quality: number;
  /** Clockwise quarter turns of the picture's pixels. */
  turns: 0 | 1 | 2 | 3;
  /** Whether the turn is undone by an EXIF orientation, as phones write it. */
  exif: boolean;
};

/** Develops linear light into the bytes of a JPEG; says the size of the photo as a person sees it. */
export async function develop(
  light: Float32Array<ArrayBuffer>,
  width: number,
  height: number,
  shot: Shot,
  random: Random,
): Promise<{ jpeg: Buffer; width: number; height: number }> {
  let image = light;
  if (shot.defocus > 0.3) image = convolve(image, width, height, disc(shot.defocus));
  if (shot.motion) image = convolve(image, width, height, path(shot.motion));
  const bytes = expose(image, width, height, shot, random);
  let picture = sharp(bytes, { raw: { width, height, channels: 3 } }).sharpen({
    sigma: 0.8,
    m1: 0.4,
    m2: 1.2,
  });
  if (shot.turns) {
    picture = sharp(await picture.raw().toBuffer(), { raw: { width, height, channels: 3 } }).rotate(
      shot.turns * 90,
    );
  }
  // EXIF 2.32, tag 0x0112: orientations 8, 3 and 6 undo one, two and three clockwise quarter turns.
  if (shot.exif) picture = picture.withMetadata({ orientation: [1, 8, 3, 6][shot.turns] ?? 1 });
  const jpeg = await picture.jpeg({ quality: shot.quality, chromaSubsampling: "4:2:0" }).toBuffer();
  const across = shot.turns % 2 === 1 && !shot.exif;
  return { jpeg, width: across ? height : width, height: across ? width : height };
}

type Tap = { dx: number; dy: number; weight: number };

/** An evenly lit disc of the given radius, its rim softened. */
function disc(radius: number): Tap[] {
  const taps: Tap[] = [];
  const reach = Math.ceil(radius);
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const weight = Math.min(1, radius + 0.5 - Math.hypot(dx, dy));
      if (weight > 0) taps.push({ dx, dy, weight });
    }
  }
  return normal(taps);
}

/** A straight stroke with a little bow in it, as a hand makes. */
function path(motion: { length: number; angle: number }): Tap[] {
  const taps = new Map<string, Tap>();
  const steps = Math.ceil(motion.length * 3);
  for (let step = 0; step <= steps; step++) {
    const along = (step / steps - 0.5) * motion.length;
    const bow = 0.12 * motion.length * (step / steps - 0.5) ** 2;
    const dx = Math.round(along * Math.cos(motion.angle) - bow * Math.sin(motion.angle));
    const dy = Math.round(along * Math.sin(motion.angle) + bow * Math.cos(motion.angle));
    const tap = taps.get(`${dx},${dy}`) ?? { dx, dy, weight: 0 };
    taps.set(`${dx},${dy}`, { ...tap, weight: tap.weight + 1 });
  }
  return normal([...taps.values()]);
}

function normal(taps: Tap[]): Tap[] {
  const sum = taps.reduce((total, tap) => total + tap.weight, 0);
  return taps.map((tap) => ({ ...tap, weight: tap.weight / sum }));
}

/** Edges repeat their last pixel. */
function convolve(
  image: Float32Array,
  width: number,
  height: number,
  taps: Tap[],
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(image.length);
  for (const { dx, dy, weight } of taps) {
    for (let y = 0; y < height; y++) {
      const row = Math.min(height - 1, Math.max(0, y + dy)) * width;
      for (let x = 0; x < width; x++) {
        const from = (row + Math.min(width - 1, Math.max(0, x + dx))) * 3;
        const to = (y * width + x) * 3;
        out[to] = (out[to] ?? 0) + (image[from] ?? 0) * weight;
        out[to + 1] = (out[to + 1] ?? 0) + (image[from + 1] ?? 0) * weight;
        out[to + 2] = (out[to + 2] ?? 0) + (image[from + 2] ?? 0) * weight;
      }
    }
  }
  return out;
}

function expose(image: Float32Array, width: number, height: number, shot: Shot, random: Random): Buffer {
  const bytes = Buffer.alloc(image.length);
  const gains = [shot.exposure * shot.cast[0], shot.exposure, shot.exposure * shot.cast[1]];
  const far = (width * width + height * height) / 4;
  const grains = grainOf(shot, random);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const corner = ((x - width / 2) ** 2 + (y - height / 2) ** 2) / far;
      const shade = 1 - shot.vignette * corner;
      const common = shot.noise ? random.noise() : 0;
      for (let k = 0; k < 3; k++) {
        const level = tone((image[at + k] ?? 0) * (gains[k] ?? 1) * shade);
        const hazed = HAZE + (level - HAZE) * shot.contrast;
        bytes[at + k] = Math.min(255, Math.max(0, hazed + grains(hazed, common) + 0.5));
      }
    }
  }
  return bytes;
}

/** The grey that a hazy picture fades to, of 255. */
const HAZE = 150;

/** Shot noise: part common to the three colours, part their own; stronger where there is little light. */
function grainOf(shot: Shot, random: Random): (level: number, common: number) => number {
  if (shot.noise === 0) return () => 0;
  return (level, common) => shot.noise * (1.25 - level / 340) * (0.75 * common + 0.55 * random.noise());
}

/** Linear light to 0..255 sRGB with a shoulder, so that highlights roll off before they burn out. */
function tone(value: number): number {
  const rolled =
    value < SHOULDER
      ? value
      : SHOULDER + (1 - SHOULDER) * (1 - Math.exp(-(value - SHOULDER) / (1 - SHOULDER)));
  const s = rolled <= 0.0031308 ? rolled * 12.92 : 1.055 * rolled ** (1 / 2.4) - 0.055;
  return 255 * Math.max(0, s);
}

const SHOULDER = 0.8;
