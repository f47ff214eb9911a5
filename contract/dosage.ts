import * as z from "zod";

/** FHIR R4 Dosage (http://hl7.org/fhir/R4/dosage.html), the elements that printed directions can fill. */

export const coding = z.object({
  system: z.string().optional(),
  code: z.string().optional(),
  display: z.string().optional(),
});
export type Coding = z.infer<typeof coding>;

export const codeableConcept = z
  .object({
    coding: z.array(coding).optional(),
    text: z.string().optional(),
  })
  .meta({ id: "CodeableConcept" });
export type CodeableConcept = z.infer<typeof codeableConcept>;

export const quantity = z
  .object({
    value: z.number().optional(),
    unit: z.string().optional(),
    system: z.string().optional(),
    code: z.string().optional(),
  })
  .meta({ id: "Quantity" });
export type Quantity = z.infer<typeof quantity>;

const range = z.object({ low: quantity.optional(), high: quantity.optional() });
const ratio = z.object({ numerator: quantity.optional(), denominator: quantity.optional() });

/** UCUM units of time that FHIR allows in Timing.repeat. */
const unitOfTime = z.enum(["s", "min", "h", "d", "wk", "mo", "a"]);

export const timing = z
  .object({
    repeat: z
      .object({
        boundsDuration: quantity.optional(),
        boundsRange: range.optional(),
        boundsPeriod: z.object({ start: z.string().optional(), end: z.string().optional() }).optional(),
        count: z.number().int().positive().optional(),
        countMax: z.number().int().positive().optional(),
        duration: z.number().optional(),
        durationMax: z.number().optional(),
        durationUnit: unitOfTime.optional(),
        frequency: z.number().int().positive().optional(),
        frequencyMax: z.number().int().positive().optional(),
        period: z.number().positive().optional(),
        periodMax: z.number().positive().optional(),
        periodUnit: unitOfTime.optional(),
        dayOfWeek: z.array(z.enum(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])).optional(),
        timeOfDay: z.array(z.string()).optional(),
        when: z.array(z.string()).optional(),
        offset: z.number().int().nonnegative().optional(),
      })
      .optional(),
    code: codeableConcept.optional(),
  })
  .meta({ id: "Timing" });
export type Timing = z.infer<typeof timing>;

export const dosage = z
  .object({
    sequence: z.number().int().positive().optional(),
    text: z.string().optional(),
    additionalInstruction: z.array(codeableConcept).optional(),
    patientInstruction: z.string().optional(),
    timing: timing.optional(),
    asNeededBoolean: z.boolean().optional(),
    asNeededCodeableConcept: codeableConcept.optional(),
    site: codeableConcept.optional(),
    route: codeableConcept.optional(),
    method: codeableConcept.optional(),
    doseAndRate: z
      .array(z.object({ doseRange: range.optional(), doseQuantity: quantity.optional() }))
      .optional(),
    maxDosePerPeriod: ratio.optional(),
    maxDosePerAdministration: quantity.optional(),
  })
  .meta({ id: "Dosage" });
export type Dosage = z.infer<typeof dosage>;
