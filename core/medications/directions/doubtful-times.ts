import type { Draft } from "./draft.ts";
import type { Part } from "./rules/parts.ts";

/** Parts that say when or how often. */
const TIMES = new Set<Part["kind"]>([
  "frequency",
  "rate",
  "when",
  "clock",
  "days",
  "count",
  "pattern",
  "divided",
]);
/** What may stand between a time and the words that change it. */
const BETWEEN = new Set<Part["kind"]>(["filler", "and", "comma"]);

const isTime = (part: Part | undefined) => part !== undefined && TIMES.has(part.kind);

/** The nearest part before or after `at` that is more than a joint. */
function neighbour(parts: readonly Part[], at: number, step: 1 | -1): Part | undefined {
  let next = at + step;
  for (let part = parts[next]; part && BETWEEN.has(part.kind); part = parts[next]) next += step;
  return parts[next];
}

/**
 * Whether the times of a direction may be another than they seem: they can be read in two ways, or stand beside words
 * that were not understood. "every m ormty food" is not "with food", nor "daily excpt Sundays" daily.
 */
export function timesInDoubt(parts: readonly Part[]): boolean {
  return parts.some((part, at) => {
    if (isTime(part)) return part.doubts.some(({ code }) => code === "directions_ambiguous");
    // "daily for flurble" has a reason that is not known, and is daily all the same.
    if (part.kind !== "unknown" || part.text.toLowerCase() === "for") return false;
    return isTime(neighbour(parts, at, 1)) || isTime(neighbour(parts, at, -1));
  });
}

/** Drafts without when, how often and how long; several doses without their times would say less than the half. */
export function withoutTimes(drafts: readonly Draft[]): Draft[] {
  const [only, ...more] = drafts.map(untimed);
  return only && more.length === 0 ? [only] : [];
}

function untimed(draft: Draft): Draft {
  const { phase, method, dose, route, impliedRoute, site, max, maxPerDose, instructions } = draft;
  return {
    phase,
    ...(method && { method }),
    ...(dose && { dose }),
    ...(route && { route }),
    ...(impliedRoute && { impliedRoute }),
    ...(site && { site }),
    ...(max && { max }),
    ...(maxPerDose && { maxPerDose }),
    when: [],
    clocks: [],
    days: [],
    asNeeded: false,
    instructions,
  };
}
