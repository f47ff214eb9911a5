import type { Dosage, Timing } from "../../../contract/dosage.ts";
import { daysIn, lastsADay } from "../daily-dose.ts";
import type { Draft } from "../draft.ts";
import { routeOfForm } from "../lexicon/forms.ts";
import { type LongInterval, longIntervalOf, type Way } from "../lexicon/long-intervals.ts";
import { found, nothing, type Rule } from "./finding.ts";

/** Words for a form, a counted dose or a route that say which way a medicine is taken. */
const ways: readonly (readonly [RegExp, Way])[] = [
  [/\b(patch|patches)\b/i, "patch"],
  [
    /\b(pen|syringe|vial|ampoule|autoinjector|injection|inject|(under|into) the (skin|muscle|vein)|into a vein)\b/i,
    "injection",
  ],
  [/\b(tablet|capsule|caplet|by mouth)\b/i, "mouth"],
];

const wayOfRoute: Readonly<Record<string, Way>> = {
  injection: "injection",
  oral: "mouth",
  transdermal: "patch",
};

/** The way a medicine is taken by what the label says of it, or by its forms where there is only one way. */
function wayOf({ fields, match, directions }: Draft): Way | null {
  const form = fields.form?.value ?? "";
  const said = (directions?.dosages ?? []).flatMap(({ route, method, doseAndRate }) => [
    ...(doseAndRate ?? []).map(({ doseQuantity }) => doseQuantity?.unit),
    route?.text,
    method?.text,
  ]);
  for (const words of [form, ...said]) {
    const way = ways.find(([pattern]) => pattern.test(words ?? ""))?.[1];
    if (way) return way;
  }
  const routes = match && "entry" in match ? match.entry.routes : [];
  const route = routeOfForm(form) ?? (routes.length === 1 ? routes[0] : undefined);
  return wayOfRoute[route ?? ""] ?? null;
}

/** How seldom the draft's drug is usually taken; null where it is a drug for every day. */
export function usualInterval(draft: Draft): LongInterval | null {
  const { match, fields } = draft;
  if (!match || !("entry" in match)) return null;
  return longIntervalOf(match.entry, fields.dosage?.value ?? "", wayOf(draft));
}

/** From here on "one dose only" is as good as an interval: what is taken weekly may have lost its "a week". */
const seldom = 28;

/**
 * Days between two doses; null when the timing does not say. `first`: others follow, so that a dose "on day 1" is one.
 */
function daysBetween(timing: Timing | undefined, usual: LongInterval, first: boolean): number | null {
  const repeat = timing?.repeat;
  if (!repeat) return null;
  const { frequency, frequencyMax, period, periodUnit, dayOfWeek, count } = repeat;
  const span = period === undefined ? null : period * daysIn(periodUnit ?? "");
  if (dayOfWeek && dayOfWeek.length > 0) return Math.max(WEEK, span ?? 0) / dayOfWeek.length;
  if (span !== null) return span / (frequencyMax ?? frequency ?? 1);
  if (first && lastsADay(repeat.boundsDuration)) return Number.POSITIVE_INFINITY;
  if (count !== undefined) return usual.leastDays >= seldom ? Number.POSITIVE_INFINITY : null;
  return repeat.when || repeat.timeOfDay ? 1 : null;
}

const WEEK = 7;

/** The least days between two doses of all dosages; null when one of them does not say. */
function leastBetween(dosages: readonly Dosage[], usual: LongInterval): number | null {
  const each = dosages.map(({ timing }, at) => daysBetween(timing, usual, at < dosages.length - 1));
  const days = new Set(dosages.flatMap(({ timing }) => timing?.repeat?.dayOfWeek ?? []));
  if (each.some((between) => between === null) || each.length === 0) return null;
  return Math.min(...each.map((between) => between ?? 0), ...(days.size > 0 ? [WEEK / days.size] : []));
}

/** Once a week, written or read as once a day: the classic fatal error with methotrexate. */
const moreOftenThanUsual: Rule = (draft) => {
  const usual = usualInterval(draft);
  const { match, fields, directions } = draft;
  if (!usual || !match || !("entry" in match)) return nothing;
  // Nobody takes a patch or a pen for one of every day; a tablet without directions is taken for one.
  if (!directions && wayOf(draft) !== "mouth") return nothing;
  const between = leastBetween(directions?.dosages ?? [], usual);
  const name = fields.name?.value ?? match.entry.name;
  if (between === null) {
    return found(
      directions ? "instructions" : null,
      "interval_missing",
      `${name} is usually taken ${usual.usually}, and no clear word of how often was found. Please check how often it is to be taken.`,
    );
  }
  return between < usual.leastDays
    ? found(
        "instructions",
        "more_often_than_usual",
        `${name} is usually taken ${usual.usually}. These directions say "${directions?.schedule}". Please check with the prescriber how often it is to be taken.`,
      )
    : nothing;
};

export const intervalRules: readonly Rule[] = [moreOftenThanUsual];
