import type { CodeableConcept, Dosage, Quantity, Timing } from "../../../contract/dosage.ts";
import type { Draft } from "./draft.ts";
import type { DoseAmount, Span } from "./rules/parts.ts";
import { type Meaning, routeOfCode, UNIT_NAMES, type UnitOfTime } from "./vocabulary.ts";

const UCUM = "http://unitsofmeasure.org";
const SNOMED = "http://snomed.info/sct";
const MINUTES_AN_HOUR = 60;
/** Codes that FHIR forbids beside an offset (rule tim-9). */
const NO_OFFSET = new Set(["C", "CM", "CD", "CV"]);

/** The route that a place implies: what goes into an eye is given by the ophthalmic route. */
const ROUTE_OF_ORGAN: Record<string, string> = { eye: "54485002", ear: "10547007", nose: "46713006" };

const ORAL = "26643006";
const INHALED = "447694001";

const rounded = (value: number) => Number(value.toPrecision(12));

const quantity = (value: number, dose: DoseAmount): Quantity => ({
  value: rounded(value),
  ...(dose.unit ? { unit: dose.unit, system: UCUM, code: dose.code ?? dose.unit } : {}),
});

const duration = (value: number, unit: UnitOfTime): Quantity => ({
  value: rounded(value),
  unit: UNIT_NAMES[unit],
  system: UCUM,
  code: unit,
});

const concept = (route: Meaning<"route">): CodeableConcept => ({
  coding: [{ system: SNOMED, code: route.code, display: route.display }],
  text: route.route,
});

function doseOf(dose: DoseAmount): Dosage["doseAndRate"] {
  if (dose.low !== undefined && dose.high === undefined) return [{ doseQuantity: quantity(dose.low, dose) }];
  return [
    {
      doseRange: {
        ...(dose.low === undefined ? {} : { low: quantity(dose.low, dose) }),
        ...(dose.high === undefined ? {} : { high: quantity(dose.high, dose) }),
      },
    },
  ];
}

function bounds(span: Span): Pick<NonNullable<Timing["repeat"]>, "boundsDuration" | "boundsRange"> {
  if (span.low !== undefined && span.high === undefined)
    return { boundsDuration: duration(span.low, span.unit) };
  return {
    boundsRange: {
      ...(span.low === undefined ? {} : { low: duration(span.low, span.unit) }),
      ...(span.high === undefined ? {} : { high: duration(span.high, span.unit) }),
    },
  };
}

const clock = (minutes: number) =>
  `${String(Math.floor(minutes / MINUTES_AN_HOUR)).padStart(2, "0")}:${String(minutes % MINUTES_AN_HOUR).padStart(2, "0")}:00`;

function timingOf(draft: Draft): Timing | undefined {
  const { frequency, when, clocks, days, count, countMax, lasting, offset } = draft;
  const repeat: NonNullable<Timing["repeat"]> = {
    ...(draft.bounds ? bounds(draft.bounds) : {}),
    ...(count === undefined ? {} : { count }),
    ...(countMax === undefined ? {} : { countMax }),
    ...(lasting?.low === undefined && lasting?.high === undefined
      ? {}
      : { duration: lasting.low ?? lasting.high ?? 0, durationUnit: lasting.unit }),
    ...(lasting?.low !== undefined && lasting.high !== undefined ? { durationMax: lasting.high } : {}),
    ...(frequency?.frequency === undefined ? {} : { frequency: frequency.frequency }),
    ...(frequency?.frequencyMax === undefined ? {} : { frequencyMax: frequency.frequencyMax }),
    ...(frequency ? { period: rounded(frequency.period), periodUnit: frequency.periodUnit } : {}),
    ...(frequency?.periodMax === undefined ? {} : { periodMax: rounded(frequency.periodMax) }),
    ...(days.length > 0 ? { dayOfWeek: days } : {}),
    // FHIR rule tim-10: a time of day or an event, never both.
    ...(clocks.length > 0 ? { timeOfDay: clocks.map(clock) } : when.length > 0 ? { when } : {}),
    ...(offset && clocks.length === 0 && when.length > 0 && !when.some((one) => NO_OFFSET.has(one))
      ? { offset }
      : {}),
  };
  return Object.keys(repeat).length > 0 ? { repeat } : undefined;
}

/** The FHIR R4 Dosage of a draft; `text` are the directions as printed. */
export function toDosage(draft: Draft, text: string, sequence: number | undefined): Dosage {
  const byUnit = draft.dose?.route ? routeOfCode(draft.dose.route) : undefined;
  const byOrgan = draft.site && ROUTE_OF_ORGAN[draft.site.organ];
  // "Inhale 2 puffs by mouth": through the mouth, into the lungs.
  const lungs = draft.impliedRoute?.code === INHALED ? draft.impliedRoute : byUnit;
  const inhaled = draft.route?.code === ORAL && lungs ? lungs : draft.route;
  const route = inhaled ?? (byOrgan ? routeOfCode(byOrgan) : (draft.impliedRoute ?? byUnit));
  const timing = timingOf(draft);
  const { max, maxPerDose } = draft;
  const unitOf = (dose: DoseAmount): DoseAmount => (dose.unit ? dose : { ...draft.dose, ...dose });
  return {
    ...(sequence === undefined ? {} : { sequence }),
    text,
    ...(draft.instructions.length > 0
      ? { additionalInstruction: [...new Set(draft.instructions)].map((one) => ({ text: one })) }
      : {}),
    ...(timing ? { timing } : {}),
    ...(draft.reason
      ? { asNeededCodeableConcept: { text: draft.reason } }
      : draft.asNeeded
        ? { asNeededBoolean: true }
        : {}),
    ...(draft.site ? { site: { text: draft.site.site } } : {}),
    ...(route ? { route: concept(route) } : {}),
    ...(draft.method ? { method: { text: draft.method } } : {}),
    ...(draft.dose ? { doseAndRate: doseOf(draft.dose) ?? [] } : {}),
    ...(max
      ? {
          maxDosePerPeriod: {
            numerator: quantity(max.dose.high ?? 0, unitOf(max.dose)),
            denominator: duration(max.per.value, max.per.unit),
          },
        }
      : {}),
    ...(maxPerDose ? { maxDosePerAdministration: quantity(maxPerDose.high ?? 0, unitOf(maxPerDose)) } : {}),
  };
}
