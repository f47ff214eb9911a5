import { describe, expect, it } from "vitest";
import { ingredientsOf, type LexiconEntry } from "../../../core/medications/lexicon/entry.ts";
import { findDrug } from "../../../core/medications/lexicon/find-drug.ts";
import { indexLexicon, theLexicon } from "../../../core/medications/lexicon/lexicon.ts";
import { match } from "../../../core/medications/lexicon/match.ts";
import { misread, seeded } from "./misread.ts";

const entries = [...theLexicon().named.values()];

/** One of the lexicon's names misread, two in three with a strength of its, half with the reader's confidences. */
function misreading(random: () => number): { entry: LexiconEntry; text: string; characters?: number[] } {
  const entry = entries[Math.floor(random() * entries.length)] ?? raise();
  const name = random() < 0.5 ? entry.name.toUpperCase() : entry.name;
  const read = misread(name, random);
  const strength = entry.strengths[Math.floor(random() * entry.strengths.length)];
  const tail = strength !== undefined && random() < 0.67 ? ` ${strength}` : "";
  const characters = [...read.characters, ...[...tail].map(() => 0.97)];
  if (read.text === name) return misreading(random);
  return { entry, text: read.text + tail, ...(random() < 0.5 ? { characters } : {}) };
}

function raise(): never {
  throw new Error("the lexicon is empty");
}

describe("10,000 simulated misreadings of the lexicon's names", () => {
  const random = seeded(20261122);
  const counts = { sure: 0, flagged: 0, otherNameOfTheDrug: 0 };
  const quietlyWrong: string[] = [];
  for (let n = 0; n < 10_000; n++) {
    const { entry, text, characters } = misreading(random);
    const found = findDrug(text, characters ? { characters } : {});
    if (found.review.length > 0) counts.flagged += 1;
    else if (!("entry" in found) || ingredientsOf(found.entry) !== ingredientsOf(entry))
      quietlyWrong.push(text);
    else if (found.entry === entry) counts.sure += 1;
    else counts.otherNameOfTheDrug += 1;
  }

  it("never give a wrong drug without a flag", () => {
    expect(quietlyWrong).toEqual([]);
  });

  it("give another name of the same drug without a flag in fewer than 1 of 1,000", () => {
    expect(counts.otherNameOfTheDrug).toBeLessThan(10);
  });

  // Measured: 3,030. Fewer would mean that people are asked more often than they were.
  it("give the right name without a flag in at least 29 of 100", () => {
    expect(counts.sure).toBeGreaterThanOrEqual(2900);
  });
});

describe("every name of the lexicon, read as it is", () => {
  it("is found and not flagged", () => {
    const wrong = entries.filter(({ name }) => {
      const found = findDrug(name, { characters: [...name].map(() => 0.95) });
      return found.kind !== "exact" || found.review.length > 0;
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  it("is found and not flagged with its salt's and form's words, its strength and a pharmacy's capitals", () => {
    const wrong = entries.filter(({ name, strengths, forms }) => {
      const text = `${name.toUpperCase()} ${strengths[0] ?? ""} ${forms[0] ?? ""}`.toUpperCase();
      return findDrug(text).review.length > 0;
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });
});

describe("names that are not in the lexicon", () => {
  it("are never quietly taken for another drug when they are read clearly with a strength", () => {
    const quietlyWrong: string[] = [];
    for (let tenth = 0; tenth < 10; tenth++) {
      const without = indexLexicon(
        entries.filter((_, index) => index % 10 !== tenth),
        [],
      );
      for (const entry of entries.filter((_, index) => index % 10 === tenth)) {
        const text = `${entry.name} ${entry.strengths[0] ?? ""}`;
        const found = match(without, text, { characters: [...text].map(() => 0.97) });
        const other = "entry" in found && ingredientsOf(found.entry) !== ingredientsOf(entry);
        if (found.kind === "corrected" && found.review.length === 0 && other) quietlyWrong.push(text);
      }
    }
    expect(quietlyWrong).toEqual([]);
  });
});
