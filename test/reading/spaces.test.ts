import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Glyph, withSpaces } from "../../core/reading/spaces.ts";
import { misread, strength } from "./strengths.ts";

/** The glyphs of a text in which the recognizer suspected a space at each place, as likely as `doubt` says. */
function glyphsOf(text: string, doubt: (place: number) => number): Glyph[] {
  return [...text].map((character, i) => ({
    character,
    confidence: 0.9,
    spaceBefore: doubt(i),
    middle: (i + 0.5) / text.length,
  }));
}

describe("recovering lost spaces", () => {
  it("never splits a number, whatever the recognizer suspected", () => {
    const before = fc.constantFrom("", "METFORMIN ", "TAKE ", "(");
    const doubts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(before, misread(strength), doubts, (words, { printed, seen }, doubt) => {
        const { text } = withSpaces(glyphsOf(words + seen, (i) => doubt[i % doubt.length] ?? 0));
        for (const { index, 0: digits } of printed.matchAll(/\.?\d[\d.,/]*/g)) {
          expect(text).toContain(seen.slice(index, index + digits.length));
        }
      }),
      { numRuns: 5000, seed: 4 },
    );
  });

  it("takes a look-alike for a digit when the space is likelier in front of it", () => {
    const glyphs = glyphsOf("WARFARINl5", (i) => ({ 8: 0.5, 9: 0.3 })[i] ?? 0);
    expect(withSpaces(glyphs).text).toBe("WARFARIN l5");
  });

  it("leaves a ratio whole though its 1 was read as an l", () => {
    expect(withSpaces(glyphsOf("l:1000", () => 0.5)).text).toBe("l:1000");
  });

  it("only adds spaces: every other character stays, in order", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."AbIlO05.,/-:( ") }), (text) => {
        const spaced = withSpaces(glyphsOf(text, () => 1));
        expect(spaced.text.replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
        expect(spaced.characters).toHaveLength(spaced.text.length);
      }),
      { numRuns: 2000, seed: 5 },
    );
  });

  it.each([
    ["TAKE1TABLET", "TAKE 1 TABLET"],
    ["QTY:30", "QTY: 30"],
    ["DAYTON,OH", "DAYTON, OH"],
    ["Tel:01632", "Tel: 01632"],
    ["Carvedilol6.25MG", "Carvedilol 6.25 MG"],
    ["513OrchardAve", "513 Orchard Ave"],
    ["Whitby,YO211DN", "Whitby, YO21 1DN"],
    ["01632960646", "01632 960646"],
  ])("reads %s as %s where words stand apart", (seen, printed) => {
    const boundaries = new Set<number>();
    let place = 0;
    for (const character of printed) {
      if (character === " ") boundaries.add(place);
      else place += 1;
    }
    expect(withSpaces(glyphsOf(seen, (i) => (boundaries.has(i) ? 0.2 : 0))).text).toBe(printed);
  });

  it.each(["3Otablets", "5Omg", "1Ounits", "2Oml", "CL50MG", "3Odays", "AB10ML", "1O00mg"])(
    "leaves %s whole though a space was suspected everywhere",
    (seen) => {
      const digits = /\d[\dO]*/.exec(seen)?.[0] ?? "";
      expect(withSpaces(glyphsOf(seen, () => 0.9)).text).toContain(digits);
    },
  );

  it("does not believe in a space behind a word's first letter unless it is likely", () => {
    const suspected = glyphsOf("for Lupin", (i) => ({ 5: 0.3 })[i] ?? 0);
    const sure = glyphsOf("with Afull", (i) => ({ 6: 0.5 })[i] ?? 0);
    expect([withSpaces(suspected).text, withSpaces(sure).text]).toEqual(["for Lupin", "with A full"]);
  });

  it("finds a lone letter between two lost spaces", () => {
    const glyphs = glyphsOf("77NSTATE", (i) => ({ 2: 0.05, 3: 0.06 })[i] ?? 0);
    expect(withSpaces(glyphs).text).toBe("77 N STATE");
  });

  it("keeps O'Brien together", () => {
    expect(withSpaces(glyphsOf("O'Brien", (i) => (i === 1 || i === 2 ? 0.3 : 0))).text).toBe("O'Brien");
  });

  it("is as sure of a recovered space as of the less sure letter beside it", () => {
    const glyphs = [
      { character: "A", confidence: 0.9, spaceBefore: 0, middle: 0.25 },
      { character: "B", confidence: 0.6, spaceBefore: 0.5, middle: 0.75 },
    ];
    expect(withSpaces(glyphs)).toMatchObject({
      text: "A B",
      characters: [0.9, 0.6, 0.6],
      middles: [0.25, 0.5, 0.75],
    });
  });
});
