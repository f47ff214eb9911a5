import type { Dosage, Quantity } from "../../../contract/dosage.ts";

const amount = (low: Quantity | undefined, high: Quantity | undefined, unit: string | undefined) =>
  `${low?.value ?? ""}${high ? `-${high.value}` : ""} ${unit ?? ""}`.trim();

const range = (low: number | undefined, high: number | undefined) =>
  `${low ?? ""}${high === undefined ? "" : `-${high}`}`;

/** 1 is left out: "/d" is a day, "/2d" two days. */
const period = (value: number | undefined, max: number | undefined, unit: string | undefined) =>
  `/${value === 1 && max === undefined ? "" : range(value, max)}${unit ?? ""}`;

function doseOf(dosage: Dosage): string {
  const rate = dosage.doseAndRate?.[0];
  if (rate?.doseQuantity) return amount(rate.doseQuantity, undefined, rate.doseQuantity.unit);
  const { low, high } = rate?.doseRange ?? {};
  return rate?.doseRange ? amount(low, high, low?.unit ?? high?.unit) : "";
}

function timesOf(dosage: Dosage): string[] {
  const repeat = dosage.timing?.repeat;
  if (!repeat) return [];
  const bounds = repeat.boundsDuration ?? repeat.boundsRange?.low ?? repeat.boundsRange?.high;
  const { low, high } = repeat.boundsRange ?? {};
  return [
    repeat.period === undefined
      ? ""
      : `${range(repeat.frequency, repeat.frequencyMax)}${period(repeat.period, repeat.periodMax, repeat.periodUnit)}`,
    repeat.when ? `[${repeat.when.join(" ")}]` : "",
    repeat.offset ? `offset ${repeat.offset}` : "",
    repeat.timeOfDay ? repeat.timeOfDay.map((time) => time.slice(0, 5)).join(" ") : "",
    repeat.dayOfWeek ? repeat.dayOfWeek.join(" ") : "",
    repeat.count === undefined ? "" : `x${range(repeat.count, repeat.countMax)}`,
    repeat.duration === undefined
      ? ""
      : `lasting ${range(repeat.duration, repeat.durationMax)}${repeat.durationUnit}`,
    bounds ? `for ${range(repeat.boundsDuration?.value ?? low?.value, high?.value)}${bounds.code}` : "",
  ];
}

function limitsOf(dosage: Dosage): string[] {
  const reason = dosage.asNeededCodeableConcept?.text;
  const { numerator, denominator } = dosage.maxDosePerPeriod ?? {};
  const most = dosage.maxDosePerAdministration;
  return [
    reason ? `prn ${reason}` : dosage.asNeededBoolean ? "prn" : "",
    numerator
      ? `max ${amount(numerator, undefined, numerator.unit)}${period(denominator?.value, undefined, denominator?.code)}`
      : "",
    most ? `max ${amount(most, undefined, most.unit)} at once` : "",
  ];
}

/**
 * A Dosage on one line, for reading and comparing: `1-2 tablet; by mouth; 1/4-6h; prn pain; max 8 tablet/24h`.
 * Routes by their words, sites after @, `when` in brackets, instructions in quotes, phases by #.
 */
export function compact(dosage: Dosage): string {
  return [
    dosage.sequence === undefined ? "" : `#${dosage.sequence}`,
    doseOf(dosage),
    dosage.route?.text ?? "",
    dosage.site ? `@${dosage.site.text}` : "",
    ...timesOf(dosage),
    ...limitsOf(dosage),
    ...(dosage.additionalInstruction ?? []).map((one) => `"${one.text?.toLowerCase()}"`),
  ]
    .filter((one) => one !== "")
    .join("; ");
}
