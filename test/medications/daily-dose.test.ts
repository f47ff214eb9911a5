import { describe, expect, it } from "vitest";
import { doseOverMaximum } from "../../core/medications/daily-dose.ts";
import { parseDirections } from "../../core/medications/directions/parse-directions.ts";
import { understand } from "../../core/medications/understand.ts";
import { typedLabel } from "./typed-label.ts";

const entry = {
  name: "made up",
  kind: "generic" as const,
  generics: [],
  forms: ["tablet"],
  routes: ["oral"],
  strengths: [],
};

function over(
  directions: string,
  strength: string,
  max: { value: number; unit: string; once?: number },
): string | null {
  const found = doseOverMaximum(
    { ...entry, maxDailyDose: max },
    strength,
    parseDirections(directions).dosages,
  );
  return found?.dose ?? null;
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
    ["of two ingredients for one", "take 4 tablets daily", "20 mg/12.5 mg"],
    ["up to a stated most a day", "take 2 tablets every 4 hours as needed, max 2 tablets a day", "20 mg"],
  ])("is not named: %s", (_, directions, strength) => {
    expect(over(directions, strength, forty)).toBeNull();
  });

  it("is told in the unit of the maximum", () => {
    expect(over("take 2 tablets twice daily", "88 mcg", { value: 300, unit: "mcg" })).toBe("352 mcg");
  });

  it("may be a larger one on a first or single day, and not after it", () => {
    const loading = { value: 10, unit: "mg", once: 60 };
    expect(over("take 6 tablets on day 1 then 1 tablet daily", "10 mg", loading)).toBeNull();
    expect(over("take 6 tablets as a single dose", "10 mg", loading)).toBeNull();
    expect(over("take 7 tablets as a single dose", "10 mg", loading)).toBe("70 mg");
    expect(over("take 6 tablets on day 1 then 2 tablets daily", "10 mg", loading)).toBe("20 mg");
  });
});

function overIn(label: string): string[] {
  return understand(typedLabel(label)).flatMap(({ review }) =>
    review.filter(({ code }) => code === "dose_over_maximum").map(({ message }) => message),
  );
}

describe("a combination's dose", () => {
  it.each([
    [
      "OXYCODONE-ACETAMINOPHEN 5-325 MG TABLET",
      "TAKE 2 TABLETS EVERY 3 HOURS",
      "5200 mg a day",
      "acetaminophen",
    ],
    [
      "ACETAMINOPHEN-OXYCODONE 325-5 MG TABLET",
      "TAKE 2 TABLETS EVERY 3 HOURS",
      "5200 mg a day",
      "acetaminophen",
    ],
    ["PERCOCET 10-325 MG TABLET", "TAKE 2 TABLETS EVERY 3 HOURS", "5200 mg a day", "acetaminophen"],
    ["HYDROCODONE/APAP 7.5/325 MG TABLET", "TAKE 2 TABLETS EVERY 3 HOURS", "5200 mg a day", "acetaminophen"],
    ["CO-CODAMOL 30/500 MG TABLETS", "TAKE TWO TABLETS SIX TIMES A DAY", "6000 mg a day", "acetaminophen"],
    ["LOSARTAN-HCTZ 50-12.5 MG TABLET", "TAKE 1 TABLET FOUR TIMES DAILY", "200 mg a day", "losartan"],
    [
      "TRIAMTERENE-HCTZ 37.5-25 MG TABLET",
      "TAKE 2 TABLETS THREE TIMES DAILY",
      "150 mg a day",
      "hydrochlorothiazide",
    ],
    [
      "ACETAMINOPHEN-CODEINE 120-12 MG/5 ML SOLUTION",
      "TAKE 60 ML FOUR TIMES DAILY",
      "5760 mg a day",
      "acetaminophen",
    ],
  ])("is held against the most of each ingredient: %s, %s", (drug, directions, dose, ingredient) => {
    const [message] = overIn(`${drug}\n${directions}`);
    expect(message).toContain(dose);
    expect(message).toContain(`the usual most of ${ingredient} `);
  });

  it.each([
    ["OXYCODONE-ACETAMINOPHEN 5-325 MG TABLET", "TAKE 1 TO 2 TABLETS EVERY 6 HOURS AS NEEDED FOR PAIN"],
    ["CO-CODAMOL 30/500 MG TABLETS", "TAKE TWO TABLETS EVERY 4 HOURS WHEN REQUIRED. MAX 8 IN 24 HOURS"],
    ["LISINOPRIL-HCTZ 20-12.5 MG TABLET", "TAKE 2 TABLETS DAILY"],
    ["AMOXICILLIN-CLAVULANATE 875-125 MG TABLET", "TAKE 1 TABLET TWICE DAILY"],
    ["AMLODIPINE-BENAZEPRIL 5-10 MG CAPSULE", "TAKE 1 CAPSULE DAILY"],
    ["ISONIAZID-RIFAMPIN 150-300 MG CAPSULE", "TAKE 2 CAPSULES DAILY"],
    ["CARBIDOPA-LEVODOPA 25-100 MG TABLET", "TAKE 2 TABLETS FIVE TIMES DAILY"],
    ["SMZ-TMP DS 800-160 MG TABLET", "TAKE 2 TABLETS TWICE DAILY"],
  ])("is left alone when it is usual: %s, %s", (drug, directions) => {
    expect(overIn(`${drug}\n${directions}`)).toEqual([]);
  });

  it("of a brand counts like that of its generic", () => {
    expect(overIn("COUMADIN 10 MG TABLET\nTAKE 1 TABLET THREE TIMES DAILY")).toHaveLength(1);
    expect(overIn("COUMADIN 5 MG TABLET\nTAKE 1 TABLET DAILY")).toEqual([]);
  });
});
