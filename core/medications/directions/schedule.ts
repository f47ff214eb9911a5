import type { Draft } from "./draft.ts";
import type { Frequency } from "./rules/parts.ts";
import { TIME_NAMES } from "./time-names.ts";
import { UNIT_NAMES, type UnitOfTime } from "./vocabulary.ts";

const TIMES = ["", "once", "twice", "three times", "four times", "five times", "six times"];
const ADVERBS: Partial<Record<UnitOfTime, string>> = {
  d: "daily",
  wk: "a week",
  mo: "a month",
  a: "a year",
  h: "an hour",
};
/** Times of day that read better with "every" in front: "Every morning". */
const EVERY: Record<string, string> = {
  MORN: "every morning",
  EVE: "every evening",
  NIGHT: "every night",
  AFT: "every afternoon",
  NOON: "every day at noon",
  HS: "every night at bedtime",
};
const DAY_NAMES: Record<string, string> = {
  mon: "Monday",
  tue: "Tuesday",
  wed: "Wednesday",
  thu: "Thursday",
  fri: "Friday",
  sat: "Saturday",
  sun: "Sunday",
};
const ORDINALS: Record<number, string> = { 2: "other" };
const NOON_MINUTES = 12 * 60;

const list = (items: readonly string[]) =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;

const plural = (value: number | string, unit: string) => `${value} ${unit}${value === 1 ? "" : "s"}`;

const timesInWords = (count: number) => TIMES[count] ?? `${count} times`;

function frequencyInWords(one: Frequency): string {
  const { frequency, frequencyMax, period, periodMax, periodUnit } = one;
  const unit = UNIT_NAMES[periodUnit];
  const adverb = period === 1 ? (ADVERBS[periodUnit] ?? `a ${unit}`) : `in ${plural(period, unit)}`;
  if (frequency === undefined && frequencyMax !== undefined)
    return `up to ${timesInWords(frequencyMax)} ${adverb}`;
  if (frequency !== undefined && frequencyMax !== undefined)
    return `${frequency} to ${frequencyMax} times ${adverb}`;
  if (frequency === 1) {
    if (periodMax !== undefined) return `every ${period} to ${periodMax} ${unit}s`;
    if (period === 1 && periodUnit === "d") return "once daily";
    if (period === 1 && periodUnit !== "h" && periodUnit !== "min") return `once ${adverb}`;
    if (period === 1) return `every ${unit}`;
    return ORDINALS[period] && ["d", "wk", "mo"].includes(periodUnit)
      ? `every ${ORDINALS[period]} ${unit}`
      : `every ${period} ${unit}s`;
  }
  return `${timesInWords(frequency ?? 1)} ${adverb}`;
}

const clockInWords = (minutes: number) => {
  const hour = Math.floor(minutes / 60) % 12 || 12;
  const minute = minutes % 60 === 0 ? "" : `:${String(minutes % 60).padStart(2, "0")}`;
  return `${hour}${minute} ${minutes >= NOON_MINUTES ? "pm" : "am"}`;
};

function timesOfDayInWords(draft: Draft): string {
  const lead = draft.offset
    ? draft.offset % 60 === 0
      ? `${plural(draft.offset / 60, "hour")} `
      : `${draft.offset} minutes `
    : "";
  if (draft.clocks.length > 0) return `at ${list(draft.clocks.map(clockInWords))}`;
  // "Twice daily" with food: the food stays with the instructions.
  if (draft.frequency && draft.when.every((one) => one === "C")) return "";
  return draft.when.length > 0 ? lead + list(draft.when.map((one) => TIME_NAMES[one] ?? one)) : "";
}

/** A draft's times without its dose: "twice daily with meals". */
function timesInDraft(draft: Draft): string {
  const { frequency, when, days } = draft;
  const only = when.length === 1 && draft.clocks.length === 0 ? EVERY[when[0] ?? ""] : undefined;
  const onlyDaily = frequency?.frequency === 1 && frequency.period === 1 && frequency.periodUnit === "d";
  const onDays = days.length > 0 ? `on ${list(days.map((day) => DAY_NAMES[day] ?? day))}` : "";
  const parts =
    only && onlyDaily
      ? [only, onDays]
      : [frequency ? frequencyInWords(frequency) : "", timesOfDayInWords(draft), onDays];
  const { count, countMax } = draft;
  const counted =
    count === undefined
      ? ""
      : countMax !== undefined
        ? `up to ${countMax} doses`
        : count === 1
          ? draft.instructions.some((one) => /stat|now|immediately|once|away|asap/i.test(one))
            ? "once, now"
            : "one dose only"
          : `for ${count} doses`;
  return [...parts, counted].filter((one) => one !== "").join(" ");
}

function needInWords(draft: Draft): string {
  if (draft.reason) return `as needed for ${draft.reason}`;
  return draft.asNeeded ? "as needed" : "";
}

function boundsInWords(draft: Draft): string {
  const { bounds } = draft;
  if (!bounds) return "";
  const { low, high, unit } = bounds;
  if (low === undefined) return `for up to ${plural(high ?? 0, UNIT_NAMES[unit])}`;
  return high === undefined
    ? `for ${plural(low, UNIT_NAMES[unit])}`
    : `for ${low} to ${high} ${UNIT_NAMES[unit]}s`;
}

/** Units that are words, and so have a plural; mg and mL have none. */
const SPELLED = /[a-z]{4,}$/;

const pluralOf = (unit: string) =>
  /(ch|sh|s|x)$/.test(unit) ? `${unit}es` : unit.endsWith("ry") ? `${unit.slice(0, -1)}ies` : `${unit}s`;

function doseInWords(draft: Draft): string {
  const { dose } = draft;
  if (!dose) return "";
  const amount = [dose.low, dose.high].filter((value) => value !== undefined).join(" to ");
  const unit = dose.unit ?? "";
  const many = dose.high !== undefined || (dose.low ?? 0) > 1;
  return `${amount} ${many && SPELLED.test(unit) ? pluralOf(unit) : unit}`.trim();
}

/**
 * When and how often, in plain words: "Every 4 to 6 hours as needed for pain"; "" when it is not said. Where several
 * doses differ, each is named with its time.
 */
export function scheduleInWords(drafts: readonly Draft[]): string {
  const several = drafts.length > 1;
  const places = new Set(drafts.map((draft) => draft.site?.site));
  const each = drafts.map((draft) => {
    const times = [timesInDraft(draft), needInWords(draft)].filter((one) => one !== "").join(" ");
    if (!several) return times;
    const place =
      places.size > 1 && draft.site ? `${draft.site.organ === "skin" ? "on" : "in"} ${draft.site.site}` : "";
    return [doseInWords(draft), place, times, boundsInWords(draft)].filter((one) => one !== "").join(" ");
  });
  let words = "";
  for (const [index, one] of each.entries()) {
    if (one === "") continue;
    const joint = words === "" ? "" : drafts[index]?.phase === drafts[index - 1]?.phase ? ", " : ", then ";
    words += joint + one;
  }
  return words.charAt(0).toUpperCase() + words.slice(1);
}
