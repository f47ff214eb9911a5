import type { LabelLine } from "../../../contract/reading.ts";
import { codesNear } from "../directions/short-codes.ts";
import type { Where } from "../draft.ts";
import { viewsOf } from "../views.ts";
import { type Finding, found, nothing, type Rule } from "./finding.ts";

/** A letter of a short code read with less confidence than this may be another. */
const sureLetter = 0.8;
/** An O shares its confidence with the nought, which says the same here: PO read rightly had an O of 0.61 and 0.69. */
const sureO = 0.5;

/** A word of the directions that other codes are one letter away from. */
type Code = { text: string; start: number; near: readonly string[] };

/** PO and PC, QD and QID: the words around them do not tell which was printed, so the letters must. */
const codeUnclear: Rule = ({ where, lines }) => {
  for (const place of where.instructions ?? []) {
    const line = lines[place.line];
    const findings = line ? codesIn(line.text, place).flatMap((code) => doubtsOf(code, line)) : [];
    if (findings.length > 0) return findings.slice(0, 1);
  }
  return nothing;
};

const word = /\p{L}+(?:\.\p{L}+)*/gu;

function codesIn(text: string, { start, end }: Where): Code[] {
  return [...text.slice(start, end).matchAll(word)].flatMap(({ 0: found, index }) => {
    const near = codesNear(found);
    return near.length > 0 ? [{ text: found, start: start + index, near }] : [];
  });
}

function doubtsOf(code: Code, line: LabelLine): Finding[] {
  const views = viewsOf(line);
  if (views.some((view) => shows(view.text, code.text))) return nothing;
  const other = code.near.find(
    (near) => !shows(line.text, near) && views.some((view) => shows(view.text, near)),
  );
  if (other) {
    const readings = [code.text, other.toUpperCase()];
    const message = `A word of the directions was read in two ways, "${readings.join('" and "')}". Please check them.`;
    return found("instructions", "readers_disagree", message, readings);
  }
  const { characters } = line;
  const unsure = [...code.text].some((letter, at) => {
    const least = /o/i.test(letter) ? sureO : sureLetter;
    return letter !== "." && (characters?.[code.start + at] ?? 1) < least;
  });
  return unsure
    ? found(
        "instructions",
        "directions_hard_to_read",
        `"${code.text}" in the directions is hard to read, and one other letter would change what it says. Please check them.`,
        [code.text],
      )
    : nothing;
}

/** Whether a text has the word among its own, whatever its capitals and dots. */
function shows(text: string, code: string): boolean {
  const plain = (one: string) => one.toLowerCase().replaceAll(".", "");
  return [...text.matchAll(word)].some(([one]) => plain(one) === plain(code));
}

export const codeRules: readonly Rule[] = [codeUnclear];
