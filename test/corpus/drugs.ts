import { readFileSync } from "node:fs";

/** What the generator dispenses: the unit of a form decides how its directions and quantity are worded. */
export type Form =
  | "tablet"
  | "capsule"
  | "oral suspension"
  | "oral solution"
  | "cream"
  | "ointment"
  | "gel"
  | "eye drops"
  | "inhaler"
  | "nasal spray"
  | "patch"
  | "injection"
  | "suppository";

export type Drug = { name: string; brand: string; form: Form; strengths: readonly string[] };

/**
 * Drugs with the strengths they are sold in, one a line: `generic | brand | form | strengths`.
 * The facts are common formulary knowledge (US, UK and Canadian product labelling); lines are ours.
 */
export const drugs: readonly Drug[] = readFileSync(new URL("drugs.txt", import.meta.url), "utf8")
  .split("\n")
  .filter((row) => row !== "" && !row.startsWith("#"))
  .map(parseRow);

function parseRow(row: string): Drug {
  const [name, brand, form, strengths] = row.split("|").map((cell) => cell.trim());
  if (!name || brand === undefined || !form || !strengths) throw new Error(`drugs.txt: cannot read "${row}"`);
  return { name, brand, form: form as Form, strengths: strengths.split(",").map((one) => one.trim()) };
}

/** Half of the drugs tune and the other half report, so that no list learnt from one helps on the other. */
export function drugsOf(split: "tune" | "report"): readonly Drug[] {
  const parity = split === "tune" ? 0 : 1;
  const names = [...new Set(drugs.map((drug) => drug.name))];
  return drugs.filter((drug) => names.indexOf(drug.name) % 2 === parity);
}
