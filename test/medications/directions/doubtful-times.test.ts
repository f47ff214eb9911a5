import { describe, expect, it } from "vitest";
import { parseDirections } from "../../../core/medications/directions/parse-directions.ts";

describe("when and how often, where it is in doubt", () => {
  it.each([
    "TAKE 2 TABLETS BY MOUTH EVERY M ORMTY FOOD",
    "TAKE 1 TABLET 2 TIMES A M",
    "TAKE 1 TABLET DAILY XCEPTT SUNDAYS",
    "INHALE 2 PUFFS EVERY 4 HOURS A5 NEEDED",
    "TAKE ONE IN THE MORNING AND TO AT NIGHT",
    "TAKE 3 TABLETS A DAY",
    "TAKE 1 TABLET TWICE DAILY EVERY 4 HOURS",
    "TAKE 1 TABLET ONCE DAILY IN THE MORNING AND AT BEDTIME",
  ])("is neither a schedule nor a Dosage's timing, but a reason to look: %s", (text) => {
    const { dosages, schedule, review } = parseDirections(text);
    expect(schedule).toBe("");
    expect(dosages.flatMap(({ timing }) => timing ?? [])).toEqual([]);
    expect(review).not.toEqual([]);
  });

  it("is said where only the reason is not known", () => {
    expect(parseDirections("TAKE 1 TABLET TWICE DAILY FOR FLURBLE")).toMatchObject({
      schedule: "Twice daily",
      review: [{ code: "directions_not_understood" }],
    });
  });

  it("is said where a medicine is named among the directions", () => {
    expect(parseDirections("1 TAB OF BENADRYL BID")).toMatchObject({
      schedule: "Twice daily",
      review: [{ code: "directions_name_a_drug", readings: ["BENADRYL"] }],
    });
  });
});
