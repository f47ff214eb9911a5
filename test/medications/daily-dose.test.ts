import { describe, expect, it } from "vitest";
import { doseOverMaximum } from "../../core/medications/daily-dose.ts";
import { parseDirections } from "../../core/medications/directions/parse-directions.ts";

const entry = {
  name: "made up",
  kind: "generic" as const,
  generics: [],
  forms: ["tablet"],
  routes: ["oral"],
  strengths: [],
};

function over(directions: string, strength: string, max: { value: number; unit: string }): string | null {
  return doseOverMaximum({ ...entry, maxDailyDose: max }, strength, parseDirections(directions).dosages);
}

describe("a dose held against the usual daily maximum", () => {
  const forty = { value: 40, unit: "mg" };

  it.each([
    ["one tablet over it", "take 1 tablet three times daily", "20 mg", "60 mg"],
    ["the most of a range", "take 1 to 2 tablets every 12 hours as needed", "20 mg", "80 mg"],
    ["morning and night together", "take 1 tablet in the morning and 2 tablets at bedtime", "20 mg", "60 mg"],
    ["the largest phase of a taper", "take 3 tablets daily for 3 days then 1 tablet daily", "20 mg", "60 mg"],
    ["a liquid by its strength", "take 10 mL three times daily", "10 mg/5 mL", "60 mg"],
    ["grams held against milligrams", "take 1 tablet daily", "1 g", "1000 mg"],
  ])("is named when over: %s", (_, directions, strength, dose) => {
    expect(over(directions, strength, forty)).toBe(dose);
  });

  it.each([
    ["exactly the most", "take 1 tablet twice daily", "20 mg"],
    ["once a week", "take 2 tablets once a week", "20 mg"],
    ["without a time", "take as directed", "20 mg"],
    ["of two ingredients", "take 4 tablets daily", "20 mg/12.5 mg"],
  ])("is not named: %s", (_, directions, strength) => {
    expect(over(directions, strength, forty)).toBeNull();
  });

  it("is told in the unit of the maximum", () => {
    expect(over("take 2 tablets twice daily", "88 mcg", { value: 300, unit: "mcg" })).toBe("352 mcg");
  });
});
