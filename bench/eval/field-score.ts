import type { UnderstoodMedication } from "../../contract/medications.ts";
import { sameValue } from "./same-value.ts";
import { type FieldName, fieldNames, type TrueFields, type TruePhoto } from "./truth.ts";

/**
 * `right`, flagged or not; `flagged`: wrong, and the medication asks for review; `wrong`: wrong and shown as sure;
 * `missed`: nothing found.
 */
export type Verdict = "right" | "flagged" | "wrong" | "missed";

export type FieldFinding = {
  file: string;
  field: FieldName;
  verdict: Verdict;
  printed: string;
  read: string;
  /** The medication asks for review. */
  flagged: boolean;
  /** The field's own evidence says why it asks. */
  ownReview: boolean;
};

/** Every field that stands on the label, or that was read though it does not. */
export function scoreFields(photo: TruePhoto, read: readonly UnderstoodMedication[]): FieldFinding[] {
  const rest = [...read];
  const paired = photo.medications.map((truth) => [truth, takeMatch(truth, rest)] as const);
  const findings = paired.flatMap(([truth, medication]) => judge(photo, truth, medication));
  // A drug that is not on the label is as wrong as a misread one. Real photos may show more than is listed.
  for (const extra of photo.lines.length > 0 ? rest : []) findings.push(...judge(photo, {}, extra));
  return findings;
}

/** The medication with the truth's name, or else the next in line. */
function takeMatch(truth: TrueFields, rest: UnderstoodMedication[]): UnderstoodMedication | undefined {
  const named = rest.findIndex(({ name }) => truth.name !== undefined && sameValue("name", truth.name, name));
  return rest.splice(Math.max(0, named), 1)[0];
}

function judge(
  photo: TruePhoto,
  truth: TrueFields,
  medication: UnderstoodMedication | undefined,
): FieldFinding[] {
  const flagged = medication?.needs_review ?? false;
  return fieldNames.flatMap((field) => {
    const printed = truth[field];
    const value = medication?.[field];
    const read = value === null || value === undefined ? "" : value;
    if (field === "schedule" && printed === undefined) return [];
    if (printed === undefined && (photo.lines.length === 0 || read === "")) return [];
    const verdict = verdictOf(field, printed, read, flagged);
    const ownReview = Boolean(medication?.fields[field]?.review);
    return [
      {
        file: photo.file,
        field,
        verdict,
        printed: String(printed ?? ""),
        read: String(read),
        flagged,
        ownReview,
      },
    ];
  });
}

function verdictOf(
  field: FieldName,
  printed: string | number | undefined,
  read: string | number,
  flagged: boolean,
): Verdict {
  if (read === "") return "missed";
  if (printed !== undefined && sameValue(field, printed, read)) return "right";
  return flagged ? "flagged" : "wrong";
}
