import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDirections } from "../../../core/medications/directions/parse-directions.ts";
import { compact } from "./notation.ts";
import { meant, STYLES, said } from "./spoken.ts";

const RUNS = { numRuns: 500, seed: 20_261_123 };

describe("directions put into words", () => {
  it.each(Object.entries(STYLES))("read back the same from %s, and leave no doubt", (_, style) => {
    fc.assert(
      fc.property(said, (one) => {
        const { dosages, review } = parseDirections(style(one));
        expect(dosages.map(compact).join(" + ")).toBe(meant(one));
        expect(review).toEqual([]);
      }),
      RUNS,
    );
  });

  it("read the same in capitals, in small letters and with wider spaces", () => {
    fc.assert(
      fc.property(said, fc.constantFrom(...Object.values(STYLES)), (one, style) => {
        const text = style(one);
        const seen = [text, text.toUpperCase(), text.toLowerCase(), text.replaceAll(" ", "   ")].map(
          (spelling) => parseDirections(spelling).dosages.map(compact).join(" + "),
        );
        expect(new Set(seen).size).toBe(1);
      }),
      RUNS,
    );
  });

  it("name a word that nobody knows, wherever it stands", () => {
    fc.assert(
      fc.property(said, fc.nat(20), (one, place) => {
        const words = (STYLES["a US label"]?.(one) ?? "").split(" ");
        words.splice(place % words.length, 0, "ZQXVJ");
        const { review } = parseDirections(words.join(" "));
        expect(review.some((reason) => reason.readings?.includes("ZQXVJ"))).toBe(true);
      }),
      RUNS,
    );
  });

  it("keep a taper's phases in order, each with its dose and length", () => {
    const phase = fc.record({ dose: fc.integer({ min: 1, max: 9 }), days: fc.integer({ min: 1, max: 14 }) });
    fc.assert(
      fc.property(fc.array(phase, { minLength: 2, maxLength: 6 }), (phases) => {
        const text = phases.map(({ dose, days }) => `TAKE ${dose} MG DAILY FOR ${days} DAYS`).join(", THEN ");
        const { dosages, review } = parseDirections(text);
        expect(dosages.map(compact)).toEqual(
          phases.map(({ dose, days }, index) => `#${index + 1}; ${dose} mg; 1/d; for ${days}d`),
        );
        expect(review).toEqual([]);
      }),
      RUNS,
    );
  });
});
