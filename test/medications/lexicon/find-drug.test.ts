import { describe, expect, it } from "vitest";
import {
  type DrugMatch,
  findDrug,
  lookAlikes,
  type NameEvidence,
} from "../../../core/medications/lexicon/find-drug.ts";

const named = (match: DrugMatch) => ("entry" in match ? match.entry.name : null);
const codes = (match: DrugMatch) => match.review.map(({ code }) => code);
/** The same confidence for every letter, and another for those from `from` to `to`. */
const confidences = (text: string, sure: number, from = 0, to = 0, unsure = sure) =>
  [...text].map((_, index) => (index >= from && index < to ? unsure : sure));

describe("a name that stands there", () => {
  it.each([
    ["LISINOPRIL 10 MG TABLETS", "lisinopril", "10 MG TABLETS"],
    ["Metformin HCl 500 mg", "metformin", "HCl 500 mg"],
    ["METFORMIN HCL ER 500 MG", "metformin", "HCL ER 500 MG"],
    ["METFORMINHCL500MG", "metformin", "500MG"],
    ["28 Ramipril 5mg capsules", "ramipril", "5mg capsules"],
    ["APO-METOPROLOL 50 mg", "metoprolol", "50 mg"],
    ["Amlodipine Besylate 5 mg", "amlodipine", "Besylate 5 mg"],
    ["Paracetamol 500mg tablets", "paracetamol", "500mg tablets"],
    ["Co-amoxiclav 500mg/125mg tablets", "co-amoxiclav", "500mg/125mg tablets"],
    ["Insulin glargine 100 units/mL", "insulin glargine", "100 units/mL"],
    ["Wellbutrin XL 150 mg", "Wellbutrin XL", "150 mg"],
    ["Diovan HCT 160/12.5", "Diovan HCT", "160/12.5"],
    ["Ozempic 0.25 mg", "Ozempic", "0.25 mg"],
    ["Lisinopril 10 mg (Zestril)", "lisinopril", "10 mg (Zestril)"],
    ["met formin 500 mg", "metformin", "500 mg"],
    ["Metoprolol Succ ER 25 mg LUPIN", "metoprolol", "Succ ER 25 mg LUPIN"],
  ])("is found in %j without a flag", (text, name, rest) => {
    const match = findDrug(text, { characters: confidences(text, 0.97) });
    expect(match).toMatchObject({ kind: "exact", rest, review: [] });
    expect(named(match)).toBe(name);
  });

  it.each([
    ["AMLODIPINE-BENAZEPRIL 5-20 MG", "amlodipine/benazepril"],
    ["Hydrochlorothiazide/Lisinopril 12.5-20", "lisinopril/hydrochlorothiazide"],
    ["lisinopril and hctz", "lisinopril/hydrochlorothiazide"],
    ["Hydrocodone Bitartrate-Acetaminophen 5-325", "acetaminophen/hydrocodone"],
    ["Sulfamethoxazole-TMP", null],
    ["carbidopa levodopa 25-100", "carbidopa/levodopa"],
  ])("%j is the combination and not its first part", (text, name) => {
    const match = findDrug(text);
    if (name === null) expect(match.review).not.toEqual([]);
    else expect([named(match), match.review]).toEqual([name, []]);
  });

  it("is never a part of a product that is not known", () => {
    for (const text of [
      "ampicillin sodium and zorbactam sodium 1.5 g",
      "zaliskiren hemifumarate and amlodipine besylate",
      "amlodipine-zenapril 5-20 mg",
      "Loratadine D 24 hour",
      "gabapentin zenacarbil 300 mg",
      "Bactrim rnDS 800-160",
      "Methy1 prednisolone 4 mg",
      "Iosartan-hydrochlorothiazide 50-12.5",
      "Diovan HC7 160/12.5",
    ]) {
      expect([text, findDrug(text).review.length]).not.toEqual([text, 0]);
    }
  });

  it("is flagged with both names when the line names two drugs", () => {
    expect(findDrug("hydroxyzine 25 mg hydralazine 25 mg")).toMatchObject({
      kind: "ambiguous",
      review: [{ code: "several_names", readings: ["hydroxyzine", "hydralazine"] }],
    });
  });
});

describe("a name that was misread", () => {
  it.each([
    ["M0NTELUKAST 10 MG", "montelukast"],
    ["Ozernpic 0.25 mg", "Ozempic"],
    ["ernpagliflozin 10mg", "empagliflozin"],
    ["Candesar1an 8 mg", "candesartan"],
  ])("is corrected without a flag when only shapes differ and the strength fits: %j", (text, name) => {
    const match = findDrug(text);
    expect([match.kind, named(match), match.review]).toEqual(["corrected", name, []]);
  });

  it("keeps what was read beside the correction", () => {
    expect(findDrug("LISINOPR1L 10 MG")).toMatchObject({ matched: "LISINOPR1L", rest: "10 MG" });
  });

  it("is flagged when the drug does not come in the strength", () => {
    expect(codes(findDrug("LISINOPR1L 400 MG"))).toContain("strength_unusual_for_name");
    expect(codes(findDrug("LISINOPR1L", { strength: "400 mg" }))).toContain("strength_unusual_for_name");
  });

  it("is flagged when a sure reader saw letters that are not alike", () => {
    const text = "Montexukast 10 mg";
    expect(codes(findDrug(text, { characters: confidences(text, 0.98) }))).toEqual(["name_corrected"]);
  });

  it("needs no look when the reader was unsure of just the letters that differ", () => {
    const text = "Montexukast 10 mg";
    const match = findDrug(text, { characters: confidences(text, 0.98, 5, 6, 0.4) });
    expect([match.kind, named(match), match.review]).toEqual(["corrected", "montelukast", []]);
  });

  it("is unknown when nothing is near", () => {
    expect(findDrug("Qwertyuiop 10 mg")).toMatchObject({
      kind: "unknown",
      review: [{ code: "name_unknown" }],
    });
  });

  it.each([
    "Take one tablet by mouth daily",
    "Qty: 30  Refills: 2",
    "",
    "   ",
    "12/05/2026",
    "薬を飲む",
    "<b>10</b>",
  ])("is not seen in %j", (text) => {
    expect(findDrug(text).kind).toBe("unknown");
  });

  it("answers 100 KB of noise within a moment", () => {
    const noise = "l1sin0 ".repeat(15_000);
    const start = performance.now();
    findDrug(noise);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe("look-alikes", () => {
  it.each([
    ["hydra1azine 25 mg", "hydroxyzine"],
    ["c1onidine 0.1 mg", "clonazepam"],
    ["CELEBR3X 200 MG", "Celexa"],
    ["predni5one 10 mg", "prednisolone"],
  ])("are always flagged when the reading is not exact: %j", (text, other) => {
    const match = findDrug(text);
    const flag = match.review.find(({ code }) => code === "look_alike" || code === "name_ambiguous");
    expect(flag?.readings).toContain(other);
  });

  it("are flagged when the reader was unsure of a letter", () => {
    const text = "hydralazine 25 mg";
    expect(codes(findDrug(text, { characters: confidences(text, 0.98, 4, 6, 0.6) }))).toEqual(["look_alike"]);
  });

  it("are not flagged when the name was read clearly", () => {
    const text = "hydralazine 25 mg";
    expect(findDrug(text, { characters: confidences(text, 0.98) }).review).toEqual([]);
  });

  it("are flagged when the strength is made of the other drug only", () => {
    expect(findDrug("Lamisil 100 mg")).toMatchObject({
      kind: "exact",
      review: [{ code: "strength_fits_look_alike", readings: ["Lamisil", "Lamictal"] }],
    });
  });

  it("are told for a name, with longer names of which it is a part", () => {
    const match = findDrug("prednisolone");
    expect("entry" in match ? lookAlikes(match.entry) : []).toEqual(
      expect.arrayContaining(["prednisone", "methylprednisolone"]),
    );
  });
});

describe("a name only partly in the picture", () => {
  it.each(["LISINOP", "ISINOPRIL 10 MG", "hydroxyzi", "PREDNISO"])(
    "is flagged and not completed: %j",
    (text) => {
      expect(findDrug(text)).toMatchObject({ kind: "unknown", review: [{ code: "name_cut_off" }] });
    },
  );
});

describe("two readers", () => {
  const second = (text: string): NameEvidence => ({ second: { text, confidence: 0.9 } });

  it("that read different drugs are flagged with both", () => {
    expect(findDrug("hydroxyzine 25 mg", second("hydralazine 25 mg"))).toMatchObject({
      review: [{ code: "readers_disagree", readings: ["hydroxyzine", "hydralazine"] }],
    });
  });

  it("that name one drug in two ways do not disagree", () => {
    expect(findDrug("Paracetamol 500mg", second("paracetamol 500 mg")).review).toEqual([]);
  });

  it("confirm a correction when the second reads the name itself", () => {
    const match = findDrug("Montexukast", second("Montelukast"));
    expect([match.kind, named(match), match.review]).toEqual(["corrected", "montelukast", []]);
  });

  it("leave a name flagged that only the second could read", () => {
    expect(codes(findDrug("#### 10 mg", second("Lisinopril 10 mg")))).toEqual(["readers_disagree"]);
  });
});

it("says every reason in a sentence that ends and asks for something", () => {
  const texts = [
    "LISINOP",
    "Qwertyuiop 10 mg",
    "Montexukast",
    "hydra1azine",
    "Lamisil 100 mg",
    "Loratadine D",
    "LISINOPR1L 400 MG",
  ];
  for (const text of texts) {
    for (const { message } of findDrug(text).review)
      expect(message).toMatch(/^["A-Za-z].*\. Please [a-z ]+\.$/);
  }
});
