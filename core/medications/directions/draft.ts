import type { DoseAmount, Frequency, Span } from "./rules/parts.ts";
import type { Day, Meaning, UnitOfTime } from "./vocabulary.ts";

/** One Dosage in the making. */
export type Draft = {
  /** Drafts of one phase hold at the same time; phases follow each other. */
  phase: number;
  method?: string;
  dose?: DoseAmount;
  /** As printed. */
  route?: Meaning<"route">;
  /** What the verb or the unit implies: inhale, puff, apply. */
  impliedRoute?: Meaning<"route">;
  site?: Meaning<"site">;
  frequency?: Frequency;
  when: string[];
  offset?: number;
  /** Minutes after midnight. */
  clocks: number[];
  days: Day[];
  asNeeded: boolean;
  reason?: string;
  bounds?: Span;
  /** How long one application lasts, such as a patch for 12 hours. */
  lasting?: Span;
  count?: number;
  countMax?: number;
  max?: { dose: DoseAmount; per: { value: number; unit: UnitOfTime } };
  maxPerDose?: DoseAmount;
  instructions: string[];
};

export const newDraft = (phase: number, from?: Draft): Draft => ({
  phase,
  ...(from?.method ? { method: from.method } : {}),
  ...(from?.route ? { route: from.route } : {}),
  ...(from?.impliedRoute ? { impliedRoute: from.impliedRoute } : {}),
  ...(from?.site ? { site: from.site } : {}),
  when: [],
  clocks: [],
  days: [],
  asNeeded: false,
  instructions: [],
});

/** Does the draft say when or how often? */
export const isTimed = (draft: Draft): boolean =>
  draft.frequency !== undefined ||
  draft.when.length > 0 ||
  draft.clocks.length > 0 ||
  draft.days.length > 0 ||
  draft.count !== undefined;
