import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DrugsFileError } from "../../core/medications/lexicon/drugs-file.ts";
import { ingredientsOf } from "../../core/medications/lexicon/entry.ts";
import { theLexicon } from "../../core/medications/lexicon/lexicon.ts";
import { parseLongIntervals } from "../../core/medications/lexicon/long-intervals.ts";
import { strengthKnown } from "../../core/medications/lexicon/strength.ts";
import { understand } from "../../core/medications/understand.ts";
import { typedLabel } from "./typed-label.ts";

const rows = parseLongIntervals(
  readFileSync(new URL("../../core/medications/lexicon/long-intervals.tsv", import.meta.url), "utf8"),
);
const entries = [...theLexicon().named.values()];

describe("long-intervals.tsv", () => {
  it("is about drugs of the lexicon, in strengths that they come in", () => {
    const wrong = rows.flatMap(({ ingredients, strengths }) => {
      const entry = entries.find((one) => ingredientsOf(one) === ingredients);
      if (!entry) return [ingredients];
      return strengths
        .filter((one) => strengthKnown(entry, one) !== "usual")
        .map((one) => `${ingredients} ${one}`);
    });
    expect(wrong).toEqual([]);
  });

  it("names the source of every line and says the interval in words", () => {
    expect(rows.filter(({ source, usually }) => source === "" || usually === "")).toEqual([]);
  });

  it("is refused with a line that cannot be used", () => {
    const columns = "name\tby\tstrengths\tleast_days\tusually\tmost\tsource\n";
    expect(() => parseLongIntervals(`${columns}methotrexate\ttooth\t\t7\tonce a week\t\tISMP`)).toThrow(
      new DrugsFileError('line 2: "tooth" is no way to take a medicine'),
    );
    expect(() => parseLongIntervals(`${columns}methotrexate\t\t\tweek\tonce a week\t\tISMP`)).toThrow(
      'line 2: "week" is no number of days',
    );
  });
});

const reasons = new Set(["more_often_than_usual", "interval_missing", "dose_over_maximum"]);

function said(label: string): string[] {
  return understand(typedLabel(label)).flatMap(({ review }) =>
    review.map(({ code }) => code).filter((code) => reasons.has(code)),
  );
}

describe("a medicine that is taken weekly or less often", () => {
  it.each([
    ["METHOTREXATE 2.5 MG TABLET", "TAKE 6 TABLETS BY MOUTH DAILY"],
    ["METHOTREXATE 2.5 MG TABLET", "TAKE 1 TABLET BY MOUTH TWICE DAILY"],
    ["TREXALL 10 MG TABLET", "TAKE 1 TABLET EVERY MORNING"],
    ["METHOTREXATE 2.5 MG TABLET", "TAKE 4 TABLETS ON MONDAY AND THURSDAY"],
    ["METHOTREXATE 2.5 MG TABLET", "SIG: 4 TABS PO QD"],
    ["ALENDRONATE 70 MG TABLET", "TAKE 1 TABLET BY MOUTH DAILY"],
    ["ALENDRONIC ACID 70 MG TABLETS", "TAKE ONE DAILY"],
    ["RISEDRONATE 35 MG TABLET", "TAKE 1 TABLET ONCE DAILY"],
    ["IBANDRONATE 150 MG TABLET", "TAKE 1 TABLET ONCE A WEEK"],
    ["OZEMPIC 1 MG PEN", "INJECT 1 MG UNDER THE SKIN DAILY"],
    ["SEMAGLUTIDE 0.5 MG", "INJECT 0.5 MG UNDER THE SKIN ONCE DAILY"],
    ["TRULICITY 1.5 MG/0.5 ML PEN", "INJECT 1 PEN DAILY"],
    ["ERGOCALCIFEROL 50,000 UNITS CAPSULE", "TAKE 1 CAPSULE BY MOUTH DAILY"],
    ["VITAMIN D2 1.25 MG CAPSULE", "TAKE 1 CAPSULE DAILY"],
    ["FLUOXETINE 90 MG CAPSULE", "TAKE 1 CAPSULE DAILY"],
    ["FENTANYL 25 MCG/HR PATCH", "APPLY 1 PATCH DAILY"],
    ["BUPRENORPHINE 10 MCG/HR PATCH", "APPLY 1 PATCH EVERY 72 HOURS"],
    ["ENBREL 50 MG/ML SYRINGE", "INJECT 50 MG DAILY"],
    ["LOMUSTINE 40 MG CAPSULE", "TAKE 1 CAPSULE DAILY AT BEDTIME"],
  ])("is flagged when the label asks for it more often: %s, %s", (drug, directions) => {
    expect(said(`${drug}\n${directions}\nQTY: 4`)).toContain("more_often_than_usual");
  });

  it.each([
    ["METHOTREXATE 2.5 MG TABLET", "TAKE 6 TABLETS BY MOUTH"],
    ["METHOTREXATE 2.5 MG TABLET", "TAKE AS DIRECTED"],
    ["METHOTREXATE 2.5 MG TABLET", "TAKE 4 TABLETS ONCE"],
    ["TRULICITY 0.75 MG/0.5 ML PEN", "INJECT 1 PEN UNDER THE SKIN"],
  ])("is flagged when the label does not say how often: %s, %s", (drug, directions) => {
    expect(said(`${drug}\n${directions}\nQTY: 4`)).toEqual(["interval_missing"]);
  });

  it.each([
    ["METHOTREXATE 2.5 MG TABLET", "TAKE 6 TABLETS BY MOUTH ONCE A WEEK"],
    ["METHOTREXATE 2.5 MG TABLET", "TAKE FOUR TABLETS ONCE A WEEK ON MONDAY"],
    ["METHOTREXATE 2.5 MG TABLETS", "TAKE 6 TABLETS EVERY SUNDAY"],
    ["ALENDRONATE 70 MG TABLET", "TAKE 1 TABLET WEEKLY 30 MINUTES BEFORE BREAKFAST"],
    ["ALENDRONATE 10 MG TABLET", "TAKE 1 TABLET BY MOUTH DAILY"],
    ["ALENDRONATE 5 MG TABLET", "TAKE 1 TABLET EVERY MORNING"],
    ["RISEDRONATE 5 MG TABLET", "TAKE 1 TABLET ONCE DAILY"],
    ["RISEDRONATE 150 MG TABLET", "TAKE 1 TABLET ONCE A MONTH"],
    ["RYBELSUS 7 MG TABLET", "TAKE 1 TABLET BY MOUTH DAILY"],
    ["SEMAGLUTIDE 14 MG TABLET", "TAKE 1 TABLET EVERY MORNING"],
    ["OZEMPIC 0.25 MG PEN", "INJECT 0.25 MG ONCE WEEKLY FOR 4 WEEKS, THEN 0.5 MG ONCE WEEKLY"],
    ["BYETTA 5 MCG PEN", "INJECT 5 MCG TWICE DAILY"],
    ["HUMIRA 40 MG/0.4 ML PEN", "INJECT 40 MG UNDER THE SKIN EVERY OTHER WEEK"],
    ["ENBREL 50 MG/ML SYRINGE", "INJECT 50 MG ONCE WEEKLY"],
    ["EMGALITY 120 MG/ML PEN", "INJECT 240 MG ON DAY 1, THEN 120 MG MONTHLY"],
    ["ETANERCEPT 25 MG SYRINGE", "INJECT 25 MG TWICE A WEEK"],
    ["CHOLECALCIFEROL 1000 UNITS TABLET", "TAKE 1 TABLET DAILY"],
    ["ERGOCALCIFEROL 50,000 UNITS CAPSULE", "TAKE 1 CAPSULE ONCE A WEEK"],
    ["FLUOXETINE 90 MG CAPSULE", "TAKE 1 CAPSULE ONCE A WEEK"],
    ["FLUOXETINE 20 MG CAPSULE", "TAKE 1 CAPSULE DAILY"],
    ["FENTANYL 25 MCG/HR PATCH", "APPLY 1 PATCH EVERY 72 HOURS"],
    ["CLONIDINE 0.1 MG TABLET", "TAKE 1 TABLET TWICE DAILY"],
    ["ESTRADIOL 1 MG TABLET", "TAKE 1 TABLET DAILY"],
    ["ESTRADIOL 0.1% GEL", "APPLY DAILY"],
    ["DEXAMETHASONE 4 MG TABLET", "TAKE 1 TABLET DAILY"],
    ["RALOXIFENE 60 MG TABLET", "TAKE 1 TABLET DAILY"],
    ["AZATHIOPRINE 50 MG TABLET", "TAKE 1 TABLET DAILY"],
    ["LEFLUNOMIDE 20 MG TABLET", "TAKE 1 TABLET DAILY"],
    ["NALTREXONE 50 MG TABLET", "TAKE 1 TABLET DAILY"],
    ["VIVITROL 380 MG VIAL", "INJECT 380 MG INTO THE MUSCLE ONCE A MONTH"],
    ["MEDROXYPROGESTERONE 150 MG/ML VIAL", "INJECT 150 MG IM EVERY 3 MONTHS"],
    ["MEDROXYPROGESTERONE 10 MG TABLET", "TAKE 1 TABLET DAILY FOR 10 DAYS"],
    ["LOMUSTINE 100 MG CAPSULE", "TAKE 2 CAPSULES AS A SINGLE DOSE"],
  ])("is left alone as usual, and so is what only resembles it: %s, %s", (drug, directions) => {
    expect(said(`${drug}\n${directions}\nQTY: 4`)).toEqual([]);
  });

  it("has a most of its own for one dose", () => {
    expect(said("METHOTREXATE 2.5 MG TABLET\nTAKE 16 TABLETS ONCE A WEEK")).toEqual(["dose_over_maximum"]);
  });

  it("is explained to the nurse in its own words", () => {
    const [medication] = understand(typedLabel("METHOTREXATE 2.5 MG TABLET\nTAKE 6 TABLETS DAILY"));
    expect(medication?.fields.instructions?.review?.message).toBe(
      'Methotrexate is usually taken once a week. These directions say "Once daily". Please check with the prescriber how often it is to be taken.',
    );
  });
});
