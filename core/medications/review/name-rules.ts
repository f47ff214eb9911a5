import { ingredientsOf } from "../lexicon/entry.ts";
import { findDrug } from "../lexicon/find-drug.ts";
import { wordsSeenAgain } from "../views.ts";
import { found, nothing, type Rule } from "./finding.ts";

const noText: Rule = ({ lines }) =>
  lines.some((line) => /\p{L}{2}/u.test(line.text))
    ? nothing
    : found(
        null,
        "no_text",
        "No text could be read. Please take the photo again, closer and in better light.",
      );

const noName: Rule = (draft) => {
  const { fields } = draft;
  if (fields.name || noText(draft).length > 0) return nothing;
  if (Object.keys(fields).length === 0) {
    return found(
      null,
      "not_a_label",
      "No medicine was found on this photo. Please check that it shows the label.",
    );
  }
  return found(
    null,
    "name_not_found",
    "The medicine's name could not be read. Please read it from the label.",
  );
};

/** Doubts that come of unclear letters alone: two readers who see the same letters settle them. */
const settledByASecondReader = new Set(["look_alike", "name_uncertain"]);

/** The lexicon's own doubts about the name. */
const nameDoubts: Rule = ({ match, fields, where, lines }) => {
  const [place] = where.name ?? [];
  const printed = match && "matched" in match ? match.matched : "";
  const settled = match?.kind === "exact" && place && wordsSeenAgain(lines[place.line], printed);
  return (match?.review ?? [])
    .filter((review) => !(settled && settledByASecondReader.has(review.code)))
    .map((review) => ({ field: fields.name ? "name" : null, review }));
};

/** "Generic for Lipitor" beside a drug that is not in Lipitor: one of the two was misread. */
const equivalentDiffers: Rule = ({ match, assigned, fields }) => {
  if (!match || !("entry" in match)) return nothing;
  const own = ingredientsOf(match.entry).split("/");
  for (const { value } of assigned.equivalents) {
    const other = findDrug(value);
    if (other.kind !== "exact" || other.review.length > 0) continue;
    if (
      ingredientsOf(other.entry)
        .split("/")
        .some((ingredient) => own.includes(ingredient))
    )
      continue;
    const name = fields.name?.value ?? match.entry.name;
    return found(
      "name",
      "equivalent_differs",
      `The label names ${other.entry.name} as the same medicine, but ${name} is another. Please check the name.`,
      [name, other.entry.name],
    );
  }
  return nothing;
};

/** Text this near to the photo's edge, in parts of its height, may go on outside it. */
const edgeShare = 0.15;

/** A name or strength that stands at the edge of the photo, where no other photo shows it. */
const cutAtTheEdge: Rule = ({ fields, where, lines, pages }) => {
  for (const field of ["name", "dosage"] as const) {
    const evidence = fields[field];
    const [place] = where[field] ?? [];
    if (
      !evidence?.box ||
      !place ||
      wordsSeenAgain({ ...lines[place.line], second: undefined } as never, evidence.raw)
    )
      continue;
    const [x, y, width, height] = evidence.box;
    if (width === 0 || height === 0) continue;
    const near = edgeShare * Math.min(width, height);
    const page = pages?.find((one) => one.page === evidence.page);
    const cut =
      x <= near ||
      y <= near ||
      (page && (x + width >= page.width - near || y + height >= page.height - near));
    if (cut) {
      const what = field === "name" ? "name" : "strength";
      return found(
        field,
        "cut_off",
        `The ${what} stands at the edge of the photo and may be cut off. Please take the photo again with the whole label in it.`,
      );
    }
  }
  return nothing;
};

export const nameRules: readonly Rule[] = [noText, noName, nameDoubts, equivalentDiffers, cutAtTheEdge];
