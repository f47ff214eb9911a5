import type { Review } from "../../../contract/medications.ts";
import { type Draft, isTimed, newDraft } from "./draft.ts";
import { unitOf } from "./rules/dose.ts";
import { ambiguous, type DoseAmount, type Frequency, type Part } from "./rules/parts.ts";
import { resolveSides } from "./sides.ts";
import { routeOfCode, unitOfForm } from "./vocabulary.ts";

export type Assembled = { drafts: Draft[]; review: Review[] };

const HOURS: Record<string, number> = { s: 1 / 3600, min: 1 / 60, h: 1, d: 24, wk: 168, mo: 730, a: 8760 };

/** Hours between two doses. */
const interval = (one: Frequency) =>
  ((HOURS[one.periodUnit] ?? 1) * one.period) / (one.frequency ?? one.frequencyMax ?? 1);

const conflict = (text: string): Review => ({
  code: "directions_conflict",
  message: `The directions say two things about ${text}. Read them on the label.`,
});

/** "twice daily (every 12 hours)" agrees with itself; "daily" beside a stronger word adds nothing. */
function joinFrequencies(draft: Draft, next: Frequency, review: Review[]): void {
  const now = draft.frequency;
  if (!now || (now.soft && !next.soft && now.periodUnit === next.periodUnit)) draft.frequency = next;
  else if (next.frequency === undefined && next.frequencyMax !== undefined && !now.soft) {
    // "every 4 hours up to 4 times a day": the second is a limit.
    const dose = { high: next.frequencyMax, unit: "dose", code: "{dose}" };
    draft.max = { dose, per: { value: next.period, unit: next.periodUnit } };
  } else if (next.soft && (HOURS[next.periodUnit] ?? 0) >= (HOURS[now.periodUnit] ?? 0) && !now.soft) return;
  else if (Math.abs(interval(now) - interval(next)) > 0.01) {
    review.push(conflict("how often"));
    delete draft.frequency;
  } else if (now.soft) draft.frequency = next;
}

const sameKind = (a: DoseAmount, b: DoseAmount) => (a.measure ?? false) === (b.measure ?? false);
const sameAmount = (a: DoseAmount, b: DoseAmount) =>
  a.low === b.low && a.high === b.high && a.unit === b.unit;

const GENERAL_MEALS = new Set(["C", "AC", "PC"]);
const MEALS_A_DAY = 3;

class Assembly {
  readonly drafts: Draft[] = [newDraft(1)];
  readonly review: Review[] = [];
  sides: { draft: Draft; code: string }[] = [];
  /** What stood between the last two parts that say something. */
  joint: Part["kind"] | undefined;
  thing: DoseAmount | undefined;
  private unknown: string[] = [];

  get draft(): Draft {
    const last = this.drafts.at(-1);
    if (!last) throw new RangeError("an assembly always has a draft");
    return last;
  }

  /** A dose after a complete one begins a new Dosage: beside it, or after it where the first one ends. */
  private next(after: boolean): Draft {
    const draft = newDraft(this.draft.phase + (after ? 1 : 0), this.draft);
    this.drafts.push(draft);
    return draft;
  }

  private takeDose(dose: DoseAmount): void {
    const { draft } = this;
    if (!draft.dose) draft.dose = dose;
    else if (isTimed(draft) || draft.asNeeded || draft.bounds)
      this.next(draft.bounds !== undefined || draft.count !== undefined).dose = dose;
    else if (!sameKind(draft.dose, dose)) {
      // "500 mg, 1 tablet": the pieces are what is taken, the other is their strength.
      if (draft.dose.measure) draft.dose = dose;
    } else if (!sameAmount(draft.dose, dose)) {
      this.review.push(conflict("the dose"));
      this.next(false).dose = dose;
    }
  }

  private restate(dose: DoseAmount): void {
    const { draft } = this;
    if (draft.dose?.measure && !dose.measure) draft.dose = dose;
  }

  private isOpen(): boolean {
    const { draft } = this;
    return !draft.dose && !isTimed(draft) && draft.instructions.length === 0 && !draft.bounds;
  }

  private takeWhen(when: string[], general: boolean, text: string): void {
    const { draft } = this;
    const joined = this.joint === "and" || this.joint === "comma";
    const others = draft.when.filter((one) => !when.includes(one));
    if (when[0] === "IMD") {
      draft.count ??= 1;
      draft.instructions.push(text);
    } else if (others.length > 0 && !joined && general) draft.instructions.push(text);
    else if (general && draft.clocks.length > 0) draft.instructions.push(text);
    else draft.when.push(...when.filter((one) => !draft.when.includes(one)));
  }

  take(part: Part): void {
    this.review.push(...part.doubts);
    const { draft } = this;
    switch (part.kind) {
      case "verb":
        this.takeVerb(part.meaning.method, part.meaning.route);
        break;
      case "dose":
        if (part.restated) this.restate(part.dose);
        else this.takeDose(part.dose);
        break;
      case "pattern":
        this.takePattern(part.doses);
        break;
      case "thing":
        if (part.unit && draft.dose && !draft.dose.unit && !isTimed(draft))
          draft.dose = { ...draft.dose, ...part.unit };
        // "25 mcg patch": its strength, by the hour; how many patches is not said.
        if (part.unit?.unit === "patch" && draft.dose?.measure) delete draft.dose;
        this.thing ??= part.unit;
        this.implyRoute(part.route);
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
        if (draft.site && draft.site.site !== part.meaning.site) {
          if (draft.site.organ === part.meaning.organ) this.review.push(conflict("the place"));
        } else draft.site = part.meaning;
        break;
      case "side":
        this.sides.push({ draft, code: part.code });
        break;
      case "frequency":
        this.takeFrequency(part.frequency, part.when, part.dose);
        break;
      case "rate":
        this.takeRate(part.amount, part.frequency);
        break;
      case "divided":
        delete draft.dose;
        if (part.frequency) draft.frequency = part.frequency;
        break;
      case "when":
        this.takeWhen(part.when, part.general, part.text);
        if (part.offset) draft.offset = part.offset;
        break;
      case "clock":
        draft.clocks.push(...part.minutes.filter((minutes) => !draft.clocks.includes(minutes)));
        break;
      case "days":
        draft.days.push(...part.days.filter((day) => !draft.days.includes(day)));
        if (part.weekly && part.days.length === 1 && !draft.frequency)
          draft.frequency = { frequency: 1, period: 1, periodUnit: "wk", soft: true };
        break;
      case "phase":
        this.takePhase(part);
        break;
      case "duration":
        if (part.span.unit === "h" || part.span.unit === "min" || part.span.unit === "s")
          draft.lasting = part.span;
        else if (draft.bounds && (draft.bounds.low !== part.span.low || draft.bounds.unit !== part.span.unit))
          this.review.push(conflict("how long"));
        else draft.bounds = part.span;
        break;
      case "count":
        this.takeCount(part.count, part.countMax, part.bare);
        break;
      case "asNeeded":
        draft.asNeeded = true;
        if (part.reason) draft.reason = part.reason;
        break;
      case "purpose":
        if (draft.asNeeded && !draft.reason && this.joint !== "sentence") draft.reason = part.reason;
        else {
          this.lastPurpose = { draft, reason: part.reason, text: part.text };
          draft.instructions.push(part.text);
        }
        break;
      case "maximum":
        if (part.per) draft.max = { dose: part.dose, per: part.per };
        else draft.instructions.push(`maximum ${part.dose.high}`);
        break;
      case "maximumPerDose":
        draft.maxPerDose = part.dose;
        break;
      case "instruction":
        draft.instructions.push(part.text);
        break;
      case "then":
        if (!this.isOpen()) this.next(true);
        break;
      case "stop":
        draft.instructions.push(part.text);
        break;
      case "unknown":
        this.unknown.push(part.text);
        break;
      case "and":
      case "comma":
      case "sentence":
        this.joint = part.kind;
        return;
      case "filler":
        return;
    }
    if (part.kind === "asNeeded" && !part.reason && this.lastPurpose?.draft === draft) {
      draft.reason = this.lastPurpose.reason;
      draft.instructions = draft.instructions.filter((text) => text !== this.lastPurpose?.text);
    }
    this.joint = undefined;
  }

  private lastPurpose: { draft: Draft; reason: string; text: string } | undefined;

  private takeVerb(method: string, route: string | undefined): void {
    const { draft } = this;
    if (!draft.method || (this.joint === "sentence" && isTimed(draft))) draft.method ??= method;
    // A second verb tells how: "take 1 tablet, chew well". It belongs to the words, not to the code.
    this.implyRoute(route);
  }

  private implyRoute(code: string | undefined): void {
    const implied = code === undefined ? undefined : routeOfCode(code);
    if (implied) this.draft.impliedRoute ??= implied;
  }

  private takePattern(doses: { when: string; value: number }[]): void {
    const first = doses[0];
    if (!first) return;
    const same = doses.every((dose) => dose.value === first.value);
    for (const [index, { when, value }] of doses.entries()) {
      if (index > 0 && same) {
        this.draft.when.push(when);
        continue;
      }
      const draft = index > 0 || this.draft.dose ? this.next(false) : this.draft;
      draft.dose = { low: value };
      draft.when.push(when);
    }
  }

  private takeFrequency(frequency: Frequency, when: string | undefined, dose: DoseAmount | undefined): void {
    if (dose) this.takeDose(dose);
    const { draft } = this;
    const others = draft.when.length > 0 && this.joint === "and";
    if (when && others && draft.frequency) {
      // "every morning and every evening": two times a day, not twice the same.
      draft.when.push(when);
      return;
    }
    if (draft.dose && draft.dose.low === undefined && frequency.soft && !when && !isTimed(draft))
      this.review.push(ambiguous("up to", "it may be the most at once or the most in all"));
    joinFrequencies(draft, frequency, this.review);
    if (when && !draft.when.includes(when)) draft.when.push(when);
  }

  /** "5 a day" after a dose says how often; "take 2 a day" may be two at once or in all. */
  private takeRate(amount: number, frequency: Frequency): void {
    const { draft } = this;
    if (draft.dose || draft.method === "Apply") {
      joinFrequencies(draft, frequency, this.review);
      return;
    }
    draft.dose = { low: amount };
    draft.frequency = { ...frequency, frequency: 1, soft: true };
    if (amount > 1) this.review.push(ambiguous(`${amount} a day`, "it may be all at once or one at a time"));
  }

  private takeCount(count: number, countMax: number | undefined, bare: boolean): void {
    const { draft } = this;
    if (bare && (draft.when.length > 0 || draft.frequency)) {
      draft.frequency ??= { frequency: 1, period: 1, periodUnit: "d", soft: true };
      return;
    }
    draft.count = count;
    if (countMax !== undefined) draft.countMax = countMax;
    this.bareCount = bare ? draft : undefined;
  }

  private bareCount: Draft | undefined;

  private takePhase(part: Part & { kind: "phase" }): void {
    const { draft } = this;
    const begins = draft.bounds !== undefined && (draft.dose !== undefined || isTimed(draft));
    const target = begins ? this.next(true) : draft;
    target.bounds = { low: part.to - part.from + 1, unit: part.unit };
    if (draft === target && part.from > 1 && this.drafts.length === 1)
      target.instructions.push(`from ${part.unit === "d" ? "day" : "week"} ${part.from}`);
  }

  /** "once at bedtime": once each day, where "once" alone is a single dose. */
  private settleCounts(): void {
    const draft = this.bareCount;
    if (!draft || (draft.when.length === 0 && !draft.frequency)) return;
    delete draft.count;
    draft.frequency ??= { frequency: 1, period: 1, periodUnit: "d", soft: true };
  }

  /** "1 daily in the morning and at bedtime": each day, at both. */
  private settleTimes(draft: Draft): void {
    const { frequency } = draft;
    const times = draft.when.length + draft.clocks.length;
    if (!frequency || times < 2 || frequency.period !== 1 || frequency.periodUnit !== "d") return;
    if (draft.when.some((one) => GENERAL_MEALS.has(one))) {
      // "three times daily before meals and at bedtime" may be three times or four.
      const others = draft.when.filter((one) => !GENERAL_MEALS.has(one)).length;
      if (!frequency.soft && frequency.frequency !== MEALS_A_DAY + others)
        this.review.push(
          ambiguous(`${frequency.frequency} times a day`, "it does not fit the times that are named"),
        );
      return;
    }
    if (frequency.soft) draft.frequency = { ...frequency, frequency: times };
    else if (frequency.frequency !== times && frequency.frequencyMax === undefined)
      this.review.push(conflict("how often"));
  }

  /** What the first Dosage of a phase leaves unsaid, the others of it say, and the other way round. */
  private share(): void {
    const unit = this.drafts.find((draft) => draft.dose?.unit)?.dose;
    for (const [index, draft] of this.drafts.entries()) {
      const before = this.drafts[index - 1];
      if (draft.dose && !draft.dose.unit && unit && !unit.measure)
        draft.dose = { ...draft.dose, unit: unit.unit ?? "", code: unit.code ?? "" };
      if (before && draft.phase !== before.phase && draft.dose && !isTimed(draft) && before.frequency) {
        draft.frequency = before.frequency;
        draft.when = [...before.when];
      }
      const later = this.drafts.slice(index + 1).filter((one) => one.phase === draft.phase);
      for (const one of later) {
        if (one.bounds) draft.bounds ??= one.bounds;
        if (one.max) draft.max ??= one.max;
        if (one.route) draft.route ??= one.route;
        if (one.site) draft.site ??= one.site;
        if (one.asNeeded && !draft.asNeeded)
          this.review.push(ambiguous("as needed", "it may hold for all of the doses or for the last one"));
      }
    }
  }

  finish(form: string | undefined, route: string | undefined): Assembled {
    this.settleCounts();
    this.review.push(...resolveSides(this.sides, form ?? "", route ?? ""));
    for (const draft of this.drafts) this.settleTimes(draft);
    this.share();
    const formUnit = unitOfForm(form ?? "");
    const unit = formUnit ? unitOf(formUnit) : this.thing;
    for (const draft of this.drafts)
      if (draft.dose && !draft.dose.unit && unit && !unit.measure) draft.dose = { ...draft.dose, ...unit };
    if (this.unknown.length > 0)
      this.review.unshift({
        code: "directions_not_understood",
        message: `Not all of the directions was understood: "${this.unknown.join(" ")}". Read them on the label.`,
        readings: [...new Set(this.unknown)],
      });
    return { drafts: this.drafts.filter((draft) => says(draft)), review: this.review };
  }
}

const says = (draft: Draft) =>
  draft.dose !== undefined ||
  isTimed(draft) ||
  draft.asNeeded ||
  draft.route !== undefined ||
  draft.site !== undefined ||
  draft.bounds !== undefined ||
  draft.max !== undefined ||
  draft.method !== undefined ||
  draft.instructions.length > 0;

/** Puts the parts of directions together to Dosages in the making. */
export function assemble(parts: readonly Part[], form?: string, route?: string): Assembled {
  const assembly = new Assembly();
  for (const part of parts) assembly.take(part);
  return assembly.finish(form, route);
}
