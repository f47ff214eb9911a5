import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTruth } from "../../../bench/eval/truth.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "truth-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function reading(truth: unknown) {
  await writeFile(path.join(folder, "truth.json"), JSON.stringify(truth));
  return readTruth(folder);
}

describe("reading truth.json", () => {
  it("takes drawn labels with their lines, and files hard ones under hard", async () => {
    const fields = { name: "Warfarin", dosage: "2.5 mg", quantity: 30, patient: "Zelda Xavier" };
    const entry = {
      file: "a.jpg",
      category: "glare",
      difficulty: "hard",
      lines: ["Warfarin 2.5 mg"],
      fields,
    };
    const { patient: _, ...scored } = fields;
    expect(await reading([entry])).toEqual([
      {
        file: "a.jpg",
        files: ["a.jpg"],
        category: "hard",
        lines: ["Warfarin 2.5 mg"],
        medications: [scored],
        overMaximum: false,
      },
    ]);
  });

  it("knows what printed directions say, from the corpus or as they were judged by hand", async () => {
    const label = { category: "clean", difficulty: "standard", lines: ["x"] };
    const instructions = "TAKE 1 TABLET BY MOUTH EVERY 6 HOURS AS NEEDED FOR PAIN";
    const truths = await reading([
      { ...label, file: "1.jpg", fields: { instructions, schedule: "Every 6 hours" }, over_maximum: true },
      { ...label, file: "2.jpg", fields: { instructions } },
      { ...label, file: "3.jpg", fields: { instructions: "TAKE 1 TABLET BY MOUTH EVERY OTHER FULL MOON" } },
      {
        ...label,
        file: "4.jpg",
        fields: {
          name: "ZOLPIDEM",
          dosage: "5 MG",
          instructions: "TAKE 1 TABLET BY MOUTH EVERY 8 HOURS FOR CHOLESTEROL",
        },
      },
    ]);
    expect(truths.map(({ medications }) => medications[0]?.schedule)).toEqual([
      "Every 6 hours",
      "Every 6 hours as needed for pain",
      undefined,
      "Every 8 hours",
    ]);
    expect(truths.map(({ overMaximum }) => overMaximum)).toEqual([true, false, false, true]);
  });

  it("takes real photos with one drug or several", async () => {
    const one = { file: "b.jpg", kind: "photo", fields: { name: "Parol", strength: "500 mg" } };
    const two = {
      file: "c.jpg",
      kind: "photo",
      fields: { drugs: [{ name: "A" }, { name: "B", strength: "1 g" }] },
    };
    expect((await reading([one, two])).map(({ medications }) => medications)).toEqual([
      [{ name: "Parol", dosage: "500 mg" }],
      [{ name: "A" }, { name: "B", dosage: "1 g" }],
    ]);
  });

  it("takes a label that was photographed several times as one", async () => {
    const label = { category: "sample", difficulty: "standard", lines: ["x"], fields: {} };
    expect(await reading([{ ...label, files: ["1.jpg", "2.jpg"] }])).toMatchObject([
      { file: "1.jpg", files: ["1.jpg", "2.jpg"] },
    ]);
    await expect(reading([label])).rejects.toThrow(/names no file/);
  });

  it("says which file has another shape", async () => {
    await expect(reading([{ file: "d.jpg" }])).rejects.toThrow(/truth\.json/);
  });
});
