import type { Review } from "../../../contract/medications.ts";
import type { Draft } from "./draft.ts";
import { ambiguous, conflict, type Frequency, type Part } from "./rules/parts.ts";

/** Hours in each unit of time; months and years are only compared, never added. */
const HOURS: Record<Frequency["periodUnit"], number> = {
  s: 1 / 3600,
  min: 1 / 60,
  h: 1,
  d: 24,
  wk: 168,
  mo: 730,
  a: 8760,
};
/** "twice daily" and "every 12 hours" are equal but for rounding. */
const SAME_HOURS = 0.01;
const GENERAL_MEALS = new Set(["C", "AC", "PC"]);
const MEALS_A_DAY = 3;
/** The meal of each part of the day: "every evening with supper" is one time, not two. */
const MEAL_OF: Record<string, string> = { MORN: "M", NOON: "D", AFT: "D", EVE: "V", NIGHT: "V" };

const hoursBetween = (one: Frequency) =>
  (HOURS[one.periodUnit] * one.period) / (one.frequency ?? one.frequencyMax ?? 1);

/** Adds how often to a draft: "twice daily (every 12 hours)" agrees with itself; "daily" adds nothing to more. */
export function addFrequency(draft: Draft, next: Frequency): Review[] {
  const now = draft.frequency;
  if (!now || (now.soft && !next.soft && now.periodUnit === next.periodUnit)) {
    draft.frequency = next;
    return [];
  }
  if (next.frequency === undefined && next.frequencyMax !== undefined && !now.soft) {
    // "every 4 hours up to 4 times a day": the second is a limit.
    const dose = { high: next.frequencyMax, unit: "dose", code: "{dose}" };
    draft.max = { dose, per: { value: next.period, unit: next.periodUnit } };
    return [];
  }
  if (next.soft && !now.soft && HOURS[next.periodUnit] >= HOURS[now.periodUnit]) return [];
  if (Math.abs(hoursBetween(now) - hoursBetween(next)) > SAME_HOURS) {
    delete draft.frequency;
    return [conflict("how often")];
  }
  if (now.soft) draft.frequency = next;
  return [];
}

/** Two names of one time of the day, the meal being the nearer: EVE and CV. */
function sameTime(a: string, b: string): string | undefined {
  if (MEAL_OF[a] && b.endsWith(MEAL_OF[a] ?? "")) return b;
  if (MEAL_OF[b] && a.endsWith(MEAL_OF[b] ?? "")) return a;
  return undefined;
}

/**
 * Adds times of the day to a draft. FHIR ties a Dosage to the union of its `when`, so only times that are listed
 * ("and", a comma) stand side by side; food beside a time ("at bedtime with food") goes to the instructions.
 */
export function addWhen(draft: Draft, part: Part & { kind: "when" }, joined: boolean): void {
  const { when, general, text } = part;
  if (when.includes("IMD")) {
    // R4 has no code for "at once".
    draft.count ??= 1;
    draft.instructions.push(text);
    return;
  }
  if (
    general &&
    (draft.clocks.length > 0 || (draft.when.length > 0 && !draft.when.includes(when[0] ?? "") && !joined))
  ) {
    draft.instructions.push(text);
    return;
  }
  if (part.offset) draft.offset = part.offset;
  for (const one of when) {
    const twin = joined ? undefined : draft.when.find((other) => sameTime(other, one));
    if (twin === undefined) {
      if (!draft.when.includes(one)) draft.when.push(one);
    } else draft.when = draft.when.map((other) => (other === twin ? (sameTime(other, one) ?? other) : other));
  }
}

/** Brings how often and the times of the day together: "daily in the morning and at bedtime" is twice a day. */
export function settleTimes(draft: Draft): Review[] {
  const { frequency } = draft;
  const named = draft.when.length + draft.clocks.length;
  if (!frequency || named < 2 || frequency.period !== 1 || frequency.periodUnit !== "d") return [];
  const others = draft.when.filter((one) => !GENERAL_MEALS.has(one)).length;
  if (others < draft.when.length) {
    // "three times daily before meals and at bedtime" may be three times or four.
    if (frequency.soft || frequency.frequency === MEALS_A_DAY + others) return [];
    return [ambiguous(`${frequency.frequency} times a day`, "it does not fit the times that are named")];
  }
  if (frequency.soft) draft.frequency = { ...frequency, frequency: named };
  else if (frequency.frequency !== named && frequency.frequencyMax === undefined)
    return [conflict("how often")];
  return [];
}
