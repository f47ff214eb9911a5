import { doseOverMaximum } from "../daily-dose.ts";
import { strengthKnown } from "../lexicon/find-drug.ts";
import { otherStrengths, strengthSeenAgain } from "../views.ts";
import { unsureFigure } from "./figures.ts";
import { found, nothing, type Rule } from "./finding.ts";
import { usualInterval } from "./interval-rules.ts";

/** A drug is never shown as sure without its strength, even where the lexicon knows none that is printed. */
const strengthMissing: Rule = ({ match, fields }) => {
  if (!fields.name || fields.dosage) return nothing;
  const seldomPrinted = match && "entry" in match && match.entry.strengths.length === 0;
  return found(
    "dosage",
    "strength_missing",
    seldomPrinted
      ? "No strength was found. This medicine often has none on its label; please check."
      : "No strength was found. Please read it from the label.",
  );
};

const strengthUnusual: Rule = ({ match, fields }) => {
  if (!match || !("entry" in match) || !fields.dosage) return nothing;
  const strength = fields.dosage.value;
  if (strengthKnown(match.entry, strength) !== "unusual") return nothing;
  const name = fields.name?.value ?? match.entry.name;
  return found(
    "dosage",
    "strength_unusual",
    `${name} does not usually come as ${strength}. Please check the strength.`,
  );
};

const strengthUnclear: Rule = (draft) => {
  const { mention, fields, where, lines } = draft;
  const { dosage } = fields;
  const [place] = where.dosage ?? [];
  if (!dosage || !place) return nothing;
  if (mention?.strength?.repaired) {
    return found(
      "dosage",
      "strength_unclear",
      `The strength was read as "${dosage.raw}" and is probably ${dosage.value}. Please check it.`,
      [dosage.raw, dosage.value],
    );
  }
  if (strengthSeenAgain(lines[place.line], dosage.value) || !unsureFigure(draft.lines, where.dosage))
    return nothing;
  return found(
    "dosage",
    "strength_hard_to_read",
    `A figure of the strength, ${dosage.value}, is hard to read. Please check it.`,
  );
};

const strengthReadTwice: Rule = ({ fields, where, lines }) => {
  const [place] = where.dosage ?? [];
  if (!fields.dosage || !place) return nothing;
  const own = fields.dosage.value;
  const others = otherStrengths(lines[place.line], own);
  if (others.length === 0) return nothing;
  return found(
    "dosage",
    "readers_disagree",
    `The strength was read in several ways, ${[own, ...others].join(" and ")}. Please check it on the label.`,
    [own, ...others],
  );
};

/** One drug named twice on a label that has directions for one. */
const strengthsDiffer: Rule = ({ assigned, fields }) => {
  if (!fields.dosage || assigned.otherStrengths.length === 0) return nothing;
  const all = [fields.dosage.value, ...assigned.otherStrengths];
  return found(
    "dosage",
    "strengths_differ",
    `The label says ${all.join(" and ")}. Please check which strength is meant.`,
    all,
  );
};

const overMaximum: Rule = (draft) => {
  const { match, fields, directions } = draft;
  if (!match || !("entry" in match)) return nothing;
  const seldom = usualInterval(draft);
  // What is taken seldom has a most of its own: 90 mg of fluoxetine a week.
  const { maxDailyDose: _, ...unbounded } = match.entry;
  const entry = seldom ? { ...unbounded, ...(seldom.most && { maxDailyDose: seldom.most }) } : match.entry;
  const over = doseOverMaximum(entry, fields.dosage?.value ?? "", directions?.dosages ?? []);
  if (!over) return nothing;
  const allowed = seldom ? `${over.dose} at a time` : `${over.dose} a day`;
  return found(
    "instructions",
    "dose_over_maximum",
    `These directions allow ${allowed}; the usual most of ${over.of} is ${over.most}. Please check the strength and the directions.`,
  );
};

export const strengthRules: readonly Rule[] = [
  strengthMissing,
  strengthUnusual,
  strengthUnclear,
  strengthReadTwice,
  strengthsDiffer,
  overMaximum,
];
