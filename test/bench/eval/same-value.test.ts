import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isInText, sameValue } from "../../../bench/eval/same-value.ts";

describe("comparing a field with what is printed", () => {
  it.each([
    ["dosage", "500 MG", "500mg"],
    ["dosage", "400 mg/5 mL", "400mg/5ml"],
    ["dosage", "2.4 gram", "2.4 g"],
    ["dosage", "50 micrograms", "50 mcg"],
    ["dosage", "100,000 units/mL", "100000 unit/ml"],
    ["dosage", "25 mcg/hour", "25 mcg/hr"],
    ["name", "METFORMIN HCL", "Metformin HCl"],
    ["form", "tablet", "TABS"],
    ["form", "oral suspension", "suspension"],
    ["form", "patch", "patches"],
    ["prescriber", "DR. J SMITH", "J. Smith, MD"],
    ["instructions", "Take 1/2 tablet, by mouth.", "TAKE 1/2 TABLET BY MOUTH"],
    ["schedule", "Once daily", "once a day"],
    ["schedule", "Every morning", "In the morning"],
    ["quantity", 30, "30"],
    ["refills", 0, "0"],
  ] as const)("%s: %s is %s", (field, one, other) => {
    expect(sameValue(field, one, other)).toBe(true);
  });

  it.each([
    ["dosage", "2.5 mg", "25 mg"],
    ["dosage", "500 mg", "500 mcg"],
    ["dosage", "10-325 mg", "10325 mg"],
    ["dosage", "0.1%", "0.1 mg"],
    ["name", "Metoprolol ER", "Metoprolol"],
    ["instructions", "Take 1/2 tablet", "Take 12 tablet"],
    ["instructions", "Take 1.5 mL", "Take 15 mL"],
    ["prescriber", "Dr. Lindqvist", "Dr. Lindquist"],
    ["schedule", "Every 4 to 6 hours", "Every 6 hours"],
    ["schedule", "At bedtime as needed", "At bedtime"],
    ["schedule", "Every day", "Every other day"],
    ["quantity", 30, "30 tablets"],
  ] as const)("%s: %s is not %s", (field, one, other) => {
    expect(sameValue(field, one, other)).toBe(false);
  });

  it("never takes one number of a strength for another", () => {
    const number = fc.integer({ min: 1, max: 99_999 }).map((thousandths) => thousandths / 1000);
    fc.assert(
      fc.property(number, number, (one, other) => {
        fc.pre(one !== other);
        expect(sameValue("dosage", `${one} mg`, `${other} mg`)).toBe(false);
      }),
    );
  });

  it("finds a drug in the text whatever became of it", () => {
    expect(isInText("name", "METFORMIN HCL", "Rx 1\nMetformin HCl 500 mg")).toBe(true);
    expect(isInText("name", "METFORMIN HCL", "Rx 1\nMetforrnin HCl 500 mg")).toBe(false);
  });
});
