import type { Review } from "../../../contract/medications.ts";
import { timesInDoubt, withoutTimes } from "./doubtful-times.ts";
import { type Draft, isTimed, newDraft, saysSomething } from "./draft.ts";
import { share } from "./draft-sharing.ts";
import { addFrequency, addTimes, addWhen, partedByClock, settleTimes } from "./draft-times.ts";
import { unitOf } from "./rules/dose.ts";
import { ambiguous, conflict, type DoseAmount, notUnderstood, type Part, tooMuch } from "./rules/parts.ts";
import { misplaced, resolveSides, type Side } from "./sides.ts";
import { routeOfCode, unitOfForm } from "./vocabulary.ts";

type Of<K extends Part["kind"]> = Part & { kind: K };

const DAILY = { frequency: 1, period: 1, periodUnit: "d", soft: true } as const;
const HOURLY_UNITS = new Set(["s", "min", "h"]);

/** `timesInDoubt`: when and how often may be another than it seems, and no draft says it. */
type Assembled = { drafts: Draft[]; review: Review[]; timesInDoubt: boolean };

/** Puts parts together to drafts, one part after the other; a dose after a complete one begins a new draft. */
class Assembly {
  readonly drafts: Draft[] = [newDraft(1)];
  readonly review: Review[] = [];
  private readonly sides: Side[] = [];
  private readonly unknown: string[] = [];
  /** What stood between the last two parts that say something: "and", a comma, the end of a sentence. */
  private joint: Part["kind"] | undefined;
  private last: Part["kind"] | undefined;
  /** What is applied or taken, where it is named without an amount: "insert suppository". */
  private thing: DoseAmount | undefined;
  /** A draft with "once" and no time yet. */
  private bareCount: Draft | undefined;
  private purpose: { draft: Draft; reason: string; text: string } | undefined;
  /** Whether when and how often may be another than it seems: then it is not said at all. */
  private timesInDoubt: boolean;

  constructor(timesInDoubt: boolean) {
    this.timesInDoubt = timesInDoubt;
  }

  private get draft(): Draft {
    const last = this.drafts.at(-1);
    if (!last) throw new RangeError("an assembly always has a draft");
    return last;
  }

  /** Takes reasons to look that are about when or how often. */
  private doubtTimes(reasons: readonly Review[]): void {
    if (reasons.length > 0) this.timesInDoubt = true;
    this.review.push(...reasons);
  }

  private next(after: boolean): Draft {
    const draft = newDraft(this.draft.phase + (after ? 1 : 0));
    this.drafts.push(draft);
    return draft;
  }

  private implyRoute(code: string | undefined): void {
    const implied = code === undefined ? undefined : routeOfCode(code);
    if (implied) this.draft.impliedRoute ??= implied;
  }

  private takeDose(dose: DoseAmount): void {
    const { draft } = this;
    if (!draft.dose) draft.dose = dose;
    else if (isTimed(draft) || draft.asNeeded || draft.bounds)
      // A dose after one that ends ("for 3 days") follows it; else both hold.
      this.next(draft.bounds !== undefined || draft.count !== undefined).dose = dose;
    else if ((draft.dose.measure ?? false) !== (dose.measure ?? false)) {
      // "500 mg, 1 tablet": the pieces are what is taken, the other is their strength.
      if (draft.dose.measure) draft.dose = dose;
    } else if (
      draft.dose.low !== dose.low ||
      draft.dose.high !== dose.high ||
      draft.dose.unit !== dose.unit
    ) {
      this.review.push(conflict("the dose"));
      this.next(false).dose = dose;
    }
  }

  private takePattern({ doses }: Of<"pattern">): void {
    const first = doses[0];
    if (!first) return;
    const same = doses.every((dose) => dose.value === first.value);
    for (const [index, { when, value }] of doses.entries()) {
      const draft = (index > 0 && !same) || (index === 0 && this.draft.dose) ? this.next(false) : this.draft;
      draft.dose = { low: value };
      draft.when.push(when);
    }
  }

  private takeThing({ unit, route }: Of<"thing">): void {
    const { draft } = this;
    this.implyRoute(route);
    if (!unit) return;
    if (draft.dose && !draft.dose.unit && !isTimed(draft)) draft.dose = { ...draft.dose, ...unit };
    // "25 mcg patch": its strength, by the hour; how many patches is not said.
    if (unit.unit === "patch" && draft.dose?.measure) delete draft.dose;
    this.thing ??= unit;
  }

  private takeSite({ meaning }: Of<"site">): void {
    const { draft } = this;
    if (!draft.site) draft.site = meaning;
    else if (
      draft.site.organ !== "skin" &&
      draft.site.organ === meaning.organ &&
      draft.site.site !== meaning.site
    )
      this.review.push(conflict("the place"));
    else if (meaning.organ === "skin" && !draft.site.site.includes(meaning.site))
      draft.site = { ...draft.site, site: `${draft.site.site}, ${meaning.site}` };
  }

  private takeFrequency({ frequency, when, dose, total }: Of<"frequency">): void {
    if (dose) this.takeDose(dose);
    const { draft } = this;
    if (when && draft.when.length > 0 && draft.frequency && this.joint === "and") {
      // "every morning and every evening": two times a day, not twice the same.
      draft.when.push(when);
      return;
    }
    if (draft.dose && draft.dose.low === undefined && frequency.soft && !when && !isTimed(draft))
      this.doubtTotal("up to", "it may be the most at once or the most in all");
    // "3 tablets a day", unlike "3 tablets once a day", may be one at a time.
    const { low, high } = draft.dose ?? {};
    if (total && !isTimed(draft) && (low ?? 0) > 1 && this.last === "dose")
      this.doubtTotal(`${high ?? low} ${total}`, "it may be all at once or one at a time");
    this.doubtTimes(addFrequency(draft, frequency));
    if (when) addTimes(draft, [when], this.joint === "and");
  }

  /** An amount that may be the one at a time or the one in all is neither. */
  private doubtTotal(raw: string, because: string): void {
    this.doubtTimes([ambiguous(raw, because)]);
    delete this.draft.dose;
  }

  /** "5 a day" after a dose says how often; "take 2 a day" may be two at once or in all. */
  private takeRate({ amount, frequency }: Of<"rate">): void {
    const { draft } = this;
    if (draft.dose || draft.method === "Apply") {
      this.doubtTimes(addFrequency(draft, frequency));
      return;
    }
    draft.dose = { low: amount };
    draft.frequency = { ...frequency, frequency: 1, soft: true };
    if (amount > 1) this.doubtTotal(`${amount} a day`, "it may be all at once or one at a time");
  }

  private takeDays({ days, others, weekly }: Of<"days">): void {
    const { draft } = this;
    if (others) draft.otherDays = true;
    draft.days.push(...days.filter((day) => !draft.days.includes(day)));
    if (weekly && days.length === 1)
      draft.frequency ??= { frequency: 1, period: 1, periodUnit: "wk", soft: true };
  }

  private takeDuration({ span }: Of<"duration">): void {
    const { draft } = this;
    if (HOURLY_UNITS.has(span.unit)) draft.lasting = span;
    else if (draft.bounds && (draft.bounds.low !== span.low || draft.bounds.unit !== span.unit))
      this.review.push(conflict("how long"));
    else draft.bounds = span;
  }

  /** "on day 1", "weeks 3-4": a phase of its own when the one before is complete. */
  private takePhase({ unit, from, to }: Of<"phase">): void {
    const { draft } = this;
    const complete = draft.bounds !== undefined && (draft.dose !== undefined || isTimed(draft));
    const target = complete ? this.next(true) : draft;
    target.bounds = { low: to - from + 1, unit };
    if (this.drafts.length === 1 && from > 1)
      target.instructions.push(`from ${unit === "d" ? "day" : "week"} ${from}`);
  }

  private takeCount({ count, countMax, bare }: Of<"count">): void {
    const { draft } = this;
    draft.count = count;
    if (countMax !== undefined) draft.countMax = countMax;
    if (bare) this.bareCount = draft;
  }

  /** "once at bedtime": once each day, where "once" alone is a single dose. */
  private settleCount(): void {
    const draft = this.bareCount;
    if (!draft || (draft.when.length === 0 && draft.clocks.length === 0 && !draft.frequency)) return;
    delete draft.count;
    draft.frequency ??= DAILY;
  }

  private takeAsNeeded({ reason }: Of<"asNeeded">): void {
    const { draft, purpose } = this;
    draft.asNeeded = true;
    if (reason) draft.reason = reason;
    else if (purpose?.draft === draft) {
      // "for pain as needed"
      draft.reason = purpose.reason;
      draft.instructions = draft.instructions.filter((text) => text !== purpose.text);
    }
  }

  private takePurpose({ reason, text }: Of<"purpose">): void {
    const { draft } = this;
    if (draft.asNeeded && !draft.reason && this.joint !== "sentence") {
      draft.reason = reason;
      return;
    }
    this.purpose = { draft, reason, text };
    draft.instructions.push(text);
  }

  take(part: Part): void {
    this.review.push(...part.doubts);
    const { draft } = this;
    switch (part.kind) {
      case "and":
      case "comma":
      case "sentence":
        this.joint = part.kind;
        return;
      case "filler":
        return;
      case "unknown":
        this.unknown.push(part.text);
        break;
      case "verb":
        // A second verb tells how ("take 1 tablet, chew well"): it stays with the words.
        draft.method ??= part.meaning.method;
        this.implyRoute(part.meaning.route);
        break;
      case "dose":
        if (!part.restated) this.takeDose(part.dose);
        else if (draft.dose?.measure && !part.dose.measure) draft.dose = part.dose;
        break;
      case "pattern":
        this.takePattern(part);
        break;
      case "thing":
        this.takeThing(part);
        break;
      case "named":
        this.review.push({
          code: "directions_name_a_drug",
          message: `The directions name "${part.name}". Check that it is this medicine.`,
          readings: [part.name],
        });
        break;
      case "route":
        if (draft.route && draft.route.code !== part.meaning.code) this.review.push(conflict("the route"));
        draft.route = part.meaning;
        break;
      case "site":
        this.takeSite(part);
        break;
      case "side":
        this.sides.push({ draft, code: part.code });
        break;
      case "frequency":
        this.takeFrequency(part);
        break;
      case "rate":
        this.takeRate(part);
        break;
      case "divided":
        delete draft.dose;
        if (part.frequency) draft.frequency = part.frequency;
        break;
      case "when":
        addWhen(draft, part, this.joint === "and" || this.joint === "comma");
        break;
      case "clock":
        draft.clocks.push(...part.minutes.filter((minutes) => !draft.clocks.includes(minutes)));
        break;
      case "days":
        this.takeDays(part);
        break;
      case "phase":
        this.takePhase(part);
        break;
      case "duration":
        this.takeDuration(part);
        break;
      case "count":
        this.takeCount(part);
        break;
      case "asNeeded":
        this.takeAsNeeded(part);
        break;
      case "purpose":
        this.takePurpose(part);
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
        if (draft.dose || isTimed(draft) || draft.bounds) this.next(true);
        break;
    }
    this.joint = undefined;
    this.last = part.kind;
  }

  finish(form: string, route: string): Assembled {
    this.settleCount();
    const unit = unitOfForm(form);
    this.review.push(...share(this.drafts, unit ? unitOf(unit) : this.thing));
    this.review.push(...resolveSides(this.sides, form, route));
    for (const draft of this.drafts)
      this.review.push(...misplaced(draft, form, route), ...tooMuch(draft.dose));
    const drafts = this.drafts.flatMap(partedByClock);
    for (const draft of drafts) this.doubtTimes(settleTimes(draft));
    if (this.unknown.length > 0) this.review.unshift(notUnderstood(this.unknown));
    const sure = this.timesInDoubt ? withoutTimes(drafts) : drafts;
    const said = sure.filter(
      (draft, index) =>
        saysSomething(draft) || (index === 0 && (draft.route !== undefined || draft.site !== undefined)),
    );
    return { drafts: said, review: this.review, timesInDoubt: this.timesInDoubt };
  }
}

/** The drafts of Dosages that the parts of one direction make, with what is doubtful about them. */
export function assemble(parts: readonly Part[], form = "", route = ""): Assembled {
  const assembly = new Assembly(timesInDoubt(parts));
  for (const part of parts) assembly.take(part);
  return assembly.finish(form, route);
}
