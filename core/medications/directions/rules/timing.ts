import type { Review } from "../../../../contract/medications.ts";
import type { UnitOfTime } from "../vocabulary.ts";
import { type Amount, amountAt, numberAt } from "./amounts.ts";
import { ambiguous, type Frequency, type Part, part, unsafeAbbreviation } from "./parts.ts";
import type { Rule } from "./rule.ts";
import { isOne, meaning, phrase, printed, skip, textAt, type Words } from "./words.ts";

const MINUTES_AN_HOUR = 60;

type Times = { frequency?: number; frequencyMax?: number; end: number; doubts: Review[] };
type Every = { period: number; periodMax?: number; periodUnit: UnitOfTime; end: number; doubts: Review[] };

const whole = (amount: Amount) =>
  Number.isInteger(amount.low) &&
  amount.low > 0 &&
  (amount.high === undefined || Number.isInteger(amount.high));

/** "twice", "3 times", "2 to 3 times", "3x", "up to 4 times". */
function timesAt(words: Words, at: number): Times | undefined {
  const upTo = phrase(words, at, "up to");
  const start = upTo?.end ?? at;
  const spoken = phrase(words, start, "times");
  const counted = (amount: Amount, end: number): Times => {
    const most = amount.high ?? amount.low;
    if (upTo) return { frequencyMax: most, end, doubts: amount.doubts };
    return {
      frequency: amount.low,
      ...(amount.high ? { frequencyMax: amount.high } : {}),
      end,
      doubts: amount.doubts,
    };
  };
  if (spoken) {
    const again = isOne(words, spoken.end, "(") ? numberAt(words, spoken.end + 1) : undefined;
    const closed = again?.value === spoken.meaning.value && isOne(words, again.end, ")");
    const value: Amount = { low: spoken.meaning.value, end: closed ? again.end + 1 : spoken.end, doubts: [] };
    // "once or twice", "once to three times"
    const next = isOne(words, value.end, "or", "to", "-") ? phrase(words, value.end + 1, "times") : undefined;
    if (next && next.meaning.value > value.low)
      return counted({ ...value, high: next.meaning.value }, next.end);
    return counted(value, value.end);
  }
  if (isOne(words, start, "x")) {
    const after = amountAt(words, start + 1);
    return after && whole(after) ? counted(after, skip(words, after.end, "times", "time")) : undefined;
  }
  const amount = amountAt(words, start);
  if (!amount || !whole(amount) || !isOne(words, amount.end, "times", "time", "x", "doses")) return undefined;
  return counted(amount, amount.end + 1);
}

/** "daily", "a day", "per week", "/day", "in 24 hours", "every 2 weeks". */
export function perAt(words: Words, at: number): Every | undefined {
  const soft = phrase(words, at, "frequency");
  if (soft?.meaning.soft)
    return { period: soft.meaning.period, periodUnit: soft.meaning.periodUnit, end: soft.end, doubts: [] };
  const adverb = meaning(words, at, "period");
  if (adverb && isOne(words, at, "daily", "weekly", "monthly", "hourly"))
    return { period: 1, periodUnit: adverb.unit, end: at + 1, doubts: [] };
  if (!isOne(words, at, "a", "an", "per", "each", "every", "/", "in", "within")) return undefined;
  const start = skip(words, at + 1, "a", "any", "each", "every");
  const amount = numberAt(words, start);
  const unit = phrase(words, amount?.end ?? start, "period");
  if (!unit) return undefined;
  const end = skip(words, unit.end, "period");
  return { period: amount?.value ?? 1, periodUnit: unit.meaning.unit, end, doubts: amount?.doubts ?? [] };
}

/** "every 4 to 6 hours", "q6h", "each third day", "4 hourly". */
function everyAt(words: Words, at: number): Every | undefined {
  const every = phrase(words, at, "every");
  const start = every ? skip(words, every.end, "-") : at;
  const unitAfter = (next: number) => phrase(words, skip(words, next, "-"), "period");
  const ordinal = every && phrase(words, start, "ordinal");
  if (ordinal) {
    const unit = unitAfter(ordinal.end);
    if (unit)
      return { period: ordinal.meaning.value, periodUnit: unit.meaning.unit, end: unit.end, doubts: [] };
  }
  const amount = amountAt(words, start);
  const unit = unitAfter(amount?.end ?? start);
  if (!unit) return undefined;
  // "4 hourly" needs no "every"; "4 hours" alone is no frequency.
  if (!every && (!amount || textAt(words, unit.end - 1) !== "hourly")) return undefined;
  const range = amount?.high === undefined ? {} : { periodMax: amount.high };
  const doubts = [
    ...(amount?.doubts ?? []),
    ...unsafeAbbreviation(printed(words, at, unit.end), unit.meaning.warn),
  ];
  return { period: amount?.low ?? 1, ...range, periodUnit: unit.meaning.unit, end: unit.end, doubts };
}

/** Hours between doses beyond a week are days, or lost their dash: "Q812H". */
const MOST_HOURS = 168;

function tooSeldom({ period, periodUnit }: Every, said: string): Review[] {
  return periodUnit === "h" && period > MOST_HOURS ? [ambiguous(said, "a dash may be missing")] : [];
}

/** "every half hour" is said in minutes: FHIR's tools expect whole periods. */
function inWholePeriods(every: Every): Frequency {
  const { period, periodMax, periodUnit } = every;
  const minutes = periodUnit === "h" && !(Number.isInteger(period) && Number.isInteger(periodMax ?? 1));
  const factor = minutes ? MINUTES_AN_HOUR : 1;
  return {
    period: period * factor,
    ...(periodMax === undefined ? {} : { periodMax: periodMax * factor }),
    periodUnit: minutes ? "min" : periodUnit,
  };
}

/** "every other night". */
function alternateAt(words: Words, at: number): Part | undefined {
  const every = phrase(words, at, "every");
  const ordinal = every && phrase(words, every.end, "ordinal");
  const time = ordinal && phrase(words, ordinal.end, "time");
  if (!time) return undefined;
  const frequency: Frequency = { frequency: 1, period: ordinal.meaning.value, periodUnit: "d" };
  return part(at, time.end, { kind: "frequency", frequency, when: time.meaning.when });
}

export const frequencyRule: Rule = (words, at) => {
  const coded = phrase(words, at, "frequency");
  const times = timesAt(words, at);
  const doses = times !== undefined && isOne(words, times.end - 1, "doses");
  // "four doses every four hours" is a dose and an interval.
  const per =
    times && !(doses && isOne(words, times.end, "every", "each")) ? perAt(words, times.end) : undefined;
  const alternate = alternateAt(words, at);
  if (alternate) return alternate;
  const every = everyAt(words, at);
  const longest = Math.max(coded?.end ?? 0, per?.end ?? 0, every?.end ?? 0);
  if (longest === 0) return undefined;
  if (coded && coded.end === longest) {
    const { frequency, period, periodUnit, when, soft, warn } = coded.meaning;
    const content = { frequency, period, periodUnit, ...(soft ? { soft } : {}) };
    const doubts = unsafeAbbreviation(printed(words, at, coded.end), warn);
    const total = soft && isOne(words, at, "a", "per") ? { total: printed(words, at, coded.end) } : {};
    return part(
      at,
      coded.end,
      { kind: "frequency", frequency: content, ...(when ? { when } : {}), ...total },
      doubts,
    );
  }
  if (times && per && per.end === longest) {
    const { end: _, doubts, ...count } = times;
    const frequency = { ...count, ...inWholePeriods(per) };
    return part(at, per.end, { kind: "frequency", frequency }, [...doubts, ...per.doubts]);
  }
  if (!every) return undefined;
  return part(at, every.end, { kind: "frequency", frequency: { frequency: 1, ...inWholePeriods(every) } }, [
    ...every.doubts,
    ...tooSeldom(every, printed(words, at, every.end)),
  ]);
};

/** "3/day", "5 a day": how often, or how many in all. What stands before decides. */
export const rateRule: Rule = (words, at) => {
  const amount = numberAt(words, at);
  if (!amount || !Number.isInteger(amount.value) || amount.value < 1) return undefined;
  if (!isOne(words, amount.end, "/", "a", "per", "each")) return undefined;
  const per = perAt(words, amount.end);
  if (!per) return undefined;
  const frequency = { frequency: amount.value, ...inWholePeriods(per) };
  return part(at, per.end, { kind: "rate", amount: amount.value, frequency }, amount.doubts);
};

/** "in 3 divided doses": the amount before it is for the whole day. */
export const dividedRule: Rule = (words, at) => {
  const start = skip(words, at, "in", "into", "divided", "split", "given", "by");
  const amount = amountAt(words, start);
  const next = skip(words, amount?.end ?? start, "divided", "equal", "equally");
  const said = [...Array(next - at).keys()].some((index) =>
    isOne(words, at + index, "divided", "split", "equally"),
  );
  if (!said || (!isOne(words, next, "doses") && !amount)) return undefined;
  const end = skip(words, next, "doses");
  const frequency: Frequency | undefined = amount && { frequency: amount.low, period: 1, periodUnit: "d" };
  const doubt = {
    code: "directions_daily_total",
    message: "The amount in the directions is for the whole day, to be divided. Work out each dose.",
  };
  return part(at, end, { kind: "divided", ...(frequency ? { frequency } : {}) }, [doubt]);
};

const LIST_MARKS = ["and", ",", "&", "+", "/", "or"];
const BEFORE_TIME = ["in", "the", "at", "every", "each", "q", "your", "upon", "@", "before"];

/** "at bedtime", "every morning", "upon waking". */
const partOfDayRule: Rule = (words, at) => {
  let start = at;
  while (!phrase(words, start, "time") && isOne(words, start, ...BEFORE_TIME)) start++;
  const found = phrase(words, start, "time");
  if (!found) return undefined;
  const lead = words.tokens.slice(at, start).map((token) => token.text);
  // "before noon" is no time; "before bed" is a phrase of its own.
  if (lead.includes("before")) return undefined;
  const each = lead.some((word) => ["every", "each", "q"].includes(word));
  const text = printed(words, at, found.end);
  if (!each) return part(at, found.end, { kind: "when", when: [found.meaning.when], general: false, text });
  const frequency: Frequency = { frequency: 1, period: 1, periodUnit: "d", soft: true };
  return part(at, found.end, { kind: "frequency", frequency, when: found.meaning.when });
};

/** "before breakfast and dinner", "30 minutes before meals", "with food", "breakfast". */
const mealRule: Rule = (words, at) => {
  let start = skip(words, at, "at", "least", "take", "about");
  if (start > at && !numberAt(words, start)) start = at;
  const lead = amountAt(words, start);
  const leadUnit = lead && phrase(words, lead.end, "period");
  const inMinutes = leadUnit && (leadUnit.meaning.unit === "min" || leadUnit.meaning.unit === "h");
  const sideAt = inMinutes ? leadUnit.end : at;
  const side = phrase(words, sideAt, "meal side");
  if (inMinutes && !side) return undefined;
  const meals: string[] = [];
  let end = side ? skip(words, side.end, "each", "every", "the", "your", "a", "any", "all") : at;
  for (let found = phrase(words, end, "meal"); found; ) {
    meals.push(found.meaning.meal);
    end = found.end;
    let next = end;
    while (isOne(words, next, ...LIST_MARKS, "with", "the", "at")) {
      if (isOne(words, next, "with", "at") && side?.meaning.side !== "C") break;
      next++;
    }
    found = phrase(words, next, "meal");
  }
  if (meals.length === 0) return undefined;
  // "breakfast lunch ac": the side comes last
  const after = side ? undefined : phrase(words, end, "meal side");
  const late = after && isOne(words, end, "ac", "pc") ? after : undefined;
  const code = (side ?? late)?.meaning.side ?? "C";
  const when = [...new Set(meals.map((meal) => code + meal))];
  const minutes = inMinutes ? lead.low * (leadUnit.meaning.unit === "h" ? MINUTES_AN_HOUR : 1) : undefined;
  const last = late?.end ?? end;
  // An offset is one number: "30 to 60 minutes before breakfast" stays in words.
  if (lead?.high !== undefined && inMinutes)
    return part(at, last, { kind: "instruction", text: printed(words, at, last) });
  return part(at, last, {
    kind: "when",
    when,
    general: meals.every((meal) => meal === ""),
    text: printed(words, at, last),
    ...(minutes && code !== "C" ? { offset: minutes } : {}),
  });
};

const mealCodeRule: Rule = (words, at) => {
  const found = phrase(words, at, "meal code");
  if (!found) return undefined;
  const general =
    found.meaning.when.length === 1 &&
    (found.meaning.when[0]?.length ?? 0) < 3 &&
    found.meaning.when[0] !== "HS";
  const text = printed(words, at, found.end);
  const doubts = unsafeAbbreviation(printed(words, at, found.end), found.meaning.warn);
  return part(at, found.end, { kind: "when", when: found.meaning.when, general, text }, doubts);
};

export const whenRules: readonly Rule[] = [mealRule, mealCodeRule, partOfDayRule];

/** "3 doses a day" printed without a dose before it says how often. */
export const strayTimesRule: Rule = (words, at) => {
  const times = timesAt(words, at);
  if (!times || isOne(words, at, "x") || times.frequency === undefined || times.frequency < 2)
    return undefined;
  const raw = printed(words, at, times.end);
  const doubt = ambiguous(raw, "it does not say in what time");
  return part(at, times.end, { kind: "count", count: times.frequency, bare: false }, [doubt]);
};
