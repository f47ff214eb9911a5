import type { Review } from "../../../../contract/medications.ts";
import type { Meaning } from "../vocabulary.ts";
import { amountAt, numberAt } from "./amounts.ts";
import { ambiguous, type DoseAmount, part, unsafeAbbreviation } from "./parts.ts";
import { has, lastOf, type Rule } from "./rule.ts";
import { perAt } from "./timing.ts";
import { isOne, meaning, phrase, printed, skip, textAt, type Words } from "./words.ts";

/** Nobody takes more pieces than this at once; a larger bare number is something else. */
const MOST_PIECES = 10;
/** No label directs more doses a day than this ("1x3": one, three times a day). */
const MOST_TIMES = 12;
/** Parts of the day of a pattern such as 1-0-1, by its length. */
const PATTERN_TIMES: Record<number, string[]> = {
  3: ["MORN", "NOON", "EVE"],
  4: ["MORN", "NOON", "EVE", "NIGHT"],
};

const LONGEST_PATTERN = 4;

type Unit = { dose: DoseAmount; end: number; doubts: Review[] };

export const unitOf = (found: Meaning<"unit">): DoseAmount => ({
  unit: found.unit,
  code: found.code,
  measure: found.measure === true,
  ...(found.route ? { route: found.route } : {}),
});

/** The unit of a dose: "tablets", "mL", "5 mL spoonful" (then the amount is in mL). */
function unitAt(words: Words, at: number): Unit | undefined {
  const spoon = phrase(words, at, "spoonful");
  const found = phrase(words, at, "unit");
  if (spoon && (!found || spoon.end > found.end)) return undefined;
  if (!found) return undefined;
  const perDose = skip(words, found.end, "/");
  const end = isOne(words, perDose, "dose") && perDose > found.end ? perDose + 1 : found.end;
  return {
    dose: unitOf(found.meaning),
    end,
    doubts: unsafeAbbreviation(printed(words, at, found.end), found.meaning.warn),
  };
}

/** "total" after a unit changes nothing. */
const afterUnit = (words: Words, at: number) => skip(words, at, "total");

/** "a new patch", "1 full applicator": the words between the amount and the unit. */
const toUnit = (words: Words, at: number) => skip(words, at, "new", "whole", "full");

/** "x 5 mL spoonful", "500 mg tablets": a size after the count. */
function sizedUnitAt(words: Words, at: number): (Unit & { size: DoseAmount }) | undefined {
  const start = skip(words, at, "x", "of");
  const size = numberAt(words, start);
  if (!size) return undefined;
  const measure = unitAt(words, size.end);
  if (!measure?.dose.measure) return undefined;
  const sized: DoseAmount = { ...measure.dose, low: size.value };
  const dash = skip(words, measure.end, "-");
  const spoon = phrase(words, dash, "spoonful");
  const doubts = [...size.doubts, ...measure.doubts];
  if (spoon) return { dose: measure.dose, size: sized, end: spoon.end, doubts };
  const piece = unitAt(words, dash);
  if (piece && !piece.dose.measure) return { dose: piece.dose, size: sized, end: piece.end, doubts };
  return start > at && isOne(words, at, "x")
    ? { dose: measure.dose, size: sized, end: measure.end, doubts }
    : undefined;
}

const times = (value: number | undefined, factor: number) =>
  value === undefined ? undefined : value * factor;

const withAmounts = (dose: DoseAmount, low: number | undefined, high: number | undefined): DoseAmount => ({
  ...dose,
  ...(low === undefined ? {} : { low }),
  ...(high === undefined ? {} : { high }),
});

/** "to 5 mL" behind "2.5 mL": the most of a range whose unit is printed twice. */
function mostBehind(words: Words, unit: Unit): { high: number; end: number } | undefined {
  const joint = skip(words, unit.end, "to", "-");
  const most = joint > unit.end ? numberAt(words, joint) : undefined;
  const again = most && unitAt(words, most.end);
  return most && again?.dose.unit === unit.dose.unit && most.doubts.length === 0
    ? { high: most.value, end: again?.end ?? most.end }
    : undefined;
}

/** "2 tablets", "1 to 2 puffs", "half a tablet", "one 5 mL spoonful", "up to 2 tablets", "a tablet". */
export const doseRule: Rule = (words, at, before) => {
  const upTo = phrase(words, at, "up to");
  const start = upTo?.end ?? at;
  if (isOne(words, start, "a", "an") && !upTo) {
    const one = unitAt(words, toUnit(words, start + 1));
    if (!one || one.dose.measure) return undefined;
    const said = printed(words, at, one.end);
    // "A TABLETS": a 4 looks like an A.
    const doubts = /s$/i.test(said) ? [ambiguous(said, "the first letter may be a figure")] : [];
    return part(at, one.end, { kind: "dose", dose: { ...one.dose, low: 1 } }, [...one.doubts, ...doubts]);
  }
  const amount = amountAt(words, start);
  if (!amount || amount.low <= 0) return undefined;
  const bounds = (factor: number): [number | undefined, number | undefined] =>
    upTo
      ? [undefined, (amount.high ?? amount.low) * factor]
      : [amount.low * factor, times(amount.high, factor)];
  const sized = sizedUnitAt(words, amount.end);
  if (sized) {
    const factor = sized.dose.measure ? (sized.size.low ?? 1) : 1;
    const dose = withAmounts(sized.dose, ...bounds(factor));
    return part(at, afterUnit(words, sized.end), { kind: "dose", dose }, [...amount.doubts, ...sized.doubts]);
  }
  const hyphen = textAt(words, amount.end) === "-" ? amount.end + 1 : amount.end;
  const unit = unitAt(words, amount.end) ?? unitAt(words, hyphen) ?? unitAt(words, toUnit(words, amount.end));
  if (!unit) return undefined;
  const spoon = unit.dose.measure ? phrase(words, unit.end, "spoonful") : undefined;
  // "up to 3 doses" after a dose counts how often it is given.
  if (upTo && unit.dose.unit === "dose" && has(before, "dose")) return undefined;
  const most = upTo || amount.high !== undefined ? undefined : mostBehind(words, unit);
  if (most && most.high > amount.low) {
    const range = withAmounts(unit.dose, amount.low, most.high);
    return part(at, most.end, { kind: "dose", dose: range }, [...amount.doubts, ...unit.doubts]);
  }
  const dose = withAmounts(unit.dose, ...bounds(1));
  return part(at, afterUnit(words, spoon?.end ?? unit.end), { kind: "dose", dose }, [
    ...amount.doubts,
    ...unit.doubts,
  ]);
};

/** "one" in "Take one twice a day": a number where a dose is due, its unit not printed. */
export const bareDoseRule: Rule = (words, at, before) => {
  const upTo = phrase(words, at, "up to");
  const amount = amountAt(words, upTo?.end ?? at);
  if (!amount || amount.low <= 0 || (amount.high ?? amount.low) > MOST_PIECES) return undefined;
  const last = lastOf(before);
  if (phrase(words, amount.end, "period") && !isOne(words, amount.end, "daily", "weekly", "monthly"))
    return undefined;
  const due =
    !last ||
    ["verb", "then", "and", "sentence", "phase", "asNeeded", "when", "instruction"].includes(last.kind);
  if (!due) return undefined;
  const dose = upTo ? { high: amount.high ?? amount.low } : withAmounts({}, amount.low, amount.high);
  // 1xHS: the sign for times before a time of the day.
  const timed = isOne(words, amount.end, "x") && phrase(words, amount.end + 1, "time");
  return part(at, timed ? amount.end + 1 : amount.end, { kind: "dose", dose }, amount.doubts);
};

/** "(500 mg)", "(500 mg total)", "= 500 mg" after a dose: the same dose said again. */
export const restatedRule: Rule = (words, at, before) => {
  if (!has(before, "dose", "named", "thing")) return undefined;
  const open = isOne(words, at, "(", "[", "=");
  if (!open) return undefined;
  const inner = doseRule(words, skip(words, at + 1, "total", "=", "dose", "of"), before);
  if (inner?.kind !== "dose") return undefined;
  const end = skip(words, inner.end, "total", "dose", "per", "in");
  if (isOne(words, at, "="))
    return part(at, end, { kind: "dose", dose: inner.dose, restated: true }, inner.doubts);
  if (!isOne(words, end, ")", "]")) return undefined;
  return part(at, end + 1, { kind: "dose", dose: inner.dose, restated: true }, inner.doubts);
};

/** 1-0-1: so many in the morning, at noon, in the evening (and at night). */
export const patternRule: Rule = (words, at) => {
  const values: number[] = [];
  let end = at;
  for (let number = numberAt(words, at); number; number = numberAt(words, end + 1)) {
    values.push(number.value);
    end = number.end;
    if (!isOne(words, end, "-") || values.length > LONGEST_PATTERN) break;
  }
  const when = PATTERN_TIMES[values.length];
  if (!when || values.some((value) => value > MOST_TIMES) || values.every((value) => value === 0))
    return undefined;
  const doses = values
    .map((value, index) => ({ when: when[index] ?? "MORN", value }))
    .filter((dose) => dose.value > 0);
  return part(at, end, { kind: "pattern", doses });
};

/** 1x3: one, three times a day. Followed by a unit (1 x 2 tablets) it may as well be two tablets once. */
export const timesRule: Rule = (words, at) => {
  const dose = numberAt(words, at);
  if (!dose || !isOne(words, dose.end, "x")) return undefined;
  const count = numberAt(words, dose.end + 1);
  if (!count || !Number.isInteger(count.value) || count.value < 1 || count.value > MOST_TIMES)
    return undefined;
  const per = perAt(words, count.end);
  if (meaning(words, count.end, "period") && !per) return undefined;
  const unit = unitAt(words, count.end);
  const end = unit?.end ?? per?.end ?? count.end;
  const doubts = unit
    ? [ambiguous(printed(words, at, end), "it may mean how many at once, or how many times a day")]
    : [];
  return part(
    at,
    end,
    {
      kind: "frequency",
      frequency: { frequency: count.value, period: per?.period ?? 1, periodUnit: per?.periodUnit ?? "d" },
      dose: { ...unit?.dose, low: dose.value },
    },
    [...dose.doubts, ...count.doubts, ...doubts],
  );
};

/** A thing named without an amount: "apply cream", "insert suppository", "of the ointment". */
export const thingRule: Rule = (words, at) => {
  const unit = phrase(words, at, "unit");
  // A code of one letter is a unit after a number only.
  if (unit && !unit.meaning.measure && textAt(words, unit.end - 1).length > 1) {
    // "take on tablet", "take to tablets": one or two, misread.
    const raw = printed(words, at - 1, unit.end);
    const doubts =
      at > 0 && isOne(words, at - 1, "on", "to", "an") ? [ambiguous(raw, "a number may be misread")] : [];
    return part(at, unit.end, { kind: "thing", unit: unitOf(unit.meaning) }, doubts);
  }
  const form = phrase(words, at, "form");
  const route = form?.meaning.route;
  return form && part(at, form.end, { kind: "thing", ...(route ? { route } : {}) });
};

/** "a thin layer", "sparingly": an amount without a number. */
export const vagueAmountRule: Rule = (words, at) => {
  const found = phrase(words, at, "vague amount");
  return found && part(at, found.end, { kind: "instruction", text: printed(words, at, found.end) });
};
