import { describe, expect, it } from "vitest";
import { findDrug, normaliseStrength, strengthKnown } from "../../../core/medications/lexicon/find-drug.ts";
import { strengthIn } from "../../../core/medications/lexicon/strength.ts";

describe("normaliseStrength", () => {
  it.each([
    ["10MG", "10 mg"],
    [".5 mg", "0.5 mg"],
    ["2.5 MG", "2.5 mg"],
    ["1,000 mg", "1000 mg"],
    ["500 micrograms", "500 mcg"],
    ["50 µg", "50 mcg"],
    ["1O MG", "10 mg"],
    ["250mg/5ml", "250 mg/5 mL"],
    ["250 mg per 5 mL", "250 mg/5 mL"],
    ["100 units/mL", "100 units/mL"],
    ["100 UNIT/ML", "100 units/mL"],
    ["5-325 mg", "5 mg/325 mg"],
    ["5 mg / 325 mg", "5 mg/325 mg"],
    ["400-57 mg/5 mL", "400 mg/57 mg/5 mL"],
    ["160-4.5 mcg/actuation", "160 mcg/4.5 mcg/dose"],
    ["0.05% w/w", "0.05 %"],
    ["50 mcg/hr", "50 mcg/h"],
    ["10 mg/g", "10 mg/g"],
  ])("reads %s as %s", (text, strength) => {
    expect(normaliseStrength(text)).toBe(strength);
  });

  it.each([
    "",
    "2. 5 MG",
    "2 .5 mg",
    "10",
    "12-20",
    "tablet",
    "10 mg daily",
    "10 xx",
    "mg",
    "10 mg/",
    "5 mg 10",
    "1/2 tab",
  ])("refuses %j", (text) => {
    expect(normaliseStrength(text)).toBeNull();
  });

  it("refuses 100 KB of digits at once", () => {
    expect(normaliseStrength("1".repeat(100_000))).toBeNull();
  });
});

describe("strengthIn", () => {
  it.each([
    ["10 MG TABLETS", "10 MG"],
    ["HCL ER 500mg tab", "500mg"],
    ["20-12.5 MG TABLETS", "20-12.5 MG"],
    ["250 mg/5 mL suspension", "250 mg/5 mL"],
  ])("finds in %j the strength %j", (rest, strength) => {
    expect(strengthIn(rest)).toBe(strength);
  });

  it("finds none where none is", () => {
    expect(strengthIn("tablets")).toBeNull();
  });
});

describe("strengthKnown", () => {
  const known = (name: string, strength: string) => {
    const found = findDrug(name);
    if (found.kind !== "exact") throw new Error(`${name} is not in the lexicon`);
    return strengthKnown(found.entry, strength);
  };

  it.each([
    ["lisinopril", "10 mg", "usual"],
    ["lisinopril", "100 mg", "unusual"],
    ["metformin", "1 g", "usual"],
    ["levothyroxine", "0.1 mg", "usual"],
    ["levothyroxine", "100 micrograms", "usual"],
    ["amoxicillin", "50 mg/mL", "usual"],
    ["lisinopril/hydrochlorothiazide", "20-12.5", "usual"],
    ["lisinopril/hydrochlorothiazide", "20-125", "unusual"],
    ["acetaminophen/hydrocodone", "5-325 mg", "usual"],
    ["enoxaparin", "40 mg", "usual"],
    ["warfarin", "50 mg", "unusual"],
    ["methotrexate", "2.5 mg", "usual"],
    ["methotrexate", "25 tabs", "unknown"],
    ["multivitamin", "10 mg", "unknown"],
  ] as const)("says of %s %s: %s", (name, strength, answer) => {
    expect(known(name, strength)).toBe(answer);
  });
});
