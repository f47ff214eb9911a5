import { describe, expect, it } from "vitest";
import { inReadingOrder } from "../../core/reading/order.ts";

/** Lines of text by their left end, width and middle; 20 px high, turned by `degrees` around the origin. */
function page(lines: [text: string, left: number, width: number, y: number][], degrees = 0) {
  const angle = (degrees * Math.PI) / 180;
  return lines.map(([text, left, width, y]) => {
    const x = left + width / 2;
    const centre = {
      x: x * Math.cos(angle) - y * Math.sin(angle),
      y: x * Math.sin(angle) + y * Math.cos(angle),
    };
    const flat = { constant: 0, slope: 0, bend: 0 };
    return {
      text,
      band: { centre, angle, halfLength: width / 2, middle: flat, halfHeight: { ...flat, constant: 10 } },
    };
  });
}

const textOf = (lines: { text: string }[]) => lines.map(({ text }) => text).join(" ");

describe("reading order", () => {
  it("reads a label row by row, values beside their headings", () => {
    const label = page([
      ["30", 300, 40, 52],
      ["take", 0, 200, 10],
      ["qty", 0, 100, 50],
      ["dr", 0, 100, 90],
      ["smith", 300, 80, 91],
      ["refills", 0, 100, 130],
      ["2", 300, 20, 130],
    ]);
    expect(textOf(inReadingOrder(label))).toBe("take qty 30 dr smith refills 2");
  });

  it.each([0, 17, 90, 180, 270])("reads it in the same order on a photo turned by %i degrees", (degrees) => {
    const label = page(
      [
        ["c", 0, 200, 90],
        ["a", 0, 200, 10],
        ["b2", 150, 100, 51],
        ["b1", 0, 100, 50],
      ],
      degrees,
    );
    expect(textOf(inReadingOrder(label))).toBe("a b1 b2 c");
  });

  it("reads column by column where two texts stand side by side, between a heading and a footer", () => {
    const leaflet = page([
      ["heading", 0, 500, 10],
      ["l1", 0, 200, 50],
      ["l2", 0, 200, 80],
      ["l3", 0, 200, 110],
      ["r1", 260, 200, 64],
      ["r2", 260, 200, 94],
      ["r3", 260, 200, 126],
      ["footer", 0, 500, 160],
    ]);
    expect(textOf(inReadingOrder(leaflet))).toBe("heading l1 l2 l3 r1 r2 r3 footer");
  });

  it("leaves a line that runs up the side for last", () => {
    const label = page([
      ["a", 0, 200, 10],
      ["b", 0, 200, 50],
      ["c", 0, 200, 90],
    ]);
    const [side] = page([["side", 0, 100, 20]], -90);
    expect(textOf(inReadingOrder([...(side ? [side] : []), ...label]))).toBe("a b c side");
  });
});
