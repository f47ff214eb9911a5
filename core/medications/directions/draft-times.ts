import type { Review } from "../../../contract/medications.ts";
import type { Draft } from "./draft.ts";
import { ambiguous, conflict, type Frequency, type Part } from "./rules/parts.ts";
import { TIME_NAMES } from "./time-names.ts";

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
/** Before, after or with one of the meals. */
const MEAL = /^(C|AC|PC)[MDV]$/;
const GENERAL_MEALS = new Set(["C", "AC", "PC"]);
const MEALS_A_DAY = 3;
/** The meal of each part of the day: "every evening with supper" is one time, not two. */
const MEAL_OF: Record<string, string> = { MORN: "M", NOON: "D", AFT: "D", EVE: "V", NIGHT: "V" };
/** The wide name of a time that has a nearer one: "each night at bedtime". */
const WIDER: Record<string, readonly string[]> = {
  HS: ["NIGHT", "EVE"],
  NIGHT: ["EVE"],
  WAKE: ["MORN"],
  "MORN.early": ["MORN"],
  "MORN.late": ["MORN"],
};
/** Hours of the clock that each part of the day and each meal may be; night runs past midnight. */
const CLOCK_HOURS: Record<string, readonly [number, number]> = {
  MORN: [4, 12],
  M: [5, 11],
  WAKE: [4, 11],
  NOON: [11, 14],
  D: [11, 15],
  AFT: [12, 18],
  EVE: [16, 22],
  V: [16, 22],
  NIGHT: [18, 28],
  HS: [19, 28],
};

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

/** Of two names of one time of the day the nearer: of EVE and CV, CV. */
function nearer(a: string, b: string): string | undefined {
  const isNearer = (one: string, wide: string) =>
    WIDER[one]?.includes(wide) === true ||
    (MEAL_OF[wide] !== undefined && MEAL.test(one) && one.endsWith(MEAL_OF[wide]));
  if (a === b || isNearer(a, b)) return a;
  return isNearer(b, a) ? b : undefined;
}

/** Adds times of the day; two names of one time, unless they are listed, are one. */
export function addTimes(draft: Draft, when: readonly string[], joined: boolean): void {
  for (const one of when) {
    const twin = draft.when.findIndex((other) => (joined ? other === one : nearer(other, one) !== undefined));
    if (twin < 0) draft.when.push(one);
    else draft.when[twin] = nearer(draft.when[twin] ?? one, one) ?? one;
  }
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
  addTimes(draft, when, joined);
}

/** Is a time of the day what one of the clock times says: "every evening at 6 pm"? */
function saidByClock(one: string, clocks: readonly number[]): boolean {
  const hours = CLOCK_HOURS[one] ?? CLOCK_HOURS[one.slice(-1)];
  if (!hours) return true;
  return clocks.some((minutes) =>
    [minutes / 60, minutes / 60 + 24].some((hour) => hour >= hours[0] && hour < hours[1]),
  );
}

/**
 * FHIR allows clock times or times of the day in one Dosage, not both (rule tim-10): those that the clock does not
 * say ("at 8 am and at bedtime") get a draft of their own.
 */
export function partedByClock(draft: Draft): Draft[] {
  if (draft.clocks.length === 0 || draft.when.length === 0) return [draft];
  const left = draft.when.filter((one) => !saidByClock(one, draft.clocks));
  const meals = draft.when
    .filter((one) => !left.includes(one) && MEAL.test(one))
    .map((one) => TIME_NAMES[one] ?? one);
  const clocked = { ...draft, when: [], instructions: [...draft.instructions, ...meals] };
  if (left.length === 0) return [clocked];
  return [clocked, { ...draft, clocks: [], when: left }];
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
