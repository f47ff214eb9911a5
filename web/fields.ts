import type { Fields, MedicationPatch, Review, UnderstoodMedication } from "../contract/medications.ts";
import type { Box } from "../contract/reading.ts";
import { strings } from "./strings.ts";

export type FieldName = keyof Fields;

/** In the order in which a nurse compares them with the label. */
export const fieldNames: readonly FieldName[] = [
  "name",
  "dosage",
  "form",
  "instructions",
  "schedule",
  "quantity",
  "refills",
  "prescriber",
  "rx_number",
];

/** Where a field stands: its photo and the place on it, in pixels of the upright photo. */
export type Place = { page: number; box: Box };

export function placeOf(medication: UnderstoodMedication, name: FieldName): Place | null {
  const field = medication.fields[name];
  return field?.box ? { page: field.page, box: field.box } : null;
}

/** A doubt, and the field it is about; null when it is about the whole label. */
export type Doubt = { review: Review; field: FieldName | null };

export function doubtsOf(medication: UnderstoodMedication): Doubt[] {
  return medication.review.map((review) => {
    const about = fieldNames.find((name) => {
      const own = medication.fields[name]?.review;
      return own?.code === review.code && own.message === review.message;
    });
    return { review, field: about ?? fieldOfCode(review.code) };
  });
}

/** A doubt about a field that was not found stands with no field; its code says which is missing (docs/review-rules.md). */
const MISSING: Readonly<Record<string, FieldName>> = {
  name_not_found: "name",
  strength_missing: "dosage",
  directions_missing: "instructions",
};
const fieldOfCode = (code: string): FieldName | null => MISSING[code] ?? null;

const WHOLE_NUMBERS: readonly FieldName[] = ["refills"];
const NUMBERS: readonly FieldName[] = ["quantity", ...WHOLE_NUMBERS];

export const isNumber = (name: FieldName): boolean => NUMBERS.includes(name);

/** What was typed as a correction, or a sentence on why it cannot be one. An empty number is "not on the label". */
export function patchOf(name: FieldName, typed: string): { patch: MedicationPatch } | { trouble: string } {
  const text = typed.trim();
  if (!isNumber(name)) return { patch: { [name]: text } };
  if (text === "") return { patch: { [name]: null } };
  const whole = WHOLE_NUMBERS.includes(name);
  if (whole && !/^\d+$/.test(text)) return { trouble: strings.medication.notWhole };
  if (!/^\d+(\.\d+)?$/.test(text)) return { trouble: strings.medication.notANumber };
  return { patch: { [name]: Number(text) } };
}
