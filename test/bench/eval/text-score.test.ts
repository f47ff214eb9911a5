import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scoreText } from "../../../bench/eval/text-score.ts";

describe("scoring the text of a photo", () => {
  it("finds words in any order, case and outer punctuation aside", () => {
    expect(scoreText(["Take 1 tablet"], "TABLET. (take) 1")).toMatchObject({ words: 3, wordsFound: 3 });
  });

  it("lets a read word answer for one printed word only", () => {
    expect(scoreText(["1 of 1", "1"], "1 of")).toMatchObject({ words: 4, wordsFound: 2 });
  });

  it("does not take 2 and 5 for 2.5", () => {
    expect(scoreText(["2.5 mg"], "2. 5 mg")).toMatchObject({ words: 2, wordsFound: 1 });
  });

  it("finds both halves of a segment that runs across two columns", () => {
    const read = "QTY: 21\nPRESCRIBER: DR. OKAFOR\nREFILLS: 5";
    expect(scoreText(["QTY: 21 REFILLS: 5"], read).errors).toBe(0);
  });

  it("charges one edit for a wrong case and for a lost character", () => {
    expect(scoreText(["Lisinopril 10 mg"], "lisinopril 1 mg").errors).toBe(2);
  });

  it("charges every printed character of a photo that was not read", () => {
    const { characters, errors } = scoreText(["Lisinopril", "10 mg"], "");
    expect(errors).toBe(characters);
  });

  it("charges nothing for a segment that stands anywhere in the reading, and never more than its length", () => {
    const text = fc.string({ unit: fc.constantFrom(..."ab1. "), maxLength: 12 });
    fc.assert(
      fc.property(text, text, text, (segment, before, after) => {
        const inside = scoreText([segment], before + segment + after);
        const elsewhere = scoreText([segment], before + after);
        expect(inside.errors).toBe(0);
        expect(elsewhere.errors).toBeLessThanOrEqual(elsewhere.characters);
      }),
    );
  });
});
