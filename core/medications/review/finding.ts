import type { Fields, Review } from "../../../contract/medications.ts";
import type { Draft } from "../draft.ts";

/** A reason to look, and the field it is about; null when it is about the whole label. */
export type Finding = { field: keyof Fields | null; review: Review };

/** One rule: what it finds in a medication, if anything. */
export type Rule = (draft: Draft) => Finding[];

/** One reason in a sentence for the nurse who holds the label, with the competing readings where there are any. */
export function found(
  field: keyof Fields | null,
  code: string,
  message: string,
  readings?: readonly string[],
): Finding[] {
  return [{ field, review: { code, message, ...(readings && { readings: [...readings] }) } }];
}

export const nothing: Finding[] = [];
