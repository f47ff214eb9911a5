import { describe, expect, it } from "vitest";
import type { Line } from "../../contract/reading.ts";
import type { Band } from "../../core/reading/geometry.ts";
import type { SeenLine } from "../../core/reading/reader.ts";
import { startSecondLooks } from "../../core/reading/second-looks.ts";

function seen(text: string, y: number): SeenLine {
  const band: Band = {
    centre: { x: 100, y },
    angle: 0,
    halfLength: 50,
    middle: { constant: 0, slope: 0, bend: 0 },
    halfHeight: { constant: 10, slope: 0, bend: 0 },
  };
  return { text, confidence: 0.9, band };
}

const asLine = ({ text, confidence }: SeenLine): Line => ({ text, confidence, box: [0, 0, 1, 1] });

/** A second reader that says where it was asked, and a list of the places. */
function listener(failAt?: number) {
  const places: number[] = [];
  return {
    places,
    async readBand({ centre }: Band) {
      places.push(centre.y);
      if (centre.y === failAt) throw new Error("torn");
      return { text: `at ${centre.y}`, confidence: 0.8 };
    },
  };
}

describe("second looks", () => {
  const [drug, directions, note] = [seen("METFORMIN", 100), seen("TAKE", 50), seen("note", 150)];

  it("are asked while others are still read, and each once", async () => {
    const { places, readBand } = listener();
    const looks = startSecondLooks({ deciding: (lines) => [...lines.keys()], readBand, asLine });
    looks.ask([drug]);
    expect(places).toEqual([100]);
    looks.ask([drug, directions]);
    const lines = await looks.finish([drug, directions, note]);
    expect(places).toEqual([100, 50, 150]);
    expect(lines.map((line) => [line.text, line.second?.text])).toEqual([
      ["TAKE", "at 50"],
      ["METFORMIN", "at 100"],
      ["note", "at 150"],
    ]);
  });

  it("are given only where all lines together say that they decide something", async () => {
    const { readBand } = listener();
    const looks = startSecondLooks({
      deciding: (lines) => (lines.length === 1 ? [0] : [1]),
      readBand,
      asLine,
    });
    looks.ask([directions]);
    const lines = await looks.finish([directions, drug]);
    expect(lines.map(({ second }) => second?.text)).toEqual([undefined, "at 100"]);
  });

  it("say so when the second reader fails on a line that decides, and only then", async () => {
    const { readBand } = listener(100);
    const looks = startSecondLooks({
      deciding: (lines) => (lines.length === 3 ? [0] : [lines.length - 1]),
      readBand,
      asLine,
    });
    looks.ask([drug]);
    await expect(looks.finish([drug, directions])).rejects.toThrow("torn");
    await expect(looks.finish([drug, directions, note])).resolves.toHaveLength(3);
    await looks.settle();
  });
});
