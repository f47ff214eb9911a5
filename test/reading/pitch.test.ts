import { describe, expect, it } from "vitest";
import type { Grey } from "../../core/reading/picture.ts";
import { estimatedPitch } from "../../core/reading/pitch.ts";
import { narrowed } from "../../core/reading/strip.ts";

/** Dark stems on bright paper, one at each of the given columns, 4 px wide, over the middle of a strip 48 px high. */
function stems(width: number, columns: number[]): Grey {
  const data = new Uint8Array(width * 48).fill(220);
  for (let row = 8; row < 40; row += 1) {
    for (const column of columns) data.fill(40, row * width + column, row * width + column + 4);
  }
  return { width, height: 48, data };
}

const every = (pixels: number, width: number) =>
  Array.from({ length: Math.floor(width / pixels) }, (_, i) => i * pixels + 2);

describe("how wide letters are, before they are read", () => {
  it.each([12, 20, 30])("follows the distance of their stems: %d px", (pixels) => {
    const pitch = estimatedPitch(stems(600, every(pixels, 600)));
    expect(pitch / pixels).toBeGreaterThan(1);
    expect(pitch / pixels).toBeLessThan(1.2);
  });

  it("is the same when the photo is darker or flatter", () => {
    const strip = stems(600, every(20, 600));
    const dim = { ...strip, data: strip.data.map((shade) => 30 + shade / 4) };
    expect(estimatedPitch(dim)).toBe(estimatedPitch(strip));
  });

  it("is the whole strip where there is no stroke", () => {
    expect(estimatedPitch(stems(600, []))).toBeGreaterThanOrEqual(600);
  });
});

describe("a strip made narrower", () => {
  it("keeps its brightness and its height, and each stem its place", () => {
    const strip = stems(600, every(30, 600));
    const narrow = narrowed(strip, 420);
    const mean = ({ data }: Grey) => data.reduce((sum, shade) => sum + shade, 0) / data.length;
    expect([narrow.width, narrow.height]).toEqual([420, 48]);
    expect(mean(narrow)).toBeCloseTo(mean(strip), 0);
    expect(estimatedPitch(narrow) / estimatedPitch(strip)).toBeCloseTo(0.7, 1);
  });
});
