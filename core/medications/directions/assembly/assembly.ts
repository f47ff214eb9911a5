import type { Review } from "../../../../contract/medications.ts";
import { type Draft, newDraft } from "../draft.ts";
import type { DoseAmount, Part } from "../rules/parts.ts";
import type { Side } from "../sides.ts";
import { routeOfCode } from "../vocabulary.ts";

/** A part of one kind. */
export type Of<K extends Part["kind"]> = Part & { kind: K };

/** Drafts of Dosages while parts are put together to them, and what has to be known of the parts before. */
export class Assembly {
  readonly drafts: Draft[] = [newDraft(1)];
  readonly review: Review[] = [];
  readonly sides: Side[] = [];
  readonly unknown: string[] = [];
  /** What stood between the last two parts that say something: "and", a comma, the end of a sentence. */
  joint: Part["kind"] | undefined;
  last: Part["kind"] | undefined;
  /** What is applied or taken, where it is named without an amount: "insert suppository". */
  thing: DoseAmount | undefined;
  /** A draft with "once" and no time yet. */
  bareCount: Draft | undefined;
  purpose: { draft: Draft; reason: string; text: string } | undefined;
  /** Whether when and how often may be another than it seems: then it is not said at all. */
  timesInDoubt: boolean;

  constructor(timesInDoubt: boolean) {
    this.timesInDoubt = timesInDoubt;
  }

  /** The draft that parts go to: the last one. */
  get draft(): Draft {
    const last = this.drafts.at(-1);
    if (!last) throw new RangeError("an assembly always has a draft");
    return last;
  }

  /** Begins another draft: one that comes after the last, or holds beside it. */
  next(after: boolean): Draft {
    const draft = newDraft(this.draft.phase + (after ? 1 : 0));
    this.drafts.push(draft);
    return draft;
  }

  /** Takes reasons to look that are about when or how often. */
  doubtTimes(reasons: readonly Review[]): void {
    if (reasons.length > 0) this.timesInDoubt = true;
    this.review.push(...reasons);
  }

  implyRoute(code: string | undefined): void {
    const implied = code === undefined ? undefined : routeOfCode(code);
    if (implied) this.draft.impliedRoute ??= implied;
  }
}
