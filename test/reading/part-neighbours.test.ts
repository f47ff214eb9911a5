import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Band } from "../../core/reading/geometry.ts";
import { place } from "../../core/reading/geometry.ts";
import { partNeighbours } from "../../core/reading/part-neighbours.ts";

/** A level band whose core reaches from `from` to `to`, 20 px high, grown by `grown` at each end. */
function grownBand(from: number, to: number, y: number, grown: number) {
  const band: Band = {
    centre: { x: (from + to) / 2, y },
    angle: 0,
    halfLength: (to - from) / 2 + grown,
    middle: { constant: 0, slope: 0, bend: 0 },
    halfHeight: { constant: 10, slope: 0, bend: 0 },
  };
  return { band, grown };
}

function endsOf(band: Band | undefined): [number, number] {
  if (!band) throw new Error("A band is missing");
  return [place(band, -band.halfLength, 0).x, place(band, band.halfLength, 0).x];
}

describe("neighbouring bands", () => {
  it("are cut where they meet, so that no letter is read twice", () => {
    const [left, right] = partNeighbours([grownBand(100, 300, 50, 12), grownBand(310, 500, 52, 12)]);
    expect(endsOf(left)).toEqual([88, 305]);
    expect(endsOf(right)).toEqual([305, 512]);
  });

  it("on two lines stay whole", () => {
    const both = [grownBand(100, 300, 50, 12), grownBand(310, 500, 65, 12)];
    expect(partNeighbours(both)).toEqual(both.map(({ band }) => band));
  });

  it("that do not reach each other stay whole", () => {
    const both = [grownBand(100, 300, 50, 5), grownBand(311, 500, 50, 5)];
    expect(partNeighbours(both)).toEqual(both.map(({ band }) => band));
  });

  it("keep their cores whole, wherever they stand", () => {
    const line = fc.record({
      gaps: fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 6 }),
      lengths: fc.array(fc.integer({ min: 10, max: 300 }), { minLength: 7, maxLength: 7 }),
      grown: fc.integer({ min: 1, max: 30 }),
      wobble: fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 7, maxLength: 7 }),
    });
    fc.assert(
      fc.property(line, ({ gaps, lengths, grown, wobble }) => {
        let x = 0;
        const cores = gaps.map((gap, i) => {
          const from = x + gap;
          x = from + (lengths[i] ?? 0);
          return { from, to: x, y: 100 + (wobble[i] ?? 0) };
        });
        const bands = partNeighbours(cores.map(({ from, to, y }) => grownBand(from, to, y, grown)));
        cores.forEach(({ from, to }, i) => {
          const [left, right] = endsOf(bands[i]);
          expect(left).toBeLessThanOrEqual(from + 1e-6);
          expect(right).toBeGreaterThanOrEqual(to - 1e-6);
        });
      }),
      { numRuns: 1000, seed: 6 },
    );
  });

  it("keep their curve: a part of a bent band lies where the whole one did", () => {
    const whole: Band = {
      centre: { x: 200, y: 100 },
      angle: 0.1,
      halfLength: 150,
      middle: { constant: 2, slope: 0.05, bend: 0.001 },
      halfHeight: { constant: 10, slope: 0.01, bend: 0 },
    };
    const next = grownBand(0, 1, 0, 10);
    const start = place(whole, 145, 2 + 0.05 * 145 + 0.001 * 145 ** 2);
    const neighbour: Band = {
      ...next.band,
      centre: { x: start.x + 50, y: start.y + 5 },
      angle: 0.1,
      halfLength: 50,
    };
    const [part] = partNeighbours([
      { band: whole, grown: 10 },
      { band: neighbour, grown: 10 },
    ]);
    if (!part) throw new Error("The band is missing");
    expect(part.halfLength).toBeLessThan(150);
    const shift = part.halfLength - 150;
    const along = 20;
    const old = place(whole, along, 2 + 0.05 * along + 0.001 * along ** 2);
    const local = along - shift;
    const now = place(
      part,
      local,
      part.middle.constant + part.middle.slope * local + part.middle.bend * local ** 2,
    );
    expect(now.x).toBeCloseTo(old.x, 6);
    expect(now.y).toBeCloseTo(old.y, 6);
  });
});
