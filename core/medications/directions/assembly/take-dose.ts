import { isTimed } from "../draft.ts";
import { addFrequency } from "../draft-times.ts";
import { ambiguous, conflict, type DoseAmount } from "../rules/parts.ts";
import type { Assembly, Of } from "./assembly.ts";

/** A dose after a complete one begins a new draft. */
export function takeDose(assembly: Assembly, dose: DoseAmount): void {
  const { draft } = assembly;
  if (!draft.dose) draft.dose = dose;
  else if (isTimed(draft) || draft.asNeeded || draft.bounds)
    // A dose after one that ends ("for 3 days") follows it; else both hold.
    assembly.next(draft.bounds !== undefined || draft.count !== undefined).dose = dose;
  else if ((draft.dose.measure ?? false) !== (dose.measure ?? false)) {
    // "500 mg, 1 tablet": the pieces are what is taken, the other is their strength.
    if (draft.dose.measure) draft.dose = dose;
  } else if (draft.dose.low !== dose.low || draft.dose.high !== dose.high || draft.dose.unit !== dose.unit) {
    assembly.review.push(conflict("the dose"));
    assembly.next(false).dose = dose;
  }
}

/** "1-0-1": a dose for each part of the day. */
export function takePattern(assembly: Assembly, { doses }: Of<"pattern">): void {
  const first = doses[0];
  if (!first) return;
  const same = doses.every((dose) => dose.value === first.value);
  for (const [index, { when, value }] of doses.entries()) {
    const draft =
      (index > 0 && !same) || (index === 0 && assembly.draft.dose) ? assembly.next(false) : assembly.draft;
    draft.dose = { low: value };
    draft.when.push(when);
  }
}

/** "apply cream", "insert suppository": what is used, without an amount. */
export function takeThing(assembly: Assembly, { unit, route }: Of<"thing">): void {
  const { draft } = assembly;
  assembly.implyRoute(route);
  if (!unit) return;
  if (draft.dose && !draft.dose.unit && !isTimed(draft)) draft.dose = { ...draft.dose, ...unit };
  // "25 mcg patch": its strength, by the hour; how many patches is not said.
  if (unit.unit === "patch" && draft.dose?.measure) delete draft.dose;
  assembly.thing ??= unit;
}

/** An amount that may be the one at a time or the one in all is neither. */
export function doubtTotal(assembly: Assembly, raw: string, because: string): void {
  assembly.doubtTimes([ambiguous(raw, because)]);
  delete assembly.draft.dose;
}

/** "5 a day" after a dose says how often; "take 2 a day" may be two at once or in all. */
export function takeRate(assembly: Assembly, { amount, frequency }: Of<"rate">): void {
  const { draft } = assembly;
  if (draft.dose || draft.method === "Apply") {
    assembly.doubtTimes(addFrequency(draft, frequency));
    return;
  }
  draft.dose = { low: amount };
  draft.frequency = { ...frequency, frequency: 1, soft: true };
  if (amount > 1) doubtTotal(assembly, `${amount} a day`, "it may be all at once or one at a time");
}
