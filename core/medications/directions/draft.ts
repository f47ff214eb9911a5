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
  /** What the verb or the thing implies: inhale, inhaler, apply. */
  impliedRoute?: Meaning<"route">;
  site?: Meaning<"site">;
  frequency?: Frequency;
  when: string[];
  /** Minutes before or after `when`. */
  offset?: number;
  /** Minutes after midnight. */
  clocks: number[];
  days: Day[];
  /** "all other days": those that the other drafts leave. */
  otherDays?: boolean;
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

export const newDraft = (phase: number): Draft => ({
  phase,
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
  draft.otherDays === true ||
  draft.count !== undefined;

/** Does the draft say anything that a Dosage holds, but how and where it is given? */
export const saysSomething = (draft: Draft): boolean =>
  draft.dose !== undefined ||
  isTimed(draft) ||
  draft.asNeeded ||
  draft.bounds !== undefined ||
  draft.lasting !== undefined ||
  draft.max !== undefined ||
  draft.maxPerDose !== undefined ||
  draft.instructions.length > 0;
