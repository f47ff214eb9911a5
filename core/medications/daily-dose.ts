import type { Dosage, Quantity, Timing } from "../../contract/dosage.ts";
import type { LexiconEntry } from "./lexicon/entry.ts";
import { normaliseStrength } from "./lexicon/find-drug.ts";

/** An amount of a drug, in milligrams or in units of its own (IU, mEq). */
type Amount = { value: number; unit: string };

const inMilligrams: Readonly<Record<string, number>> = { g: 1000, mg: 1, mcg: 0.001, ng: 0.000_001 };

/** A weight in milligrams; any other unit as it is. */
function amountOf(value: number, unit: string): Amount {
  const factor = inMilligrams[unit];
  return factor === undefined ? { value, unit } : { value: value * factor, unit: "mg" };
}

/** Days in each of FHIR's units of time. */
const days: Readonly<Record<string, number>> = { min: 1 / 1440, h: 1 / 24, d: 1, wk: 7, mo: 30, a: 365 };

/** How many doses a day the timing allows at most; null when it does not say. */
function dosesADay(timing: Timing | undefined): number | null {
  const repeat = timing?.repeat;
  if (!repeat) return null;
  const each = Math.max(1, repeat.when?.length ?? 0, repeat.timeOfDay?.length ?? 0);
  const frequency = repeat.frequencyMax ?? repeat.frequency;
  const day = days[repeat.periodUnit ?? ""];
  if (frequency === undefined && day === undefined) return repeat.when || repeat.timeOfDay ? each : null;
  if (day === undefined || repeat.period === undefined) return null;
  return Math.max(each, (frequency ?? 1) / (repeat.period * day));
}

/** The amount of drug in one counted unit, "10 mg" of a tablet, or in one mL, "250 mg/5 mL". */
function strengthOf(strength: string): (Amount & { perMillilitre: boolean }) | null {
  const normal = normaliseStrength(strength) ?? "";
  const match = /^([\d.]+) (mg|mcg|g|ng|units|mEq)(?:\/(?:([\d.]+) )?mL)?$/.exec(normal);
  if (!match?.[1] || !match[2]) return null;
  const perMillilitre = normal.endsWith("mL");
  const amount = amountOf(Number(match[1]), match[2]);
  return { ...amount, value: amount.value / Number(match[3] ?? 1), perMillilitre };
}

/** Units in which solid forms are counted. */
const counted = new Set(["tablet", "capsule", "caplet", "tab", "cap", "pill", ""]);

/** The most drug that one dose holds; null when its unit cannot be turned into an amount. */
function amountOfDose(dose: Quantity | undefined, strength: ReturnType<typeof strengthOf>): Amount | null {
  if (dose?.value === undefined) return null;
  const unit = (dose.unit ?? "").replace(/s$/, "").toLowerCase();
  if (inMilligrams[unit] !== undefined) return amountOf(dose.value, unit);
  if (!strength) return null;
  const fits = strength.perMillilitre ? unit === "ml" : counted.has(unit);
  return fits ? { value: dose.value * strength.value, unit: strength.unit } : null;
}

function dailyAmount(dosage: Dosage, strength: ReturnType<typeof strengthOf>): Amount | null {
  const [dose] = dosage.doseAndRate ?? [];
  const amount = amountOfDose(dose?.doseRange?.high ?? dose?.doseQuantity, strength);
  const often = dosesADay(dosage.timing);
  return amount && often !== null ? { ...amount, value: amount.value * often } : null;
}

/** Rounding of thirds and of milligrams from micrograms must not look like an overdose. */
const roundingShare = 1.001;

/**
 * The daily dose that the directions allow, when it is over the usual most for an adult: "120 mg". Null when it is
 * not, or when it cannot be told. Dosages of one phase are taken together; of several phases the largest counts.
 */
export function doseOverMaximum(
  entry: LexiconEntry,
  strength: string,
  dosages: readonly Dosage[],
): string | null {
  const most = entry.maxDailyDose && amountOf(entry.maxDailyDose.value, entry.maxDailyDose.unit);
  if (!most) return null;
  const unit = strengthOf(strength);
  const phases = new Map<number, number>();
  for (const dosage of dosages) {
    const amount = dailyAmount(dosage, unit);
    if (amount?.unit !== most.unit) continue;
    const phase = dosage.sequence ?? 0;
    phases.set(phase, (phases.get(phase) ?? 0) + amount.value);
  }
  const largest = Math.max(0, ...phases.values());
  if (largest <= most.value * roundingShare) return null;
  // In the unit of the maximum, so that the two can be compared at a glance.
  const { unit: said } = entry.maxDailyDose ?? most;
  return `${Number((largest / (inMilligrams[said] ?? 1)).toPrecision(6))} ${said}`;
}
