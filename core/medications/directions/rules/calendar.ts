import type { Review } from "../../../../contract/medications.ts";
import type { Day } from "../vocabulary.ts";
import { numberAt } from "./amounts.ts";
import { ambiguous, part } from "./parts.ts";
import { has, lastOf, type Rule } from "./rule.ts";
import { isOne, meaning, phrase, printed, skip, type Words } from "./words.ts";

const MINUTES_AN_HOUR = 60;
/** 0800: four digits are a time of day where one is due. */
const MILITARY = /^([01]\d|2[0-3])([0-5]\d)$/;

type Clock = { minutes: number; sure: boolean; end: number };

/** "9:00", "8 am", "10:30 pm", "14.00", "0800". */
function clockAt(words: Words, at: number): Clock | undefined {
  const token = words.tokens[at];
  if (token?.kind !== "clock" && token?.kind !== "number") return undefined;
  const half = isOne(words, at + 1, "am") ? 0 : isOne(words, at + 1, "pm") ? 12 : undefined;
  const dotted = /^(\d{1,2})\.(\d\d)$/.exec(token.raw);
  const hours = skip(words, at + 1, "h", "hr", "hrs", "hours", "o'clock", "oclock");
  const twelve = (hour: number, minute: number): Clock | undefined =>
    half === undefined || hour < 1 || hour > 12
      ? undefined
      : { minutes: ((hour % 12) + half) * MINUTES_AN_HOUR + minute, sure: true, end: at + 2 };
  if (token.kind === "clock") {
    const hour = Math.floor(token.value / MINUTES_AN_HOUR);
    return twelve(hour, token.value % MINUTES_AN_HOUR) ?? { minutes: token.value, sure: true, end: hours };
  }
  if (dotted) {
    const [hour, minute] = [Number(dotted[1]), Number(dotted[2])];
    if (hour > 23 || minute > 59) return undefined;
    return twelve(hour, minute) ?? { minutes: hour * MINUTES_AN_HOUR + minute, sure: false, end: hours };
  }
  const military = MILITARY.exec(token.raw);
  if (military) {
    const minutes = Number(military[1]) * MINUTES_AN_HOUR + Number(military[2]);
    return { minutes, sure: hours > at + 1, end: hours };
  }
  return Number.isInteger(token.value) ? twelve(token.value, 0) : undefined;
}

/** "at 8 am and 8 pm". Without "at", "1 am" may be one in the morning: then a dose must have been read before. */
export const clockRule: Rule = (words, at, before) => {
  const start = skip(words, at, "at", "@", "around", "about", "between");
  const first = clockAt(words, start);
  if (!first || (start === at && !first.sure)) return undefined;
  const bareHour = start === at && words.tokens[start]?.kind === "number";
  if (bareHour && (!has(before, "dose", "frequency", "pattern") || lastOf(before)?.kind === "and"))
    return undefined;
  const minutes = [first.minutes];
  let end = first.end;
  for (;;) {
    const next = clockAt(words, skip(words, end, ",", "and", "&", "/", "at", "+"));
    if (!next || next.end === end) break;
    minutes.push(next.minutes);
    end = next.end;
  }
  return part(at, end, { kind: "clock", minutes });
};

const WEEK: readonly Day[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

function daysBetween(from: Day, to: Day): Day[] {
  const first = WEEK.indexOf(from);
  const length = (WEEK.indexOf(to) - first + WEEK.length) % WEEK.length;
  return Array.from({ length: length + 1 }, (_, step) => WEEK[(first + step) % WEEK.length] ?? from);
}

/** "on Monday, Wednesday and Friday", "mon-fri", "weekends". */
export const daysRule: Rule = (words, at) => {
  const except = skip(words, at, "except", "but", "not", "skip", "omit");
  let start = skip(words, except, "on", "only", "q", "every", "each", "the", "a", "for");
  const weekly = words.tokens.slice(at, start).some((token) => ["every", "each", "q"].includes(token.text));
  const others = ["other", "remaining"].find((word) =>
    isOne(words, skip(words, at, "on", "all", "the"), word),
  );
  const rest = skip(words, at, "on", "all", "the", "other", "remaining");
  if (others && isOne(words, rest, "days"))
    return part(at, rest + 1, { kind: "days", days: [], others: true, weekly: false });
  const days: Day[] = [];
  let end = at;
  for (;;) {
    const group = phrase(words, start, "days");
    const one = phrase(words, start, "day");
    if (group) {
      days.push(...group.meaning.days);
      end = group.end;
    } else if (one) {
      const to = isOne(words, one.end, "-", "to", "through", "thru")
        ? phrase(words, one.end + 1, "day")
        : undefined;
      days.push(...(to ? daysBetween(one.meaning.day, to.meaning.day) : [one.meaning.day]));
      end = to?.end ?? one.end;
    } else break;
    start = skip(words, end, ",", "and", "&", "/", "+", "on", "-", "or");
  }
  if (days.length === 0) return undefined;
  const meant = except > at ? WEEK.filter((day) => !days.includes(day)) : days;
  return part(at, end, { kind: "days", days: meant, weekly });
};

/** "days 25", "day 79": a dash between two figures that rise is easily lost, and days 2 to 5 are four. */
function mayBeRange(said: string): Review[] {
  const [, first, second] = /^\w+ ?(\d)(\d)$/.exec(said) ?? [];
  return first !== undefined && Number(second) > Number(first)
    ? [ambiguous(said, `it may be ${first} to ${second}`)]
    : [];
}

/** "day 1", "on days 2 to 5", "for the first 7 days", "week 1", "today". */
export const phaseRule: Rule = (words, at) => {
  const start = skip(words, at, "on", "for", "from", "the", "during");
  if (isOne(words, start, "today")) return part(at, start + 1, { kind: "phase", unit: "d", from: 1, to: 1 });
  if (isOne(words, start, "first")) {
    const amount = numberAt(words, start + 1);
    const unit = phrase(words, amount?.end ?? start + 1, "period");
    if (!unit || !["d", "wk", "mo"].includes(unit.meaning.unit)) return undefined;
    return part(at, unit.end, { kind: "phase", unit: unit.meaning.unit, from: 1, to: amount?.value ?? 1 });
  }
  if (!isOne(words, start, "day", "days", "week", "weeks", "month", "months")) return undefined;
  const unit = meaning(words, start, "period")?.unit ?? "d";
  const amount = numberAt(words, start + 1);
  if (!amount || !Number.isInteger(amount.value) || amount.value < 1) return undefined;
  const last = isOne(words, amount.end, "-", "to", "through", "thru", "and", "&")
    ? numberAt(words, skip(words, amount.end + 1, "day", "days", "week"))
    : undefined;
  const to = last && last.value > amount.value ? last : amount;
  const content = { kind: "phase", unit, from: amount.value, to: to.value } as const;
  return part(at, skip(words, to.end, ":"), content, mayBeRange(printed(words, start, to.end)));
};
