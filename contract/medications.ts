import * as z from "zod";
import { dosage } from "./dosage.ts";
import { box, confidence } from "./reading.ts";

/**
 * Why a person must look. `message` is a sentence for the nurse holding the tablet; `code` is for machines and
 * stable; `readings` are the competing readings, first reader first, where there are any.
 */
export const review = z
  .object({
    code: z.string().regex(/^[a-z_]+$/),
    message: z.string(),
    readings: z.array(z.string()).optional(),
  })
  .meta({ id: "Review" });
export type Review = z.infer<typeof review>;

/** Evidence for one field: what it says, what was read, how sure, where. */
function evidence<T extends z.ZodType>(value: T) {
  return z.object({
    value,
    /** Exactly what the first reader read, before any correction. */
    raw: z.string(),
    confidence,
    /** 1-based photo of the scan that shows it. */
    page: z.number().int().positive(),
    /** Pixels of that photo, upright, around every line of the value; null where these are on several photos or none. */
    box: box.nullable(),
    review: review.nullable(),
  });
}

export const textEvidence = evidence(z.string()).meta({ id: "TextEvidence" });
export const numberEvidence = evidence(z.number().nullable()).meta({ id: "NumberEvidence" });
export type TextEvidence = z.infer<typeof textEvidence>;
export type NumberEvidence = z.infer<typeof numberEvidence>;

/** The fields read from a label, in the words the tablet's users know. A text field that was not found is "". */
const fieldValues = {
  name: z.string().describe('The drug as printed, in usual capitals: generic or brand; "" when not found'),
  dosage: z.string().describe("Strength of one unit of the form, as printed: 10 mg, 250 mg/5 mL"),
  schedule: z.string().describe("The directions' frequency in plain words: Twice daily"),
  quantity: z.number().nonnegative().nullable().describe("Units dispensed"),
  prescriber: z.string(),
  instructions: z.string().describe("The directions (sig) as printed"),
  form: z.string().describe("tablet, capsule, solution ..."),
  refills: z.number().int().nonnegative().nullable(),
  rx_number: z.string(),
};

export const fields = z
  .object({
    name: textEvidence,
    dosage: textEvidence,
    schedule: textEvidence,
    quantity: numberEvidence,
    prescriber: textEvidence,
    instructions: textEvidence,
    form: textEvidence,
    refills: numberEvidence,
    rx_number: textEvidence,
  })
  .partial()
  .describe("Evidence for each field that was found")
  .meta({ id: "Fields" });
export type Fields = z.infer<typeof fields>;

/** One medication as understood from a label, before it has an identity. */
export const understoodMedication = z.object({
  ...fieldValues,
  needs_review: z.boolean(),
  /** Every reason, whether of one field or of the whole label. Empty exactly when `needs_review` is false. */
  review: z.array(review),
  fields,
  directions: z.array(dosage).describe("The directions as FHIR R4 Dosage"),
});
export type UnderstoodMedication = z.infer<typeof understoodMedication>;

/** A job's result: what was read, never changed by later corrections. */
export const medicationResult = z
  .object({ id: z.uuid(), ...understoodMedication.shape })
  .meta({ id: "MedicationResult" });
export type MedicationResult = z.infer<typeof medicationResult>;

/** What a person may correct. `null` clears a number; "" clears a text. */
export const medicationPatch = z
  .strictObject({
    name: z.string().max(200),
    dosage: z.string().max(100),
    schedule: z.string().max(300),
    quantity: z.number().nonnegative().nullable(),
    prescriber: z.string().max(200),
    instructions: z.string().max(2000),
    form: z.string().max(100),
    refills: z.number().int().nonnegative().nullable(),
    rx_number: z.string().max(50),
  })
  .partial()
  .refine((patch) => Object.keys(patch).length > 0, "Name at least one field to correct")
  .meta({ id: "MedicationPatch" });
export type MedicationPatch = z.infer<typeof medicationPatch>;

/** One step of a medication's life, for the audit trail. */
const auditEntry = z.object({
  at: z.iso.datetime(),
  by: z.string().describe("The person's subject identifier (the token's sub)"),
  action: z.enum(["read", "corrected", "confirmed"]),
  changes: z
    .array(z.object({ field: z.string(), from: z.unknown(), to: z.unknown() }))
    .optional()
    .describe("Each corrected field with the value before and after"),
});
export type AuditEntry = z.infer<typeof auditEntry>;

/** A medication as its person keeps it: what was read, as corrected since, with who changed what and when. */
export const medication = z
  .object({
    ...medicationResult.shape,
    job_id: z.uuid(),
    status: z.enum(["unconfirmed", "confirmed"]),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
    confirmed_at: z.iso.datetime().optional(),
    history: z.array(auditEntry),
  })
  .meta({ id: "Medication" });
export type Medication = z.infer<typeof medication>;

export const medicationList = z
  .object({
    medications: z.array(medication).describe("Newest first"),
    next_page_token: z.string().optional().describe("Opaque; absent on the last page"),
  })
  .meta({ id: "MedicationList" });
