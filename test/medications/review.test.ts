import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { LabelLine } from "../../contract/reading.ts";
import { theLexicon } from "../../core/medications/lexicon/lexicon.ts";
import { type Label, understand } from "../../core/medications/understand.ts";
import { typedLabel, typedLine } from "./typed-label.ts";

const directions = "TAKE 1 TABLET BY MOUTH DAILY";

function codesOf(label: Label): string[] {
  return understand(label).flatMap(({ review }) => review.map(({ code }) => code));
}

/** A label of a drug's line and directions, the drug's line changed. */
function withDrugLine(text: string, change: Partial<LabelLine> = {}): Label {
  return { lines: [{ ...typedLine(text, 40, 40), ...change }, typedLine(directions, 40, 70)] };
}

/** One confidence for each letter, the letters of `doubtful` at `confidence`. */
function doubting(text: string, doubtful: string, confidence: number): number[] {
  const from = text.indexOf(doubtful);
  return [...text].map((_, index) => (index >= from && index < from + doubtful.length ? confidence : 0.99));
}

describe("a reason to look is given", () => {
  it.each([
    ["no_text", "~ ~"],
    ["not_a_label", "WHOLE GRAIN BREAD\nMILK AND HONEY"],
    ["name_not_found", "RX# 445120\nQTY: 30   REFILLS: 2"],
    ["name_unknown", "QWZZTRIL 10 MG TABLET\nTAKE 1 TABLET DAILY"],
    ["strength_missing", "LISINOPRIL TABLET\nTAKE 1 TABLET DAILY"],
    ["strength_unusual", "LISINOPRIL 13 MG TABLET\nTAKE 1 TABLET DAILY"],
    ["strength_unclear", "WARFARIN 2. 5 MG TABLET\nTAKE 1 TABLET DAILY"],
    ["strength_unclear", "LISINOPRIL 1O MG TABLET\nTAKE 1 TABLET DAILY"],
    ["strength_unclear", "LISINOPRIL 10 MQ TABLET\nTAKE 1 TABLET DAILY"],
    ["strength_unclear", "TRANDOLAPRIL l MG TABLET\nTAKE 1 TABLET DAILY"],
    ["directions_hard_to_read", "LISINOPRIL 10 MG TABLET\nTAKE 3 TABLETS ONCE A A DAY"],
    ["directions_number_uncertain", "LISINOPRIL 10 MG TABLET\nTAKE l TABLET DAILY"],
    ["prescriber_hard_to_read", "LISINOPRIL 10 MG TABLET\nPRESCRIBER rsula Rasmussen, MD"],
    ["prescriber_hard_to_read", "LISINOPRIL 10 MG TABLET\nPRESCRIBER: DR. 1. KOWALSKI"],
    ["prescriber_hard_to_read", "LISINOPRIL 10 MG TABLET\nPRESCRIBER: DR. OTTIL! HEATH"],
    ["strength_unclear", "AMOXICILLIN SUSP 250 MG/\nTAKE 5 ML DAILY"],
    ["strength_unclear", "AMOXICILLIN 125 MG/S rnL SUSP\nTAKE 5 ML DAILY"],
    ["strengths_differ", "WARFARIN 5 MG TABLET\nTAKE 1 TABLET DAILY\nWARFARIN 2 MG TABLET"],
    ["equivalent_differs", "HYDROXYZINE 25 MG TABLET\nGENERIC FOR APRESOLINE\nTAKE 1 TABLET DAILY"],
    ["release_unclear", "MESALAMINE OR 400 MG CAPSULE\nTAKE 1 CAPSULE DAILY"],
    ["dose_over_maximum", "LISINOPRIL 40 MG TABLET\nTAKE 2 TABLETS THREE TIMES DAILY"],
    ["directions_missing", "RX# 445120\nLISINOPRIL 10 MG TABLET\nREFILLS: 2"],
    [
      "directions_of_which",
      "Furosemide 40 mg tablet\nDigoxin 0.125 mg tablet\nTake 1 tablet every morning\nDr. A. Singh\nTake 1 tablet at bedtime",
    ],
    ["more_often_than_usual", "METHOTREXATE 2.5 MG TABLET\nTAKE 1 TABLET DAILY"],
    ["interval_missing", "METHOTREXATE 2.5 MG TABLET\nTAKE 4 TABLETS"],
    ["rx_number_unmarked", "Drummond Drugs\n7788306\nLISINOPRIL 10 MG TABLET\nTAKE 1 TABLET DAILY"],
    [
      "prescriber_unmarked",
      "Yamada Isadora\n4773 Windmill Blvd, Lafayette, LA 70501\nPatient: Zelda Kowalski\nSotalol 160 mg tablet\nSig: 1 tab PO BID",
    ],
    ["quantity_hard_to_read", "LISINOPRIL 10 MG TABLET\nTAKE 1 TABLET DAILY\nQTY: 3O"],
    ["quantity_unlikely", "LISINOPRIL 10 MG TABLET\nTAKE 1 TABLET DAILY\nQTY: 30000"],
    ["refills_hard_to_read", "LISINOPRIL 10 MG TABLET\nTAKE 1 TABLET DAILY\nREFILLS: l"],
  ])("%s: %s", (code, text) => {
    expect(codesOf(typedLabel(text))).toContain(code);
  });

  it("when the two readers disagree about the strength, with both readings", () => {
    const [medication] = understand(
      withDrugLine("LISINOPRIL 10 MG TABLET", {
        second: { text: "LISINOPRIL 40 MG TABLET", confidence: 0.9 },
      }),
    );
    expect(medication).toMatchObject({
      dosage: "10 mg",
      fields: { dosage: { review: { code: "readers_disagree", readings: ["10 mg", "40 mg"] } } },
    });
  });

  it("when another photo shows another strength", () => {
    const also = [
      {
        page: 2,
        text: "LISINOPRIL 20 MG TABLET",
        confidence: 0.95,
        box: [40, 40, 200, 24] as [number, number, number, number],
      },
    ];
    expect(codesOf(withDrugLine("LISINOPRIL 10 MG TABLET", { also }))).toContain("readers_disagree");
  });

  it("when the two readers disagree about the drug", () => {
    const second = { text: "HYDRALAZINE 25 MG TABLET", confidence: 0.9 };
    expect(codesOf(withDrugLine("HYDROXYZINE 25 MG TABLET", { second }))).toContain("readers_disagree");
  });

  it("when the two readers disagree about a figure of the directions", () => {
    const label = withDrugLine("LISINOPRIL 10 MG TABLET");
    label.lines[1] = {
      ...typedLine("TAKE 1 TABLET DAILY", 40, 70),
      second: { text: "TAKE 4 TABLET DAILY", confidence: 0.9 },
    };
    expect(codesOf(label)).toEqual(["readers_disagree"]);
  });

  describe("when a code of the directions may be another that is one letter away", () => {
    const sig = (text: string, change: Partial<LabelLine> = {}) => {
      const label = withDrugLine("LISINOPRIL 10 MG TABLET");
      return codesOf({ lines: [...label.lines.slice(0, 1), { ...typedLine(text, 40, 70), ...change }] });
    };

    it.each([
      ["SIG: 1 TAB PC BID", "SIG: 1 TAB PO BID"],
      ["SIG: 1 TAB PO QD", "SIG: 1 TAB PO QID"],
      ["SIG: 1 TAB PO BID", "SIG: 1 TAB PO TID"],
      ["SIG: 1 TAB OM", "SIG: 1 TAB AM"],
      ["SIG: 1 TAB PO Q6H AC", "SIG: 1 TAB PO Q6H PC"],
    ])("and the second reader saw that one: %s, %s", (first, other) => {
      expect(sig(first, { second: { text: other, confidence: 0.9 } })).toEqual(["readers_disagree"]);
    });

    it("and its letters are hard to read", () => {
      const text = "SIG: 1 TAB PO QID";
      const characters = doubting(text, "QID", 0.6);
      expect(sig(text, { characters })).toEqual(["directions_hard_to_read"]);
      // Somebody else who saw the same settles it, and a word like no other is left alone.
      expect(sig(text, { characters, second: { text, confidence: 0.9 } })).toEqual([]);
      expect(sig(text, { characters: doubting(text, "TAB", 0.6) })).toEqual([]);
      expect(sig(text, { characters: doubting(text, "O", 0.6) })).toEqual([]);
    });
  });

  it("when a figure of the strength is hard to read and nobody else saw it", () => {
    const text = "LISINOPRIL 40 MG TABLET";
    expect(codesOf(withDrugLine(text, { characters: doubting(text, "4", 0.6) }))).toEqual([
      "strength_hard_to_read",
    ]);
  });

  it("when letters of the prescriber's name or figures of the prescription's number are hard to read", () => {
    const line = (text: string, doubtful: string) => ({
      ...typedLine(text, 40, 100),
      characters: doubting(text, doubtful, 0.3),
    });
    const withLine = (extra: LabelLine) => {
      const label = withDrugLine("LISINOPRIL 10 MG TABLET");
      return codesOf({ lines: [...label.lines, extra] });
    };
    expect(withLine(line("DR. ELENA RUIZ", "Z"))).toEqual(["prescriber_hard_to_read"]);
    expect(withLine(line("RX# 7712345", "1"))).toEqual(["rx_number_hard_to_read"]);
  });

  it("when a second reader saw another number or another prescriber", () => {
    const label = withDrugLine("LISINOPRIL 10 MG TABLET");
    const second = (text: string) => ({ second: { text, confidence: 0.9 } });
    const number = { ...typedLine("RX# 7712345", 40, 100), ...second("RX# 7712346") };
    const prescriber = { ...typedLine("DR. ELENA RUIZ", 40, 130), ...second("DR. ELENA RUTZ") };
    expect(codesOf({ lines: [...label.lines, number] })).toEqual(["readers_disagree"]);
    expect(codesOf({ lines: [...label.lines, prescriber] })).toEqual(["readers_disagree"]);
    const headless = {
      ...typedLine("PRESCRIBER rsula Rasmussen, MD", 40, 130),
      ...second("PRESCRIBER Ursula Rasmussen, MD"),
    };
    expect(codesOf({ lines: [...label.lines, headless] })).toEqual(["readers_disagree"]);
  });

  it("when another photo shows another prescriber or another number", () => {
    const also = (text: string) => [
      { page: 2, text, confidence: 0.95, box: [0, 0, 90, 20] as [number, number, number, number] },
    ];
    const label = withDrugLine("LISINOPRIL 10 MG TABLET");
    const prescriber = { ...typedLine("DR. ELENA RUIZ", 40, 100), also: also("DR. ELENA RUZ") };
    const number = { ...typedLine("RX# 7712345", 40, 130), also: also("RX# 7712346") };
    expect(codesOf({ lines: [...label.lines, prescriber, number] })).toEqual([
      "readers_disagree",
      "readers_disagree",
    ]);
  });

  it("whenever a drug stands without its strength, whatever the lexicon knows of it", () => {
    const all = [...new Set(theLexicon().byKey.values())];
    const drugs = [
      ...all.filter((entry) => entry.strengths.length === 0),
      ...all.filter((_, index) => index % 50 === 0),
    ];
    expect(drugs.length).toBeGreaterThan(100);
    for (const { name } of drugs) {
      const [medication] = understand(withDrugLine(`${name} tablet`));
      expect(medication, name).toMatchObject({ dosage: "", needs_review: true });
    }
  });

  it("when the name begins at the photo's edge", () => {
    const lines = [typedLine("CETIRIZINE 5 MG TABLET", 0, 40), typedLine(directions, 0, 70)];
    expect(codesOf({ lines })).toEqual(["cut_off"]);
  });

  it("when the name ends at the photo's right edge, where its width is known", () => {
    const lines = [typedLine("TAKE 1 TABLET DAILY", 40, 40), typedLine("10 MG METOPROLOL", 300, 80)];
    const width = 300 + 16 * 12;
    expect(codesOf({ lines, pages: [{ page: 1, width, height: 600 }] })).toContain("cut_off");
    expect(codesOf({ lines, pages: [{ page: 1, width: width + 100, height: 600 }] })).not.toContain(
      "cut_off",
    );
  });
});

describe("no reason to look is made of", () => {
  it("a nought that looks like the letter O, or any figure the second reader saw too", () => {
    const text = "LISINOPRIL 40 MG TABLET";
    expect(codesOf(withDrugLine(text, { characters: doubting(text, "0", 0.6) }))).toEqual([]);
    const second = { text: "LISINOPRIL 40 MG TABLET", confidence: 0.9 };
    expect(codesOf(withDrugLine(text, { characters: doubting(text, "40", 0.4), second }))).toEqual([]);
  });

  it("an unclear figure of the prescription's number, or letter of the prescriber's name, that the second reader saw too", () => {
    const label = withDrugLine("LISINOPRIL 10 MG TABLET");
    const line = (text: string, doubtful: string, y: number, second: string) => ({
      ...typedLine(text, 40, y),
      characters: doubting(text, doubtful, 0.3),
      second: { text: second, confidence: 0.9 },
    });
    const lines = [
      // What the second reader made of the date does not matter.
      line("RX# 7712345 FILLED 01/02/2026", "7712345", 100, "RX# 7712345 FILLED 01/02/2028"),
      line("DR. ELENA RUIZ", "Z", 130, "DR ELENA RUIZ"),
    ];
    expect(codesOf({ lines: [...label.lines, ...lines] })).toEqual([]);
  });

  it("a 1 of a typewriter that one reader took for a letter and the other did not", () => {
    const label = withDrugLine("LISINOPRIL 10 MG TABLET");
    label.lines[1] = {
      ...typedLine("Take l to 2 tablets or l tablet daily", 40, 70),
      second: { text: "Take 1 to 2 tablets or 1 tablet daily", confidence: 0.9 },
    };
    expect(understand(label)).toMatchObject([
      {
        instructions: "Take 1 to 2 tablets or 1 tablet daily",
        fields: { instructions: { raw: "Take l to 2 tablets or l tablet daily" } },
      },
    ]);
    label.lines[1] = {
      ...typedLine("Take l to 2 tablets daily", 40, 70),
      second: { text: "Take 1 to 2 tablets daily", confidence: 0.9 },
    };
    const half = {
      ...typedLine("Take l/2 tablet daily", 40, 70),
      second: { text: "Take 1/2 tablet daily", confidence: 0.9 },
    };
    expect(understand({ lines: [...label.lines.slice(0, 1), half] })).toMatchObject([
      { instructions: "Take 1/2 tablet daily", needs_review: false },
    ]);
    expect(codesOf(label)).toEqual([]);
    label.lines[1].second = { text: "Take 4 to 2 tablets daily", confidence: 0.9 };
    expect(codesOf(label)).not.toEqual([]);
  });

  it("a second reader that saw smudges", () => {
    for (const second of [
      { text: "", confidence: 1 },
      { text: "L1S|N0 4 NNG", confidence: 0.2 },
    ]) {
      expect(codesOf(withDrugLine("LISINOPRIL 10 MG TABLET", { second }))).toEqual([]);
    }
  });

  it("a digit that the second reader saw in the middle of a word", () => {
    const label = withDrugLine("LISINOPRIL 10 MG TABLET");
    label.lines[1] = {
      ...typedLine("TAKE 1 TABLET UNTIL FINISHED DAILY", 40, 70),
      second: { text: "TAKE 1 TABLET UNTIL FIN 1SHED DAILY", confidence: 0.9 },
    };
    expect(codesOf(label)).toEqual([]);
  });

  it("the brand that a generic replaces", () => {
    expect(codesOf(typedLabel(`ATORVASTATIN 40 MG TABLET\nGENERIC FOR LIPITOR\n${directions}`))).toEqual([]);
  });

  it("directions that name their own drug", () => {
    expect(codesOf(typedLabel("METFORMIN 500 MG TABLET\nTAKE 1 METFORMIN TABLET TWICE DAILY"))).toEqual([]);
  });

  it.each(["1 TAB PO QD", "1 TAB PO BID PC", "1 TAB PO Q6H PRN PAIN"])("clear codes: %s", (sig) => {
    expect(codesOf(typedLabel(`LISINOPRIL 10 MG TABLET\nSIG: ${sig}`))).toEqual([]);
  });

  it("a drug named twice with one strength", () => {
    expect(codesOf(typedLabel(`WARFARIN 5 MG TABLET\n${directions}\nWARFARIN 5MG TABLET`))).toEqual([]);
  });
});

describe("a strength misread in one figure", () => {
  const drugs = [
    "LISINOPRIL 10 MG TABLET",
    "WARFARIN 2.5 MG TABLET",
    "LEVOTHYROXINE 88 MCG TABLET",
    "METOPROLOL ER 25 MG TABLET",
  ];
  const others: Record<string, string> = { "0": "68", "1": "74", "2": "7", "5": "63", "8": "36" };
  const cases = drugs.flatMap((truth) =>
    [...truth].flatMap((sign, at) =>
      [...(others[sign] ?? "")].map((wrong) => ({
        truth,
        wrong: truth.slice(0, at) + wrong + truth.slice(at + 1),
      })),
    ),
  );

  it.each(cases)(
    "is never shown as sure when the second reader read it rightly: $wrong",
    ({ truth, wrong }) => {
      const label = withDrugLine(wrong, { second: { text: truth, confidence: 0.9 } });
      expect(codesOf(label)).not.toEqual([]);
    },
  );
});

describe("the table of review rules", () => {
  it("has a line for every code that the rules can give", () => {
    const table = readFileSync(new URL("../../docs/review-rules.md", import.meta.url), "utf8");
    const sources = [
      "review/name-rules.ts",
      "review/strength-rules.ts",
      "review/directions-rules.ts",
      "review/count-rules.ts",
      "review/code-rules.ts",
      "review/label-rules.ts",
      "lexicon/reasons.ts",
    ].map((file) => readFileSync(new URL(`../../core/medications/${file}`, import.meta.url), "utf8"));
    const codes = sources.flatMap((source) =>
      [...source.matchAll(/(?:code: |found\(\s*(?:field|null|"[a-z_]+"),\s*)"([a-z_]+)"/g)].map(
        (match) => match[1],
      ),
    );
    expect(codes.length).toBeGreaterThan(20);
    for (const code of codes) expect(table).toContain(`\`${code}\``);
  });
});
