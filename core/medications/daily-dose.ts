import type { Dosage, Quantity, Timing } from "../../contract/dosage.ts";
import type { LexiconEntry } from "./lexicon/entry.ts";
import { milligramsIn, partsOfStrength, type Share, sharesOf } from "./lexicon/find-drug.ts";

/** An amount of a drug, in milligrams or in units of its own (IU, mEq). */
type Amount = { value: number; unit: string };

/** A weight in milligrams; any other unit as it is. */
function amountOf(value: number, unit: string): Amount {
  const factor = milligramsIn(unit);
  return factor === null ? { value, unit } : { value: value * factor, unit: "mg" };
}

/** Days in each of FHIR's units of time. */
const days: Readonly<Record<string, number>> = { min: 1 / 1440, h: 1 / 24, d: 1, wk: 7, mo: 30, a: 365 };

/** Days in one of FHIR's units of time; none in what is no such unit. */
export function daysIn(unit: string): number {
  return days[unit] ?? 0;
}

/** Doses of a day on which any is taken, at most; null when the timing does not say. */
function dosesADay(timing: Timing | undefined): number | null {
  const repeat = timing?.repeat;
  if (!repeat) return null;
  const each = Math.max(1, repeat.when?.length ?? 0, repeat.timeOfDay?.length ?? 0);
  const frequency = repeat.frequencyMax ?? repeat.frequency;
  const day = days[repeat.periodUnit ?? ""];
  if (frequency === undefined && day === undefined) {
    const once = repeat.count === 1 || lastsADay(repeat.boundsDuration) || repeat.dayOfWeek !== undefined;
    return once || repeat.when || repeat.timeOfDay ? each : null;
  }
  if (day === undefined || repeat.period === undefined) return null;
  return Math.max(each, (frequency ?? 1) / (repeat.period * day));
}

/** Whether directions hold for one day only. */
export function lastsADay(bounds: Quantity | undefined): boolean {
  return (bounds?.value ?? 0) * daysIn(bounds?.code ?? "") === 1;
}

/** Doses this many days apart are single ones: each may be as large as a first dose. */
const apart = 7;

/** Whether the drug is taken once, on a single day, or again only after a week: a first dose may be a larger one. */
function isSingle(timing: Timing | undefined): boolean {
  const { count, boundsDuration, period, periodUnit, dayOfWeek } = timing?.repeat ?? {};
  if (count === 1 || lastsADay(boundsDuration) || dayOfWeek?.length === 1) return true;
  return (period ?? 0) * daysIn(periodUnit ?? "") >= apart;
}

/** Units in which solid forms are counted. */
const counted = new Set(["tablet", "capsule", "caplet", "tab", "cap", "pill", ""]);

/** The most drug that one dose holds; null when its unit cannot be turned into an amount. */
function amountOfDose(dose: Quantity | undefined, { strength, alone }: Share): Amount | null {
  if (dose?.value === undefined) return null;
  const unit = (dose.unit ?? "").replace(/s$/, "").toLowerCase();
  if (milligramsIn(unit) !== null) return alone ? amountOf(dose.value, unit) : null;
  if (!strength || (strength.per && strength.per.unit !== "mL")) return null;
  const fits = strength.per ? unit === "ml" : counted.has(unit);
  if (!fits) return null;
  const one = amountOf(strength.value, strength.unit);
  return { ...one, value: (dose.value * one.value) / (strength.per?.value ?? 1) };
}

/** Rounding of thirds and of milligrams from micrograms must not look like an overdose. */
const roundingShare = 1.001;

/** What the directions allow of one ingredient, and the usual most: "120 mg", "80 mg". */
export type OverMaximum = { of: string; dose: string; most: string };

function dailyAmount(dosage: Dosage, share: Share): Amount | null {
  const [dose] = dosage.doseAndRate ?? [];
  const amount = amountOfDose(dose?.doseRange?.high ?? dose?.doseQuantity, share);
  const often = dosesADay(dosage.timing);
  if (!amount) return null;
  const said = often === null ? null : amount.value * often;
  const capped = statedMost(dosage, share);
  const least = [said, capped?.unit === amount.unit ? capped.value : null].filter((one) => one !== null);
  return least.length > 0 ? { ...amount, value: Math.min(...least) } : null;
}

/** "Not more than 8 tablets in 24 hours": what the directions themselves allow in a day. */
function statedMost({ maxDosePerPeriod }: Dosage, share: Share): Amount | null {
  const { value, code } = maxDosePerPeriod?.denominator ?? {};
  const perDay = value !== undefined && value * daysIn(code ?? "") === 1;
  return perDay ? amountOfDose(maxDosePerPeriod?.numerator, share) : null;
}

/** The most of one ingredient on one day, where it is over the usual: doses of one phase together, the largest phase. */
function overOf(share: Share, dosages: readonly Dosage[]): OverMaximum | null {
  const { maxDailyDose } = share.entry;
  if (!maxDailyDose) return null;
  const most = (single: boolean) =>
    amountOf(single ? (maxDailyDose.once ?? maxDailyDose.value) : maxDailyDose.value, maxDailyDose.unit);
  const phases = new Map<number, { value: number; single: boolean }>();
  for (const dosage of dosages) {
    const amount = dailyAmount(dosage, share);
    if (amount?.unit !== most(false).unit) continue;
    const before = phases.get(dosage.sequence ?? 0) ?? { value: 0, single: true };
    const single = before.single && isSingle(dosage.timing);
    phases.set(dosage.sequence ?? 0, { value: before.value + amount.value, single });
  }
  const over = [...phases.values()]
    .filter(({ value, single }) => value > most(single).value * roundingShare)
    .sort((a, b) => b.value - a.value)[0];
  if (!over) return null;
  // In the unit of the maximum, so that the two can be compared at a glance.
  const { unit } = maxDailyDose;
  const said = (milligrams: number) =>
    `${Number((milligrams / (milligramsIn(unit) ?? 1)).toPrecision(6))} ${unit}`;
  return { of: share.entry.name, dose: said(over.value), most: said(most(over.single).value) };
}

/**
 * The amount of a day that the directions allow, where it is over the usual most for an adult; null when it is not, or
 * when it cannot be told. Each ingredient of a combination is held against its own most.
 */
export function doseOverMaximum(
  entry: LexiconEntry,
  strength: string,
  dosages: readonly Dosage[],
): OverMaximum | null {
  const ways = sharesOf(entry, partsOfStrength(strength));
  const found = ways.map((shares) =>
    shares.map((share) => overOf(share, dosages)).find((over) => over !== null),
  );
  const [first] = found;
  // Where two ingredients may each be of either amount, it must be too much either way.
  return first && found.every((over) => over !== undefined) ? first : null;
}
