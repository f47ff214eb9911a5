import type { Review } from "../../../contract/medications.ts";
import { type Draft, isTimed } from "./draft.ts";
import { ambiguous, type DoseAmount } from "./rules/parts.ts";
import type { Day } from "./vocabulary.ts";

const WEEK: readonly Day[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** A draft gives the next one what that leaves unsaid: how and where, and in a taper how often. */
function handOn(from: Draft, to: Draft): void {
  if (from.method) to.method ??= from.method;
  if (from.route) to.route ??= from.route;
  if (from.impliedRoute) to.impliedRoute ??= from.impliedRoute;
  if (from.site) to.site ??= from.site;
  if (from.phase !== to.phase && to.dose && !isTimed(to) && from.frequency) {
    to.frequency = from.frequency;
    to.when = [...from.when];
  }
}

/** What is printed after the last dose of a phase may hold for all of them: "... for 10 days". */
function handBack(from: Draft, to: Draft): Review[] {
  if (from.bounds) to.bounds ??= from.bounds;
  if (from.max) to.max ??= from.max;
  if (from.route) to.route ??= from.route;
  if (from.site) to.site ??= from.site;
  return from.asNeeded && !to.asNeeded
    ? [ambiguous("as needed", "it may hold for all of the doses or for the last one")]
    : [];
}

/** Fills in what the drafts of one direction leave to each other, and units from `unit` where none is printed. */
export function share(drafts: readonly Draft[], unit: DoseAmount | undefined): Review[] {
  const review: Review[] = [];
  const printed = drafts.find((draft) => draft.dose?.unit)?.dose;
  const pieces = printed && !printed.measure ? printed : unit && !unit.measure ? unit : undefined;
  for (const [index, draft] of drafts.entries()) {
    const before = drafts[index - 1];
    if (before) handOn(before, draft);
    for (const later of drafts.slice(index + 1))
      if (later.phase === draft.phase) review.push(...handBack(later, draft));
    if (draft.otherDays) draft.days = WEEK.filter((day) => !drafts.some((one) => one.days.includes(day)));
    if (pieces && draft.dose && !draft.dose.unit) {
      const { unit: name, code, measure, route } = pieces;
      draft.dose = {
        ...draft.dose,
        ...(name ? { unit: name } : {}),
        ...(code ? { code } : {}),
        ...(measure === undefined ? {} : { measure }),
        ...(route ? { route } : {}),
      };
    }
  }
  return review;
}
