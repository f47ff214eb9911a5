import type { Fields, Review } from "../../contract/medications.ts";
import type { Draft, Where } from "./draft.ts";
import { strengthKnown } from "./lexicon/find-drug.ts";
import { numbersDiffer, otherStrengths } from "./views.ts";

/** A reason to look, and the field it is about; null when it is about the whole label. */
export type Finding = { field: keyof Fields | null; review: Review };

/** One rule: what it finds in a medication, if anything. */
type Rule = (draft: Draft) => Finding[];

function finding(
  field: keyof Fields | null,
  code: string,
  message: string,
  readings?: readonly string[],
): Finding {
  return { field, review: { code, message, ...(readings && { readings: [...readings] }) } };
}

/** The lexicon's own doubts about the name. */
const nameDoubts: Rule = ({ match }) => (match?.review ?? []).map((review) => ({ field: "name", review }));

const noText: Rule = ({ lines }) =>
  lines.some((line) => /\p{L}{3}/u.test(line.text))
    ? []
    : [
        finding(
          null,
          "no_text",
          "No text could be read. Please take the photo again, closer and in better light.",
        ),
      ];

const noDrug: Rule = ({ fields, lines }) =>
  fields.name || noText({ lines } as Draft).length > 0
    ? []
    : [
        finding(
          null,
          "not_a_label",
          "No medicine was found on this photo. Please check that it shows the label.",
        ),
      ];

const strengthMissing: Rule = ({ match, fields }) => {
  if (!fields.name || fields.dosage) return [];
  const hasStrengths = !match || !("entry" in match) || match.entry.strengths.length > 0;
  return hasStrengths
    ? [finding("dosage", "strength_missing", "No strength was found. Please read it from the label.")]
    : [];
};

const strengthUnusual: Rule = ({ match, fields }) => {
  if (!match || !("entry" in match) || !fields.dosage) return [];
  const strength = fields.dosage.value;
  return strengthKnown(match.entry, strength) === "unusual"
    ? [
        finding(
          "dosage",
          "strength_unusual",
          `${fields.name?.value ?? "This drug"} does not usually come as ${strength}. Please check the strength.`,
        ),
      ]
    : [];
};

const strengthRepaired: Rule = ({ mention, fields }) =>
  mention?.strength?.repaired && fields.dosage
    ? [
        finding(
          "dosage",
          "strength_unclear",
          `The strength was read as "${fields.dosage.raw}" and is probably ${fields.dosage.value}. Please check it.`,
          [fields.dosage.raw, fields.dosage.value],
        ),
      ]
    : [];

/** A digit or unit of a strength read with less confidence than this may be another. */
const sureFigure = 0.8;

function unsureFigure({ lines }: Draft, places: readonly Where[] | undefined): boolean {
  return (places ?? []).some((where) => {
    const line = lines[where.line];
    return [...(line?.text ?? "")].some(
      (character, index) =>
        index >= where.start &&
        index < where.end &&
        /[\d.]/.test(character) &&
        (line?.characters?.[index] ?? 1) < sureFigure,
    );
  });
}

const strengthUnsure: Rule = (draft) =>
  draft.fields.dosage && unsureFigure(draft, draft.where.dosage)
    ? [
        finding(
          "dosage",
          "strength_hard_to_read",
          `A figure of the strength, ${draft.fields.dosage.value}, is hard to read. Please check it.`,
        ),
      ]
    : [];

const strengthTwice: Rule = ({ fields, where, lines }) => {
  const [place] = where.dosage ?? [];
  if (!fields.dosage || !place) return [];
  const others = otherStrengths(lines[place.line], fields.dosage.value);
  return others.length > 0
    ? [
        finding(
          "dosage",
          "readers_disagree",
          `The strength was read in two ways, ${[fields.dosage.value, ...others].join(" and ")}. Please check it on the label.`,
          [fields.dosage.value, ...others],
        ),
      ]
    : [];
};

const directionsTwice: Rule = ({ fields, where, lines }) => {
  for (const place of where.instructions ?? []) {
    const line = lines[place.line];
    const other = numbersDiffer(line);
    if (line && other) {
      return [
        finding(
          "instructions",
          "readers_disagree",
          `The directions were read in two ways: "${line.text}" and "${other.text}". Please check the figures.`,
          [line.text, other.text],
        ),
      ];
    }
  }
  return fields.instructions ? [] : [];
};

const directionsMissing: Rule = ({ fields }) =>
  fields.name && !fields.instructions && (fields.rx_number || fields.refills)
    ? [
        finding(
          "instructions",
          "directions_missing",
          "No directions were found. Please read them from the label.",
        ),
      ]
    : [];

const directionsGuessed: Rule = ({ assigned }) =>
  assigned.directionsGuessed
    ? [
        finding(
          "instructions",
          "directions_of_which",
          "There are several drugs, and which directions belong to this one is a guess. Please check.",
        ),
      ]
    : [];

const countsRepaired: Rule = ({ assigned, fields }) => {
  const found: Finding[] = [];
  if (assigned.quantity?.repaired && fields.quantity) {
    found.push(
      finding(
        "quantity",
        "quantity_unclear",
        `The quantity was read as "${fields.quantity.raw}". Please check it.`,
      ),
    );
  }
  if (assigned.refills?.repaired && fields.refills) {
    found.push(
      finding(
        "refills",
        "refills_unclear",
        `The refills were read as "${fields.refills.raw}". Please check them.`,
      ),
    );
  }
  return found;
};

const rules: readonly Rule[] = [
  noText,
  noDrug,
  nameDoubts,
  strengthMissing,
  strengthUnusual,
  strengthRepaired,
  strengthUnsure,
  strengthTwice,
  directionsMissing,
  directionsGuessed,
  directionsTwice,
  countsRepaired,
];

/** Every reason why a person must look at a medication, in the order of the rules. */
export function findingsOf(draft: Draft): Finding[] {
  return rules.flatMap((rule) => rule(draft));
}
