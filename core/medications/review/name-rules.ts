import type { Box, LabelLine } from "../../../contract/reading.ts";
import type { PageSize } from "../draft.ts";
import { nameTails } from "../layout/vocabulary.ts";
import { isFormWord, isNameTail } from "../layout/word-kinds.ts";
import { fold, type Word, wordsOf } from "../layout/words.ts";
import { ingredientsOf } from "../lexicon/entry.ts";
import { findDrug } from "../lexicon/find-drug.ts";
import { wordsSeenAgain } from "../views.ts";
import { found, nothing, type Rule } from "./finding.ts";

const tooMuchText: Rule = ({ whole }) =>
  whole
    ? nothing
    : found(
        null,
        "too_much_text",
        "There is more text on this photo than a label has. Please photograph the label alone.",
      );

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
  const settled =
    match?.kind === "exact" &&
    place &&
    // "0lanzapine" is seen again in "Olanzapine".
    [match.matched, match.entry.name].some((name) => wordsSeenAgain(lines[place.line], name));
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

/** Two or three letters that say how a drug is released, and make it another product. */
const releases = [...nameTails.values()].filter((tail) => /^[A-Z]{2,3}$/.test(tail));

/** A short word between name and strength, one letter away from ER, DR, XL and their like: "MESALAMINE OR 1.2 G". */
const releaseUnclear: Rule = ({ fields, where, lines, mention }) => {
  const [place] = where.name ?? [];
  const strength = mention?.strength;
  if (!fields.name || !place || strength?.line !== place.line) return nothing;
  const text = lines[place.line]?.text ?? "";
  const [next] = wordsOf(text.slice(place.end, strength.start));
  // "OMEPRAZOLE 20 MG OR CAP": a release word stands behind the strength too, before the form.
  const [behind, form] = wordsOf(text.slice(strength.end));
  const candidates = [next, ...(isFormWord(form) ? [behind] : [])];
  const [unclear] = candidates.flatMap((word) => nearRelease(word) ?? []);
  if (!unclear) return nothing;
  const { word, near } = unclear;
  const name = fields.name.value;
  return found(
    "name",
    "release_unclear",
    `After ${name} the label says "${word.text}", which may be ${near.slice(0, mostShown).join(" or ")}. Please check the name.`,
    [word.text, ...near],
  );
};

/** The release words that a short word is one letter away from; null where it is one itself, or none is near. */
function nearRelease(word: Word | undefined): { word: Word; near: string[] } | null {
  if (word?.kind !== "letters" || isFormWord(word) || isNameTail(word) || isNoRelease.has(word.folded))
    return null;
  const near = releases.filter((tail) => oneLetterWrong(word.folded, fold(tail)));
  return near.length > 0 ? { word, near } : null;
}

/** Film-coated, sugar-free, preservative-free: words like them that stand there for themselves. */
const isNoRelease = new Set(["FC", "SF", "PF"].map(fold));

/** More in a sentence are not read by anyone. */
const mostShown = 4;

function oneLetterWrong(a: string, b: string): boolean {
  return a.length === b.length && [...a].filter((letter, index) => letter !== b[index]).length === 1;
}

/** Text this near to the photo's edge, in parts of its height, may go on outside it. */
const edgeShare = 0.15;

/** A name or strength that stands at the edge of its photo, and that no other photo shows. */
const cutAtTheEdge: Rule = ({ fields, where, lines, pages }) => {
  for (const field of ["name", "dosage"] as const) {
    const evidence = fields[field];
    const [place] = where[field] ?? [];
    if (!evidence?.box || !place || shownElsewhere(lines[place.line], evidence.raw)) continue;
    const page = pages?.find((one) => one.page === evidence.page);
    if (!touchesEdge(evidence.box, page)) continue;
    const what = field === "name" ? "name" : "strength";
    return found(
      field,
      "cut_off",
      `The ${what} stands at the edge of the photo and may be cut off. Please take the photo again with the whole label in it.`,
    );
  }
  return nothing;
};

function shownElsewhere(line: LabelLine | undefined, words: string): boolean {
  return (line?.also ?? []).some((also) => also.text.toLowerCase().includes(words.toLowerCase()));
}

function touchesEdge([x, y, width, height]: Box, page: PageSize | undefined): boolean {
  if (width === 0 || height === 0) return false;
  const near = edgeShare * Math.min(width, height);
  if (x <= near || y <= near) return true;
  return page !== undefined && (x + width >= page.width - near || y + height >= page.height - near);
}

export const nameRules: readonly Rule[] = [
  tooMuchText,
  noText,
  noName,
  nameDoubts,
  releaseUnclear,
  equivalentDiffers,
  cutAtTheEdge,
];
