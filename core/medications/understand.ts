import type {
  NumberEvidence,
  Review,
  TextEvidence,
  UnderstoodMedication,
} from "../../contract/medications.ts";
import type { LabelLine } from "../../contract/reading.ts";
import { type DrugPart, labelParts } from "./layout/label-parts.ts";
import { boxOf, confidenceOf } from "./layout/places.ts";
import { personName } from "./layout/values.ts";
import { usualCapitals } from "./usual-capitals.ts";

/** A label's lines, joined from the photos of one scan, in reading order. */
export type Label = { lines: LabelLine[] };

type Where = { line: number; start: number; end: number };

function evidence<T>(lines: readonly LabelLine[], value: T, where: Where) {
  const line = lines[where.line];
  if (!line) throw new RangeError(`no line ${where.line}`);
  return {
    value,
    raw: line.text.slice(where.start, where.end),
    confidence: confidenceOf(line, where.start, where.end),
    page: line.page,
    box: boxOf(line, where.start, where.end),
    review: null,
  };
}

/** Turns a label's lines into its medications: at least one, with an empty name and a reason where none was found. */
export function understand(label: Label): UnderstoodMedication[] {
  const parts = labelParts(label.lines);
  const drugs: (DrugPart | null)[] = parts.drugs.length > 0 ? parts.drugs.slice(0, 1) : [null];
  return drugs.map((part) => {
    const fields: UnderstoodMedication["fields"] = {};
    const text = (value: string, where: Where): TextEvidence => evidence(label.lines, value, where);
    const number = (value: number, where: Where): NumberEvidence => evidence(label.lines, value, where);
    const review: Review[] = [];
    if (part?.drug.name)
      fields.name = text(usualCapitals(part.drug.name.value), { ...part.drug.name, line: part.line });
    else review.push({ code: "drug_not_found", message: "No medicine's name was found on this label." });
    if (part?.drug.strength)
      fields.dosage = text(part.drug.strength.text, { ...part.drug.strength, line: part.strengthLine });
    if (part?.drug.form) fields.form = text(part.drug.form.value, { ...part.drug.form, line: part.formLine });
    const quantity =
      parts.quantity ?? (part?.drug.quantity ? { ...part.drug.quantity, line: part.quantityLine } : null);
    if (quantity) fields.quantity = number(quantity.value, quantity);
    if (parts.refills) fields.refills = number(parts.refills.value, parts.refills);
    if (parts.rxNumber) fields.rx_number = text(parts.rxNumber.value, parts.rxNumber);
    if (parts.prescriber) fields.prescriber = text(personName(parts.prescriber.value), parts.prescriber);
    const set = parts.directions[0];
    if (set) {
      const each = set.map((segment) => text("", segment));
      const raw = each.map((line) => line.raw).join(" ");
      fields.instructions = {
        value: raw,
        raw,
        confidence: Math.min(...each.map((line) => line.confidence)),
        page: each[0]?.page ?? 1,
        box: each.length === 1 ? (each[0]?.box ?? null) : null,
        review: null,
      };
    }
    return {
      name: fields.name?.value ?? "",
      dosage: fields.dosage?.value ?? "",
      schedule: "",
      quantity: fields.quantity?.value ?? null,
      prescriber: fields.prescriber?.value ?? "",
      instructions: fields.instructions?.value ?? "",
      form: fields.form?.value ?? "",
      refills: fields.refills?.value ?? null,
      rx_number: fields.rx_number?.value ?? "",
      needs_review: review.length > 0,
      review,
      fields,
      directions: [],
    };
  });
}
