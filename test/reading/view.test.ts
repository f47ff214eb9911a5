import { describe, expect, it } from "vitest";
import type { Band } from "../../core/reading/geometry.ts";
import type { Grey } from "../../core/reading/picture.ts";
import { betterView, fromView, pictureOf } from "../../core/reading/view.ts";

const EDGE = 736;

function bandAt(x: number, y: number, angle: number, halfLength: number, height: number): Band {
  return {
    centre: { x, y },
    angle,
    halfLength,
    middle: { constant: 0, slope: 0, bend: 0 },
    halfHeight: { constant: height / 2, slope: 0, bend: 0 },
  };
}

/** A white picture with a black spot of 5 x 5 px. */
function spotted(width: number, height: number, spot: { x: number; y: number }): Grey {
  const data = new Uint8Array(width * height).fill(255);
  for (let y = spot.y - 2; y <= spot.y + 2; y += 1) {
    for (let x = spot.x - 2; x <= spot.x + 2; x += 1) data[y * width + x] = 0;
  }
  return { width, height, data };
}

/** The middle of what is darker than half. */
function darkMiddle({ width, data }: Grey): { x: number; y: number } {
  const dark = [...data.keys()].filter((i) => (data[i] ?? 255) < 128);
  const sum = dark.reduce(
    (total, i) => ({ x: total.x + (i % width) + 0.5, y: total.y + Math.floor(i / width) + 0.5 }),
    { x: 0, y: 0 },
  );
  return { x: sum.x / dark.length, y: sum.y / dark.length };
}

describe("looking again at a level and closer view", () => {
  it.each([
    ["slanted", 0.6, 60],
    ["on its side", Math.PI / 2, 60],
    ["small", 0, 30],
  ])("finds again where text stood that is %s", (_, angle, height) => {
    const spot = { x: 700, y: 520 };
    const picture = spotted(2000, 1500, spot);
    const bands = [bandAt(690, 500, angle, 150, height), bandAt(720, 560, angle, 120, height)];
    const view = betterView(bands, picture, EDGE, angle);
    if (!view) throw new Error("There is no better view");
    const seen = darkMiddle(pictureOf(view, picture));
    const { centre } = fromView(view, bandAt(seen.x, seen.y, 0, 10, 10));
    expect(Math.hypot(centre.x - spot.x - 0.5, centre.y - spot.y - 0.5)).toBeLessThan(1.5);
  });

  it("is not done where text is level and large, or fills the picture", () => {
    const picture = spotted(2000, 1500, { x: 10, y: 10 });
    const large = [bandAt(1000, 300, 0.05, 400, 60), bandAt(1000, 900, 0.05, 400, 60)];
    const everywhere = [bandAt(1000, 50, 0, 900, 30), bandAt(1000, 1450, 0, 900, 30)];
    expect(betterView(large, picture, EDGE, 0.05)).toBeUndefined();
    expect(betterView(everywhere, picture, EDGE, 0)).toBeUndefined();
  });

  it("never enlarges pixels, and never makes more of them than the detector takes", () => {
    const picture = spotted(4000, 3000, { x: 10, y: 10 });
    const views = [
      [bandAt(500, 500, 1, 60, 10)],
      [bandAt(100, 100, 0.8, 90, 20), bandAt(3900, 2900, 0.8, 90, 20)],
    ].map((bands) => betterView(bands, picture, EDGE, bands[0]?.angle ?? 0));
    for (const view of views) {
      if (!view) throw new Error("There is no better view");
      const { width, height } = pictureOf(view, picture);
      expect(view.pixel).toBeGreaterThanOrEqual(1);
      expect(Math.max(width, height)).toBeLessThanOrEqual(EDGE + 1);
    }
  });
});
