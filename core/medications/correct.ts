import type { AuditEntry, Fields, Medication, MedicationPatch, Review } from "../../contract/medications.ts";
import { parseDirections } from "./directions/parse-directions.ts";

/**
 * What a person does with a medication that was read: correct it, confirm it. Both answer a new medication and leave
 * an entry in its history that says who changed what from what, and when. `raw` always keeps what was read.
 */

type FieldName = keyof Fields;

/** @param by the person's subject identifier; @param at ISO 8601 */
export function correct(before: Medication, patch: MedicationPatch, by: string, at: string): Medication {
  const wanted = withDirections(before, patch);
  const names = (Object.keys(wanted.values) as (FieldName | "directions")[]).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(wanted.values[name]),
  );
  const settled = new Set(Object.keys(patch));
  const fields: Fields = { ...before.fields };
  for (const name of Object.keys(fields) as FieldName[]) {
    const field = fields[name];
    if (!field || (!settled.has(name) && !names.includes(name))) continue;
    // The union of text and number evidence is one and the same shape here: only the value is replaced.
    Object.assign(fields, { [name]: { ...field, value: wanted.values[name] ?? field.value, review: null } });
  }
  const answered = [...settled].flatMap((name) => before.fields[name as FieldName]?.review ?? []);
  const review = [
    ...before.review.filter((reason) => !answered.some((other) => same(other, reason))),
    ...wanted.review,
  ];
  const { confirmed_at: _, ...kept } = before;
  const changes = names.map((field) => ({ field, from: before[field], to: wanted.values[field] }));
  const entry: AuditEntry = { at, by, action: "corrected", changes };
  return {
    ...kept,
    ...wanted.values,
    fields,
    review,
    needs_review: review.length > 0,
    // What was confirmed is no longer what it says: it wants confirming again.
    status: "unconfirmed",
    updated_at: at,
    history: [...before.history, entry],
  };
}

/** The person has looked and says that it is as the label says: every doubt is answered, and kept in the history. */
export function confirm(before: Medication, by: string, at: string): Medication {
  if (before.status === "confirmed") return before;
  const changes = before.review.length > 0 ? [{ field: "review", from: before.review, to: [] }] : [];
  const fields = Object.fromEntries(
    Object.entries(before.fields).map(([name, field]) => [name, { ...field, review: null }]),
  ) as Fields;
  const entry: AuditEntry = { at, by, action: "confirmed", ...(changes.length > 0 ? { changes } : {}) };
  return {
    ...before,
    status: "confirmed",
    confirmed_at: at,
    updated_at: at,
    fields,
    review: [],
    needs_review: false,
    history: [...before.history, entry],
  };
}

/** Corrected words of the directions are understood anew, so that the structured ones never say something else. */
function withDirections(
  before: Medication,
  patch: MedicationPatch,
): { values: Partial<Medication>; review: Review[] } {
  if (patch.instructions !== undefined) {
    const context = { form: patch.form ?? before.form, strength: patch.dosage ?? before.dosage };
    const { dosages, schedule, review } = parseDirections(patch.instructions, context);
    return { values: { directions: dosages, schedule, ...patch } as Partial<Medication>, review };
  }
  if (patch.schedule !== undefined) {
    return {
      values: { ...patch, directions: [{ text: patch.schedule }] } as Partial<Medication>,
      review: [],
    };
  }
  return { values: patch as Partial<Medication>, review: [] };
}

const same = (a: Review, b: Review): boolean => a.code === b.code && a.message === b.message;
