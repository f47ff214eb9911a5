import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { repairLookAlikes } from "../../core/reading/look-alikes.ts";
import { misread, number, strength } from "./strengths.ts";

const RUNS = { numRuns: 5000, seed: 3 };

/** The numbers a text shows, by value, in order. */
function numbersIn(text: string): number[] {
  return (text.match(/\d+(?:\.\d+)?|\.\d+/g) ?? []).map(Number);
}

describe("repairing look-alikes", () => {
  it("leaves every strength that was read rightly as it is", () => {
    fc.assert(
      fc.property(strength, (text) => {
        expect(repairLookAlikes(text)).toBe(text);
      }),
      RUNS,
    );
  });

  it("makes of a misread strength either the printed one or nothing new", () => {
    fc.assert(
      fc.property(misread(strength), ({ printed, seen }) => {
        const repaired = repairLookAlikes(seen);
        const asRead = numbersIn(seen);
        const fresh = numbersIn(repaired).filter((value) => !asRead.includes(value));
        for (const value of fresh) expect(numbersIn(printed)).toContain(value);
      }),
      RUNS,
    );
  });

  it("keeps the text's length, so that each character keeps its own confidence", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."0O1Il5.,/ aMg-") }), (text) => {
        expect(repairLookAlikes(text)).toHaveLength(text.length);
      }),
      RUNS,
    );
  });

  it("never touches a digit or a point of a number that holds no letter", () => {
    fc.assert(
      fc.property(number, fc.constantFrom("", "MG", "mL", "%", " TABLETS"), (value, unit) => {
        expect(repairLookAlikes(value + unit)).toBe(value + unit);
      }),
      RUNS,
    );
  });

  it.each([
    ["5OO MG", "500 MG"],
    ["1O MG", "10 MG"],
    ["O.5 mg", "0.5 mg"],
    ["l0.5 mg", "10.5 mg"],
    ["2O/1O", "20/10"],
    ["LISIN0PRIL", "LISINOPRIL"],
    ["OXYC0DONE 5 MG", "OXYCODONE 5 MG"],
    ["D1AZEPAM", "DIAZEPAM"],
    ["lbuprofen 200 mg", "Ibuprofen 200 mg"],
    ["lNSULIN", "INSULIN"],
    ["0ral", "Oral"],
    ["Oty: 30", "Qty: 30"],
    ["0TY 30", "QTY 30"],
    ["N0 REFILLS", "NO REFILLS"],
    ["Boulder, C0 80301", "Boulder, CO 80301"],
    ["one 0r two", "one or two"],
    ["0.05mglday", "0.05mg/day"],
  ])("reads %s as %s", (seen, printed) => {
    expect(repairLookAlikes(seen)).toBe(printed);
  });

  it.each([
    "B12",
    "H2O",
    "I10",
    "Q12H",
    "5l",
    "CoQ10",
    "T3",
    "10ML",
    "MG",
    "OIL",
    "ILL",
    "IO",
    "0.1",
    "01/10/2011",
    "250 mgl5 ml",
    "0mg",
    "0ml",
    "1 lb",
    "100lbs",
    "loyal",
    "llama",
    "ltd",
  ])("leaves %s alone", (text) => {
    expect(repairLookAlikes(text)).toBe(text);
  });
});
