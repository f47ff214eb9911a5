import { describe, expect, it } from "vitest";
import { worthASecondLook } from "../../core/medications/worth-a-second-look.ts";
import { typedLabel, typedLine } from "./typed-label.ts";

function chosen(text: string): string[] {
  const { lines } = typedLabel(text);
  return worthASecondLook(lines).map((index) => lines[index]?.text ?? "");
}

describe("the lines worth a second look", () => {
  it("are those that bear a drug, a strength, directions or a quantity, and no others", () => {
    const text = `
      HARBOR VIEW PHARMACY          (555) 010-2233
      88 PIER RD, PORTLAND, ME 04101
      RX# 0734412-01                DR. H. OYELARAN
      MARGARET DUNNE
      LISINOPRIL
      10 MG TABLETS
      TAKE ONE TABLET BY MOUTH EVERY DAY
      FOR BLOOD PRESSURE
      QTY 90                        MFG SOLCO
      DATE FILLED 04/02/2026`;
    expect(chosen(text)).toEqual([
      "LISINOPRIL",
      "10 MG TABLETS",
      "TAKE ONE TABLET BY MOUTH EVERY DAY",
      "FOR BLOOD PRESSURE",
      "QTY 90",
    ]);
  });

  it("include every piece of a drug's line that was read in pieces or wrapped", () => {
    const lines = [
      typedLine("CEPHALEXIN", 40, 40),
      typedLine("250", 172, 40),
      typedLine("MG", 220, 40),
      typedLine("Hydrocodone-acetaminophen 10-325", 40, 100),
      typedLine("mg tablet", 40, 130),
    ];
    expect(worthASecondLook(lines)).toEqual([0, 1, 2, 3, 4]);
  });

  it("include the prescription's number and the prescriber only where they were hard to read", () => {
    const unsure = (text: string, y: number) => ({
      ...typedLine(text, 40, y),
      characters: [...text].map(() => 0.3),
    });
    const drug = typedLine("LISINOPRIL 10 MG TABLET", 40, 40);
    const number = "RX# 7204158";
    const prescriber = "DR. H. RASMUSSEN";
    const clear = [drug, typedLine(number, 40, 70), typedLine(prescriber, 40, 100)];
    expect(worthASecondLook(clear)).toEqual([0]);
    expect(worthASecondLook([drug, unsure(number, 70), unsure(prescriber, 100)])).toEqual([0, 1, 2]);
  });

  it("are none on a photo without text", () => {
    expect(worthASecondLook([])).toEqual([]);
  });
});
