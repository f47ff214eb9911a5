import { type Canvas, createCanvas } from "@napi-rs/canvas";

/** A picture as linear light that can be asked for its colour anywhere. */
export class Texture {
  readonly #pixels: Float32Array;
  readonly #width: number;
  readonly #height: number;
  readonly #mm: number;

  /** `mm`: what the picture's width measures on the table; its centre lies at the origin. */
  constructor(pixels: Float32Array, width: number, height: number, mm: number) {
    this.#pixels = pixels;
    this.#width = width;
    this.#height = height;
    this.#mm = mm;
  }

  /** The colour at (x, y) mm on the table; past its edges the picture goes on mirrored. */
  sample(x: number, y: number, out: Float32Array): void {
    this.sampleUnit(mirrored(x / this.#mm + 0.5), mirrored(0.5 - y / this.#mm), out);
  }

  /** The colour at (u, v), each from 0 to 1 from the top left, between pixels by bilinear interpolation. */
  sampleUnit(u: number, v: number, out: Float32Array): void {
    const x = Math.min(this.#width - 1.001, Math.max(0, u * this.#width - 0.5));
    const y = Math.min(this.#height - 1.001, Math.max(0, v * this.#height - 0.5));
    const [x0, y0] = [x | 0, y | 0];
    const [fx, fy] = [x - x0, y - y0];
    const at = (y0 * this.#width + x0) * 3;
    const below = at + this.#width * 3;
    const p = this.#pixels;
    for (let k = 0; k < 3; k++) {
      const upper = (p[at + k] ?? 0) * (1 - fx) + (p[at + 3 + k] ?? 0) * fx;
      const lower = (p[below + k] ?? 0) * (1 - fx) + (p[below + 3 + k] ?? 0) * fx;
      out[k] = upper * (1 - fy) + lower * fy;
    }
  }
}

function mirrored(value: number): number {
  const turn = Math.abs(value) % 2;
  return turn > 1 ? 2 - turn : turn;
}

/** A drawing as a texture `width` pixels wide (never enlarged). */
export function textureOf(canvas: Canvas, width: number, mm = 1): Texture {
  const wide = Math.min(canvas.width, width);
  const high = Math.round((canvas.height * wide) / canvas.width);
  const scaled = wide === canvas.width ? canvas : shrink(canvas, wide, high);
  const data = scaled.getContext("2d").getImageData(0, 0, wide, high).data;
  const pixels = new Float32Array(wide * high * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    for (let k = 0; k < 3; k++) pixels[to + k] = LINEAR[data[from + k] ?? 0] ?? 0;
  }
  return new Texture(pixels, wide, high, mm);
}

function shrink(canvas: Canvas, width: number, height: number): Canvas {
  // Halving first: one big step would skip texels and break thin strokes.
  if (canvas.width > width * 2) {
    const half = createCanvas(Math.ceil(canvas.width / 2), Math.ceil(canvas.height / 2));
    draw(canvas, half);
    return shrink(half, width, height);
  }
  const out = createCanvas(width, height);
  draw(canvas, out);
  return out;
}

function draw(from: Canvas, to: Canvas): void {
  const pen = to.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(from, 0, 0, to.width, to.height);
}

/** sRGB byte to linear light (IEC 61966-2-1). */
const LINEAR = Float32Array.from({ length: 256 }, (_, byte) => {
  const s = byte / 255;
  return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
});
