import { describe, expect, it } from "vitest";
import { boxOf } from "../../core/medications/layout/places.ts";

/** "WW ii 5" in a font whose letters differ in width: the reader says where each one's middle stands. */
const line = {
  text: "WW ii 5",
  confidence: 1,
  box: [100, 50, 200, 20] as [number, number, number, number],
  middles: [0.1, 0.3, 0.5, 0.6, 0.64, 0.75, 0.9],
};

describe("where a part of a line stands", () => {
  it("is between its letters and their neighbours, as the reader saw them", () => {
    const [x, y, width, height] = boxOf(line, 3, 5);
    expect([x, y, height]).toEqual([210, 50, 20]);
    expect(x + width).toBeCloseTo(100 + 200 * ((0.64 + 0.75) / 2));
  });

  it("reaches to the line's own ends", () => {
    expect(boxOf(line, 0, 7)).toEqual(line.box);
    expect(boxOf(line, 6, 7)[0] + boxOf(line, 6, 7)[2]).toBeCloseTo(300);
  });

  it("is by the share of the letters where a reader keeps no places", () => {
    const { middles: _, ...plain } = line;
    expect(boxOf(plain, 3, 5)).toEqual([100 + (200 * 3) / 7, 50, expect.closeTo((200 * 2) / 7), 20]);
  });
});
