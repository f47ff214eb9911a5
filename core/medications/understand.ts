import type { Fields, Review, UnderstoodMedication } from "../../contract/medications.ts";
import type { LabelLine } from "../../contract/reading.ts";
import { assignParts } from "./assign-parts.ts";
import { chooseDrugs } from "./choose-drugs.ts";
import { type Draft, draftOf, type PageSize } from "./draft.ts";
import { joinFragments } from "./layout/join-fragments.ts";
import { joinWrapped } from "./layout/join-wrapped.ts";
import { labelParts } from "./layout/label-parts.ts";
import { findingsOf } from "./review/findings.ts";

/** A label's lines, joined from the photos of one scan, in reading order. */
export type Label = {
  lines: LabelLine[];
  /** Sizes of the photos in pixels: with them a name at a photo's right or lower edge is known to be cut off. */
  pages?: readonly PageSize[];
};

function medicationOf(draft: Draft): UnderstoodMedication {
  const findings = findingsOf(draft);
  const fields = reviewed(draft.fields, findings);
  const review = findings.map((finding) => finding.review);
  return {
    name: fields.name?.value ?? "",
    dosage: fields.dosage?.value ?? "",
    schedule: fields.schedule?.value ?? "",
    quantity: fields.quantity?.value ?? null,
    prescriber: fields.prescriber?.value ?? "",
    instructions: fields.instructions?.value ?? "",
    form: fields.form?.value ?? "",
    refills: fields.refills?.value ?? null,
    rx_number: fields.rx_number?.value ?? "",
    needs_review: review.length > 0,
    review,
    fields,
    directions: draft.directions?.dosages ?? [],
  };
}

/** The fields, each with the first reason to look at it. */
function reviewed(
  fields: Fields,
  findings: readonly { field: keyof Fields | null; review: Review }[],
): Fields {
  for (const { field, review } of findings.toReversed()) {
    const evidence = field && fields[field];
    if (evidence) evidence.review = review;
  }
  return fields;
}

/** A label has some 60 lines of some 60 letters, a full page 120 lines. What is beyond is noise, and is not read. */
const mostLines = 300;
const longestLine = 300;

/** A label's lines as far as they are read, and whether that is all of them. */
function readable(label: Label): { lines: LabelLine[]; whole: boolean } {
  const lines = label.lines
    .slice(0, mostLines)
    .map((line) =>
      line.text.length > longestLine ? { ...line, text: line.text.slice(0, longestLine) } : line,
    );
  return {
    lines,
    whole: lines.length === label.lines.length && lines.every((line, at) => line === label.lines[at]),
  };
}

/** Turns a label's lines into its medications: at least one, with an empty name and a reason where none was found. */
export function understand(label: Label): UnderstoodMedication[] {
  const { lines: read, whole } = readable(label);
  const lines = joinWrapped(joinFragments(read)).map(({ line }) => line);
  const parts = labelParts(lines);
  const drugs = chooseDrugs(parts.mentions, lines);
  const photo = { lines, pages: label.pages, whole };
  return assignParts(drugs, parts).map((assigned) => medicationOf(draftOf(assigned, photo)));
}
