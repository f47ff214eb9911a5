import { describe, expect, it } from "vitest";
import { scoreFields } from "../../../bench/eval/field-score.ts";
import type { TruePhoto } from "../../../bench/eval/truth.ts";
import type { UnderstoodMedication } from "../../../contract/medications.ts";

const photo: TruePhoto = {
  file: "one.jpg",
  files: ["one.jpg"],
  category: "clean",
  lines: ["Warfarin 2.5 mg tablet", "Qty 30"],
  medications: [{ name: "Warfarin", dosage: "2.5 mg", form: "tablet", quantity: 30 }],
  overMaximum: false,
};

function medication(values: Partial<UnderstoodMedication>): UnderstoodMedication {
  return {
    name: "Warfarin",
    dosage: "2.5 mg",
    schedule: "",
    quantity: 30,
    prescriber: "",
    instructions: "",
    form: "tablet",
    refills: null,
    rx_number: "",
    needs_review: false,
    review: [],
    fields: {},
    directions: [],
    ...values,
  };
}

function verdicts(...read: UnderstoodMedication[]): Record<string, string> {
  return Object.fromEntries(scoreFields(photo, read).map(({ field, verdict }) => [field, verdict]));
}

describe("scoring the fields of a photo", () => {
  it("calls a misread strength wrong when nothing asks for review", () => {
    expect(verdicts(medication({ dosage: "25 mg" }))).toMatchObject({ name: "right", dosage: "wrong" });
  });

  it("calls a misread strength flagged when the medication asks for review", () => {
    expect(verdicts(medication({ dosage: "25 mg", needs_review: true }))).toMatchObject({
      dosage: "flagged",
    });
  });

  it("calls a field that was not found missed, not wrong", () => {
    expect(verdicts(medication({ name: "", quantity: null }))).toMatchObject({
      name: "missed",
      quantity: "missed",
    });
  });

  it("misses every field of a photo that gave nothing", () => {
    expect(verdicts()).toEqual({ name: "missed", dosage: "missed", form: "missed", quantity: "missed" });
  });

  it("calls a field that is not on the label wrong", () => {
    expect(verdicts(medication({ refills: 3 }))).toMatchObject({ refills: "wrong" });
  });

  it("judges a schedule only where somebody said what the directions mean", () => {
    expect(verdicts(medication({ schedule: "Twice daily" }))).not.toHaveProperty("schedule");
    const judged = { ...photo, medications: [{ ...photo.medications[0], schedule: "Once daily" }] };
    const verdictOn = (schedule: string) =>
      scoreFields(judged, [medication({ schedule })]).find(({ field }) => field === "schedule")?.verdict;
    expect([verdictOn("Once daily"), verdictOn("Twice daily"), verdictOn("")]).toEqual([
      "right",
      "wrong",
      "missed",
    ]);
  });

  it("calls a second drug that is not on the label wrong", () => {
    const findings = scoreFields(photo, [medication({ name: "Northgate" }), medication({})]);
    const names = findings
      .filter(({ field }) => field === "name")
      .map(({ read, verdict }) => `${read} ${verdict}`);
    expect(names).toEqual(["Warfarin right", "Northgate wrong"]);
  });

  it("holds nothing unlisted against the reading of a photo that nobody transcribed", () => {
    const real: TruePhoto = {
      file: "r.jpg",
      files: ["r.jpg"],
      category: "real",
      lines: [],
      medications: [{ name: "Warfarin" }],
      overMaximum: false,
    };
    const found = scoreFields(real, [medication({}), medication({ name: "Lialda" })]);
    expect(found.map(({ field, verdict }) => `${field} ${verdict}`)).toEqual(["name right"]);
  });
});
