import * as z from "zod";
import type { Dosage } from "../../contract/dosage.ts";

/** What one direction is expected to say, whichever parser's test it comes from; a field that is absent is not judged. */
export type Expectation = {
  sig: string;
  form?: string;
  /** Field name to expected value; null means that the field must be absent. */
  fields: Record<string, unknown>;
};

const context = z.object({ dosageForm: z.string().nullish(), defaultUnit: z.string().nullish() }).loose();

const row = z.object({
  sig: z.string(),
  context: context.nullish(),
  expected: z.record(z.string(), z.unknown()),
  asserted: z.record(z.string(), z.unknown()).nullish(),
  source: z.string(),
});
export const rows = z.array(row);
type Row = z.infer<typeof row>;

const UNITS: Record<string, string> = {
  tab: "tablet",
  cap: "capsule",
  U: "unit",
  IU: "international unit",
  tsp: "teaspoon",
  tbsp: "tablespoon",
  ml: "mL",
};
const ROUTES: Record<string, string> = {
  oral: "26643006",
  intravenous: "47625008",
  intramuscular: "78421000",
  subcutaneous: "34206005",
  sublingual: "37839007",
  inhalation: "447694001",
  ophthalmic: "54485002",
  rectal: "37161004",
  nasal: "46713006",
  topical: "6064005",
};

const unitName = (unit: unknown) => (typeof unit === "string" ? (UNITS[unit] ?? unit) : null);
const every = (frequency: number, period: number, periodUnit: string) => ({ frequency, period, periodUnit });

/** HL7's timing codes, where they say how often. */
const TIMING_CODES: Record<string, Record<string, unknown>> = {
  QD: every(1, 1, "d"),
  BID: every(2, 1, "d"),
  TID: every(3, 1, "d"),
  QID: every(4, 1, "d"),
  Q1H: every(1, 1, "h"),
  Q2H: every(1, 2, "h"),
  Q6H: every(1, 6, "h"),
  Q12H: every(1, 12, "h"),
  WK: every(1, 1, "wk"),
  MO: every(1, 1, "mo"),
  Q2MO: every(1, 2, "mo"),
  AM: { when: ["MORN"] },
  PM: { when: ["EVE"] },
};

/** ezmedicationinput: FHIR R5 dosages, asserted in part. */
function fromDosageTests(test: Row): Record<string, unknown> {
  const { readable: _, timingCode, route: __, prn, unit, ...expected } = test.expected;
  const fields: Record<string, unknown> = { ...expected };
  if (typeof timingCode === "string") Object.assign(fields, { ...TIMING_CODES[timingCode], ...fields });
  if (typeof unit === "string") fields.unit = unitName(unit);
  if (prn === true) fields.asNeeded = true;
  for (const path of Object.keys(test.asserted ?? {})) {
    const absent = /^fhir\.timing\.repeat\.(\w+) \(toBeUndefined\)$/.exec(path);
    if (absent?.[1]) fields[absent[1]] = null;
  }
  return fields;
}

const FREQUENCIES: Record<string, Record<string, unknown>> = {
  once_daily: every(1, 1, "d"),
  twice_daily: every(2, 1, "d"),
  three_times_daily: every(3, 1, "d"),
  four_times_daily: every(4, 1, "d"),
  every_4_hours: every(1, 4, "h"),
  every_6_hours: every(1, 6, "h"),
  every_72_hours: every(1, 72, "h"),
  at_bedtime: { kind: "bedtime" },
  before_meals: { when: ["AC"] },
  daily_time: { kind: "part of day" },
  meal_relative: { kind: "meal" },
  specific_time: { kind: "clock" },
  every_n_hours: { kind: "interval" },
  prn: { asNeeded: true },
};

/** intelligent-medication-sig-parser-nlp: words for frequency and route, quantities as text. */
function fromNamedFields(test: Row): Record<string, unknown> {
  const { quantity, unit, route, frequency, duration } = test.expected;
  const days = typeof duration === "string" ? /^(\d+) days$/.exec(duration)?.[1] : undefined;
  return {
    ...(typeof quantity === "string" ? { dose: Number(quantity) } : {}),
    ...(typeof unit === "string" ? { unit: unitName(unit) } : {}),
    ...(typeof route === "string" ? { routeSct: ROUTES[route] } : {}),
    ...(typeof frequency === "string" ? FREQUENCIES[frequency] : {}),
    ...(days ? { duration: Number(days), durationUnit: "d" } : {}),
  };
}

/** parsigs: flat fields; the drug and its strength are the label's business, not the directions'. */
function fromFlatFields(test: Row): Record<string, unknown> {
  const { drug: _, strength: __, prn, unit, ...fields } = test.expected;
  return { ...fields, asNeeded: prn === true, ...(typeof unit === "string" ? { unit: unitName(unit) } : {}) };
}

export function expectationOf(test: Row): Expectation {
  const form = test.context?.dosageForm ?? test.context?.defaultUnit;
  const fields = test.asserted
    ? fromDosageTests(test)
    : test.source.includes("parsigs")
      ? fromFlatFields(test)
      : fromNamedFields(test);
  return { sig: test.sig, ...(form ? { form } : {}), fields };
}

/** The same field of a Dosage, undefined where it says nothing. */
function fieldOf(dosage: Dosage, name: string): unknown {
  const repeat = dosage.timing?.repeat;
  const rate = dosage.doseAndRate?.[0];
  switch (name) {
    case "dose":
      return rate?.doseQuantity?.value ?? rate?.doseRange?.low?.value;
    case "doseLow":
      return rate?.doseRange?.low?.value;
    case "doseHigh":
      return rate?.doseRange?.high?.value;
    case "unit":
      return rate?.doseQuantity?.unit ?? rate?.doseRange?.low?.unit;
    case "routeSct":
      return dosage.route?.coding?.[0]?.code;
    case "asNeeded":
      return dosage.asNeededBoolean === true || dosage.asNeededCodeableConcept !== undefined;
    case "duration":
      return repeat?.boundsDuration?.value;
    case "durationUnit":
      return repeat?.boundsDuration?.code;
    case "kind":
      return repeat?.timeOfDay
        ? "clock"
        : repeat?.when?.some((one) => /^(HS|NIGHT)$/.test(one))
          ? "bedtime"
          : repeat?.when?.some((one) => /^(MORN|NOON|AFT|EVE)/.test(one))
            ? "part of day"
            : repeat?.when
              ? "meal"
              : repeat?.period
                ? "interval"
                : undefined;
    case "when":
      // R4 has no code for "at once": it is said in words.
      return dosage.additionalInstruction?.some((one) => one.text?.toLowerCase() === "stat")
        ? ["IMD"]
        : repeat?.when?.toSorted();
    case "frequency":
    case "frequencyMax":
    case "period":
    case "periodMax":
    case "periodUnit":
    case "count":
    case "dayOfWeek":
    case "timeOfDay":
      return repeat?.[name];
    default:
      throw new RangeError(`no such field: ${name}`);
  }
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** The fields that differ from what is expected, and how: given and another, or not given. */
export function differences(
  dosages: readonly Dosage[],
  fields: Expectation["fields"],
): { wrong: string[]; missing: string[] } {
  const dosage = dosages[0] ?? {};
  const wrong: string[] = [];
  const missing: string[] = [];
  for (const [name, value] of Object.entries(fields)) {
    const got = fieldOf(dosage, name);
    const wanted =
      Array.isArray(value) && name !== "timeOfDay" && name !== "dayOfWeek" ? value.toSorted() : value;
    if (value === null ? got === undefined : same(got, wanted)) continue;
    const line = `${name} ${JSON.stringify(got)} for ${JSON.stringify(value)}`;
    (got === undefined ? missing : wrong).push(line);
  }
  return { wrong, missing };
}
