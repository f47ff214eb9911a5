import { isTimed } from "../draft.ts";
import { addFrequency, addTimes } from "../draft-times.ts";
import { conflict } from "../rules/parts.ts";
import type { Assembly, Of } from "./assembly.ts";
import { doubtTotal, takeDose } from "./take-dose.ts";

const DAILY = { frequency: 1, period: 1, periodUnit: "d", soft: true } as const;
const HOURLY_UNITS = new Set(["s", "min", "h"]);

export function takeFrequency(assembly: Assembly, { frequency, when, dose, total }: Of<"frequency">): void {
  if (dose) takeDose(assembly, dose);
  const { draft } = assembly;
  if (when && draft.when.length > 0 && draft.frequency && assembly.joint === "and") {
    // "every morning and every evening": two times a day, not twice the same.
    draft.when.push(when);
    return;
  }
  if (draft.dose && draft.dose.low === undefined && frequency.soft && !when && !isTimed(draft))
    doubtTotal(assembly, "up to", "it may be the most at once or the most in all");
  // "3 tablets a day", unlike "3 tablets once a day", may be one at a time.
  const { low, high } = draft.dose ?? {};
  if (total && !isTimed(draft) && (low ?? 0) > 1 && assembly.last === "dose")
    doubtTotal(assembly, `${high ?? low} ${total}`, "it may be all at once or one at a time");
  assembly.doubtTimes(addFrequency(draft, frequency));
  if (when) addTimes(draft, [when], assembly.joint === "and");
}

export function takeDays(assembly: Assembly, { days, others, weekly }: Of<"days">): void {
  const { draft } = assembly;
  if (others) draft.otherDays = true;
  draft.days.push(...days.filter((day) => !draft.days.includes(day)));
  if (weekly && days.length === 1)
    draft.frequency ??= { frequency: 1, period: 1, periodUnit: "wk", soft: true };
}

export function takeDuration(assembly: Assembly, { span }: Of<"duration">): void {
  const { draft } = assembly;
  if (HOURLY_UNITS.has(span.unit)) draft.lasting = span;
  else if (draft.bounds && (draft.bounds.low !== span.low || draft.bounds.unit !== span.unit))
    assembly.review.push(conflict("how long"));
  else draft.bounds = span;
}

/** "on day 1", "weeks 3-4": a phase of its own when the one before is complete. */
export function takePhase(assembly: Assembly, { unit, from, to }: Of<"phase">): void {
  const { draft } = assembly;
  const complete = draft.bounds !== undefined && (draft.dose !== undefined || isTimed(draft));
  const target = complete ? assembly.next(true) : draft;
  target.bounds = { low: to - from + 1, unit };
  if (assembly.drafts.length === 1 && from > 1)
    target.instructions.push(`from ${unit === "d" ? "day" : "week"} ${from}`);
}

export function takeCount(assembly: Assembly, { count, countMax, bare }: Of<"count">): void {
  const { draft } = assembly;
  draft.count = count;
  if (countMax !== undefined) draft.countMax = countMax;
  if (bare) assembly.bareCount = draft;
}

/** "once at bedtime": once each day, where "once" alone is a single dose. */
export function settleCount(assembly: Assembly): void {
  const draft = assembly.bareCount;
  if (!draft || (draft.when.length === 0 && draft.clocks.length === 0 && !draft.frequency)) return;
  delete draft.count;
  draft.frequency ??= DAILY;
}
