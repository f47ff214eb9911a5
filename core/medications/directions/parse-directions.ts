import type { Dosage } from "../../../contract/dosage.ts";
import type { Review } from "../../../contract/medications.ts";
import { assemble } from "./assemble.ts";
import { read } from "./grammar.ts";
import { notUnderstood } from "./rules/parts.ts";
import { wordsOf } from "./rules/words.ts";
import { scheduleInWords } from "./schedule.ts";
import { repair } from "./spelling/repair.ts";
import { toDosage } from "./to-dosage.ts";
import { tokenize } from "./tokens.ts";

/** What the rest of the label says: it decides where the directions leave something open. */
export type DirectionsContext = { form?: string; route?: string; strength?: string };

export type ParsedDirections = {
  /** FHIR R4, in the order printed; [] when nothing was understood. `sequence` orders phases. */
  dosages: Dosage[];
  /** Plain words: "Twice daily"; "" when unknown, or when any of it is in doubt. */
  schedule: string;
  /** Empty exactly when every word was accounted for and none is ambiguous. */
  review: Review[];
};

/** No printed directions are longer; what is longer is not read at all, so that noise costs no time. */
const LONGEST = 1_000;

const tooLong: Review = {
  code: "directions_too_long",
  message: "The directions are too long to be understood. Read them on the label.",
};

/** The same reason about the same words is said once. */
function distinct(review: readonly Review[]): Review[] {
  const seen = new Map(review.map((one) => [`${one.code} ${one.message}`, one]));
  return [...seen.values()];
}

/**
 * Reads printed directions (a sig) to FHIR R4 Dosages and plain words. Never guesses: whatever is not understood, or
 * may be understood in two ways, is named in `review`. Any text is answered, in time that grows with its length.
 */
export function parseDirections(text: string, context: DirectionsContext = {}): ParsedDirections {
  if (text.length > LONGEST) return { dosages: [], schedule: "", review: [tooLong] };
  const printed = text.replace(/\s+/g, " ").trim();
  const { tokens, review: misprints } = repair(tokenize(printed));
  const { drafts, review, timesInDoubt } = assemble(read(wordsOf(tokens)), context.form, context.route);
  const phases = [...new Set(drafts.map((draft) => draft.phase))];
  const dosages = drafts.map((draft) =>
    toDosage(draft, printed, phases.length > 1 ? phases.indexOf(draft.phase) + 1 : undefined),
  );
  const nothing = printed !== "" && dosages.length === 0 && review.length === 0;
  const reasons = [...review, ...misprints, ...(nothing ? [notUnderstood([printed])] : [])];
  return { dosages, schedule: timesInDoubt ? "" : scheduleInWords(drafts), review: distinct(reasons) };
}
