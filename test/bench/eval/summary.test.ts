import { expect, it } from "vitest";
import type { Measured } from "../../../bench/eval/measure.ts";
import { summarize } from "../../../bench/eval/summary.ts";
import type { UnderstoodMedication } from "../../../contract/medications.ts";

function measured(file: string, ms: number, read: Partial<UnderstoodMedication>): Measured {
  return {
    photo: {
      file,
      files: [file],
      category: "clean",
      lines: ["Warfarin 2.5 mg"],
      medications: [{ name: "Warfarin", dosage: "2.5 mg" }],
    },
    text: "Warfarin 2.5 mg",
    medications: [
      {
        ...{
          name: "Warfarin",
          dosage: "2.5 mg",
          schedule: "",
          quantity: null,
          prescriber: "",
          instructions: "",
        },
        ...{
          form: "",
          refills: null,
          rx_number: "",
          needs_review: false,
          review: [],
          fields: {},
          directions: [],
        },
        ...read,
      },
    ],
    refused: null,
    ms,
    wholeMs: ms + 100,
    tesseract: { text: "Warfarin", ms: 400 },
  };
}

it("names the photos that are quietly wrong and those that ask for review without need", () => {
  const summary = summarize([
    measured("right.jpg", 300, {}),
    measured("quiet.jpg", 500, { dosage: "25 mg" }),
    measured("marked.jpg", 400, { dosage: "25 mg", needs_review: true }),
    measured("needless.jpg", 200, { needs_review: true }),
  ]);
  expect(summary).toMatchObject({
    photos: 4,
    words: 1,
    cer: 0,
    fields: {
      name: { right: 4, flagged: 0, wrong: 0, missed: 0 },
      dosage: { right: 2, flagged: 1, wrong: 1, missed: 0 },
    },
    wrong_not_flagged: ["quiet.jpg"],
    flagged_but_right: ["needless.jpg"],
    by_category: { clean: { photos: 4, wrong_not_flagged: 1 } },
    ms: { p50: 300, p95: 500 },
    vs: { tesseract: { words: 1 / 3, ms_ratio_p50: 0.75 } },
  });
});
