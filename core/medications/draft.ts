import type { Fields, NumberEvidence, Review, TextEvidence } from "../../contract/medications.ts";
import type { LabelLine } from "../../contract/reading.ts";
import type { AssignedDrug } from "./assign-parts.ts";
import { type ParsedDirections, parseDirections } from "./directions/parse-directions.ts";
import { nameOf } from "./drug-name.ts";
import type { Found, Mention } from "./layout/label-parts.ts";
import { around, boxOf, confidenceOf } from "./layout/places.ts";
import { personName } from "./layout/values.ts";
import { isParted, withoutDigits } from "./layout/word-kinds.ts";
import { alike, wordsOf } from "./layout/words.ts";
import type { DrugMatch } from "./lexicon/find-drug.ts";
import { viewsOf } from "./views.ts";

/** A part of one of the label's lines, in UTF-16 offsets. */
export type Where = { line: number; start: number; end: number };

/** The size of one of a scan's photos, upright. `page` is 1-based. */
export type PageSize = { page: number; width: number; height: number };

/** What all of a label's medications share. */
type LabelRead = {
  lines: readonly LabelLine[];
  pages: readonly PageSize[] | undefined;
  /** False where there was more text than any label has, and the rest was left out. */
  whole: boolean;
};

/** A medication while it is put together: its fields, and where each of them stands. */
export type Draft = LabelRead & {
  assigned: AssignedDrug;
  match: DrugMatch | null;
  mention: Mention | null;
  fields: Fields;
  /** The places each field was read from, in reading order. */
  where: Partial<Record<keyof Fields, Where[]>>;
  directions: ParsedDirections | null;
};

function evidence<T>(lines: readonly LabelLine[], value: T, places: readonly [Where, ...Where[]]) {
  const parts = places.flatMap(({ line: at, start, end }) => {
    const line = lines[at];
    if (!line) return [];
    const { page } = line;
    const raw = line.text.slice(start, end);
    return [{ page, raw, confidence: confidenceOf(line, start, end), box: boxOf(line, start, end) }];
  });
  const page = parts[0]?.page ?? 1;
  // Places on several photos have no one box.
  const onePhoto = parts.length > 0 && parts.every((part) => part.page === page);
  return {
    value,
    raw: parts.map(({ raw }) => raw).join(" "),
    confidence: Math.min(1, ...parts.map(({ confidence }) => confidence)),
    page,
    box: onePhoto ? around(parts.map(({ box }) => box)) : null,
    review: null as Review | null,
  };
}

/** Puts a drug's fields together from the parts of the label that are about it. */
export function draftOf(assigned: AssignedDrug, label: LabelRead): Draft {
  const { lines } = label;
  const fields: Fields = {};
  const where: Draft["where"] = {};
  const mention = assigned.drug?.mention ?? null;
  const match = assigned.drug?.match ?? null;
  const text = (value: string, ...at: readonly [Where, ...Where[]]): TextEvidence =>
    evidence(lines, value, at);
  const number = (found: Found<number>): NumberEvidence => evidence(lines, found.value, [found]);

  const name = mention && match ? nameOf(mention, match, lines) : null;
  if (name) {
    fields.name = text(name.value, name.where);
    where.name = [name.where];
  }
  const strength = mention?.strength ?? assigned.drug?.again.find((other) => other.strength)?.strength;
  if (strength) {
    fields.dosage = text(strength.value, strength);
    where.dosage = [strength];
  }
  const quantity = mention?.quantity ?? assigned.quantity;
  const counted = assigned.quantity ?? mention?.quantity;
  if (counted && quantity) {
    fields.quantity = number(counted);
    where.quantity = [counted];
  }
  if (assigned.refills) {
    fields.refills = number(assigned.refills);
    where.refills = [assigned.refills];
  }
  if (assigned.rxNumber) {
    fields.rx_number = text(assigned.rxNumber.value, assigned.rxNumber);
    where.rx_number = [assigned.rxNumber];
  }
  if (assigned.prescriber) {
    fields.prescriber = text(personName(assigned.prescriber.value), assigned.prescriber);
    where.prescriber = [assigned.prescriber];
  }
  const form = mention?.form ?? assigned.form;
  if (form) fields.form = text(form.value, form);

  const parts = assigned.directions.flatMap((set) => set.parts.map(({ segment }) => segment));
  const [first, ...more] = parts;
  let directions: ParsedDirections | null = null;
  if (first) {
    const printed = withoutEdges(parts.map((part) => tidy(directionsIn(lines[part.line], part))).join(" "));
    fields.instructions = text(printed, first, ...more);
    where.instructions = parts;
    directions = parseDirections(withoutName(printed, fields.name?.value ?? ""), {
      ...(fields.form && { form: fields.form.value }),
      ...(fields.dosage && { strength: fields.dosage.value }),
    });
    if (directions.schedule !== "") fields.schedule = { ...fields.instructions, value: directions.schedule };
  }
  return { ...label, assigned, match, mention, fields, where, directions };
}

/** Directions without the drug's own name: "Take 1 metformin tablet" says nothing that "Take 1 tablet" does not. */
function withoutName(directions: string, name: string): string {
  const names = wordsOf(name).filter((word) => word.text.length >= shortestName);
  const kept = wordsOf(directions).filter((word) => !names.some((own) => alike(word.folded, own.folded)));
  return kept.length === wordsOf(directions).length ? directions : kept.map((word) => word.text).join(" ");
}

/** Shorter words of a name (a salt, a release) may be words of directions too. */
const shortestName = 5;

/** A letter that stands where typewriters print 1, with what comes after it: "Take l tablet", "l to 2 tablets", "l/2". */
const loneOne = /(?<![\p{L}\p{N}/.,-])[lI|]( \p{L}+|\/\d)/gu;

/** A part of a line, its lone letters taken for ones where another view of the line shows the figure. */
function directionsIn(line: LabelLine | undefined, { start, end }: Where): string {
  const text = line?.text.slice(start, end) ?? "";
  const seen = viewsOf(line).map((view) => ` ${view.text.toLowerCase()} `);
  return text.replace(loneOne, (read, next: string) => {
    const asFigure = `1${next}`;
    return seen.some((view) => view.includes(` ${asFigure.toLowerCase()} `)) ? asFigure : read;
  });
}

/** Directions without the comma that parts them from the drug before them, or from the refills behind. */
function withoutEdges(directions: string): string {
  return directions.replace(/^[\s,;:-]+|[\s,;:-]+$/g, "");
}

/** Directions as printed, with the spaces put right that readers lose or add: "TAKE1 TABLET", "Unti l finished". */
function tidy(read: string): string {
  const text = read.replace(/[\p{L}\p{N}]+/gu, withoutDigits);
  const words = wordsOf(text);
  let mended = "";
  let end = words[0]?.start ?? 0;
  words.forEach((word, index) => {
    const before = words[index - 1];
    const gap = word.start > end ? " " : "";
    const lost = before?.kind === "letters" && before.text.length >= 3 && word.kind === "number" ? " " : gap;
    mended += (isParted(before, word) ? "" : lost) + word.text;
    end = word.end;
  });
  return mended;
}
