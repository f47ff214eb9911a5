import type { Review } from "../../../contract/medications.ts";
import { Assembly, type Of } from "./assembly/assembly.ts";
import { takeDose, takePattern, takeRate, takeThing } from "./assembly/take-dose.ts";
import {
  settleCount,
  takeCount,
  takeDays,
  takeDuration,
  takeFrequency,
  takePhase,
} from "./assembly/take-times.ts";
import { timesInDoubt, withoutTimes } from "./doubtful-times.ts";
import { type Draft, isTimed, saysSomething } from "./draft.ts";
import { share } from "./draft-sharing.ts";
import { addWhen, partedByClock, settleTimes } from "./draft-times.ts";
import { unitOf } from "./rules/dose.ts";
import { conflict, notUnderstood, type Part, tooMuch } from "./rules/parts.ts";
import { misplaced, resolveSides } from "./sides.ts";
import { unitOfForm } from "./vocabulary.ts";

/** `timesInDoubt`: when and how often may be another than it seems, and no draft says it. */
type Assembled = { drafts: Draft[]; review: Review[]; timesInDoubt: boolean };

function takeSite(assembly: Assembly, { meaning }: Of<"site">): void {
  const { draft } = assembly;
  if (!draft.site) draft.site = meaning;
  else if (
    draft.site.organ !== "skin" &&
    draft.site.organ === meaning.organ &&
    draft.site.site !== meaning.site
  )
    assembly.review.push(conflict("the place"));
  else if (meaning.organ === "skin" && !draft.site.site.includes(meaning.site))
    draft.site = { ...draft.site, site: `${draft.site.site}, ${meaning.site}` };
}

function takeAsNeeded(assembly: Assembly, { reason }: Of<"asNeeded">): void {
  const { draft, purpose } = assembly;
  draft.asNeeded = true;
  if (reason) draft.reason = reason;
  else if (purpose?.draft === draft) {
    // "for pain as needed"
    draft.reason = purpose.reason;
    draft.instructions = draft.instructions.filter((text) => text !== purpose.text);
  }
}

function takePurpose(assembly: Assembly, { reason, text }: Of<"purpose">): void {
  const { draft } = assembly;
  if (draft.asNeeded && !draft.reason && assembly.joint !== "sentence") {
    draft.reason = reason;
    return;
  }
  assembly.purpose = { draft, reason, text };
  draft.instructions.push(text);
}

/** Takes the next part of a direction. */
function take(assembly: Assembly, part: Part): void {
  assembly.review.push(...part.doubts);
  const { draft } = assembly;
  switch (part.kind) {
    case "and":
    case "comma":
    case "sentence":
      assembly.joint = part.kind;
      return;
    case "filler":
      return;
    case "unknown":
      assembly.unknown.push(part.text);
      break;
    case "verb":
      // A second verb tells how ("take 1 tablet, chew well"): it stays with the words.
      draft.method ??= part.meaning.method;
      assembly.implyRoute(part.meaning.route);
      break;
    case "dose":
      if (!part.restated) takeDose(assembly, part.dose);
      else if (draft.dose?.measure && !part.dose.measure) draft.dose = part.dose;
      break;
    case "pattern":
      takePattern(assembly, part);
      break;
    case "thing":
      takeThing(assembly, part);
      break;
    case "named":
      assembly.review.push({
        code: "directions_name_a_drug",
        message: `The directions name "${part.name}". Check that it is this medicine.`,
        readings: [part.name],
      });
      break;
    case "route":
      if (draft.route && draft.route.code !== part.meaning.code) assembly.review.push(conflict("the route"));
      draft.route = part.meaning;
      break;
    case "site":
      takeSite(assembly, part);
      break;
    case "side":
      assembly.sides.push({ draft, code: part.code });
      break;
    case "frequency":
      takeFrequency(assembly, part);
      break;
    case "rate":
      takeRate(assembly, part);
      break;
    case "divided":
      delete draft.dose;
      if (part.frequency) draft.frequency = part.frequency;
      break;
    case "when":
      addWhen(draft, part, assembly.joint === "and" || assembly.joint === "comma");
      break;
    case "clock":
      draft.clocks.push(...part.minutes.filter((minutes) => !draft.clocks.includes(minutes)));
      break;
    case "days":
      takeDays(assembly, part);
      break;
    case "phase":
      takePhase(assembly, part);
      break;
    case "duration":
      takeDuration(assembly, part);
      break;
    case "count":
      takeCount(assembly, part);
      break;
    case "asNeeded":
      takeAsNeeded(assembly, part);
      break;
    case "purpose":
      takePurpose(assembly, part);
      break;
    case "maximum":
      if (part.per) draft.max = { dose: part.dose, per: part.per };
      else draft.instructions.push(`maximum ${part.dose.high}`);
      break;
    case "maximumPerDose":
      draft.maxPerDose = part.dose;
      break;
    case "instruction":
    case "stop":
      draft.instructions.push(part.text);
      break;
    case "then":
      if (draft.dose || isTimed(draft) || draft.bounds) assembly.next(true);
      break;
  }
  assembly.joint = undefined;
  assembly.last = part.kind;
}

/** "2 tablets daily except Sunday, 3 tablets": an amount whose time is to be guessed, beside one that has its own. */
function lacksTime(draft: Draft, drafts: readonly Draft[]): boolean {
  if (!draft.dose || isTimed(draft) || draft.asNeeded) return false;
  return drafts.some(
    (other) => other !== draft && other.phase === draft.phase && other.dose && isTimed(other),
  );
}

/** Settles what only the whole direction decides. */
function finish(assembly: Assembly, form: string, route: string): Assembled {
  settleCount(assembly);
  const unit = unitOfForm(form);
  assembly.review.push(...share(assembly.drafts, unit ? unitOf(unit) : assembly.thing));
  assembly.review.push(...resolveSides(assembly.sides, form, route));
  for (const draft of assembly.drafts)
    assembly.review.push(...misplaced(draft, form, route), ...tooMuch(draft.dose));
  const drafts = assembly.drafts.flatMap(partedByClock);
  for (const draft of drafts) assembly.doubtTimes(settleTimes(draft));
  if (drafts.some((draft) => lacksTime(draft, drafts)))
    assembly.review.push(conflict("when to take each amount"));
  if (assembly.unknown.length > 0) assembly.review.unshift(notUnderstood(assembly.unknown));
  const sure = assembly.timesInDoubt ? withoutTimes(drafts) : drafts;
  const said = sure.filter(
    (draft, index) =>
      saysSomething(draft) || (index === 0 && (draft.route !== undefined || draft.site !== undefined)),
  );
  return { drafts: said, review: assembly.review, timesInDoubt: assembly.timesInDoubt };
}

/** The drafts of Dosages that the parts of one direction make, with what is doubtful about them. */
export function assemble(parts: readonly Part[], form = "", route = ""): Assembled {
  const assembly = new Assembly(timesInDoubt(parts));
  for (const part of parts) take(assembly, part);
  return finish(assembly, form, route);
}
