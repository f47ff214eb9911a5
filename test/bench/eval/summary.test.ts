import { expect, it } from "vitest";
import type { Measured } from "../../../bench/eval/measure.ts";
import { summarize } from "../../../bench/eval/summary.ts";
import type { UnderstoodMedication } from "../../../contract/medications.ts";

const asking = (...codes: string[]): Partial<UnderstoodMedication> => ({
  needs_review: true,
  review: codes.map((code) => ({ code, message: "Please check it." })),
});

function measured(
  file: string,
  ms: number,
  read: Partial<UnderstoodMedication>,
  overMaximum = false,
): Measured {
  return {
    photo: {
      file,
      files: [file],
      category: "clean",
      lines: ["Warfarin 2.5 mg"],
      medications: [{ name: "Warfarin", dosage: "2.5 mg" }],
      overMaximum,
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
    understandMs: ms / 100,
    tesseract: { text: "Warfarin", ms: 400 },
  };
}

it("names the photos that are quietly wrong and those that ask for review without need", () => {
  const summary = summarize([
    measured("right.jpg", 300, {}),
    measured("quiet.jpg", 500, { dosage: "25 mg" }),
    measured("marked.jpg", 400, { dosage: "25 mg", ...asking("name_uncertain") }),
    measured("needless.jpg", 200, asking("name_uncertain")),
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
    understand_ms: { p50: 3, p95: 5, p99: 5 },
    vs: { tesseract: { words: 1 / 3, ms_ratio_p50: 0.75 } },
  });
});

it("does not count a daily dose that is over the usual most among the needless flags", () => {
  const summary = summarize([
    measured("over.jpg", 300, asking("dose_over_maximum"), true),
    measured("over-and-unclear.jpg", 300, asking("dose_over_maximum", "look_alike"), true),
    measured("over-and-silent.jpg", 300, {}, true),
    measured("not-over.jpg", 300, asking("dose_over_maximum")),
  ]);
  expect(summary).toMatchObject({
    flagged_but_right: ["over-and-unclear.jpg", "not-over.jpg"],
    needless: { dose_over_maximum: ["not-over.jpg"], look_alike: ["over-and-unclear.jpg"] },
    over_maximum: { noticed: ["over.jpg", "over-and-unclear.jpg"], unnoticed: ["over-and-silent.jpg"] },
  });
});
