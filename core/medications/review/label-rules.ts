import type { LabelLine } from "../../../contract/reading.ts";
import type { Where } from "../draft.ts";
import { figuresDiffer, viewsOf } from "../views.ts";
import { unsureFigure } from "./figures.ts";
import { found, nothing, type Rule } from "./finding.ts";

/**
 * A name with a letter below the first, or letters below the second on the whole, may be another. Of 88 photos whose
 * prescriber was read rightly one has such a letter and none such letters; three of four read wrongly have.
 */
const leastLetter = 0.4;
const leastLetters = 0.8;

const prescriberUnclear: Rule = ({ fields, where, lines }) => {
  const [place] = where.prescriber ?? [];
  const line = place && lines[place.line];
  if (!fields.prescriber || !line) return nothing;
  const { value, confidence } = fields.prescriber;
  const other = otherName(line, place);
  if (other !== null) {
    const message = `The prescriber was read in two ways, in "${line.text}" and in "${other}". Please check the name.`;
    return found("prescriber", "readers_disagree", message, [line.text, other]);
  }
  return confidence < leastLetters || hasUnsureLetter(line, place)
    ? found(
        "prescriber",
        "prescriber_hard_to_read",
        `The prescriber may not be "${value}". Please check the name.`,
      )
    : nothing;
};

const letters = (text: string) => text.toUpperCase().replace(/[^\p{L}]+/gu, "");

/** Another view of the line, where it does not show the same name. */
function otherName(line: LabelLine, { start, end }: Where): string | null {
  const name = letters(line.text.slice(start, end));
  return viewsOf(line).find((view) => !letters(view.text).includes(name))?.text ?? null;
}

function hasUnsureLetter({ text, characters }: LabelLine, { start, end }: Where): boolean {
  const own = characters?.slice(start, end) ?? [];
  return own.some((confidence, at) => confidence < leastLetter && /\p{L}/u.test(text[start + at] ?? ""));
}

const rxNumberUnclear: Rule = (draft) => {
  const [place] = draft.where.rx_number ?? [];
  const { rx_number } = draft.fields;
  if (!rx_number || !place) return nothing;
  const line = draft.lines[place.line];
  const other = figuresDiffer(line, place.start, place.end);
  if (line && other) {
    const message = `The prescription number was read in two ways, in "${line.text}" and in "${other.text}". Please check it.`;
    return found("rx_number", "readers_disagree", message, [line.text, other.text]);
  }
  return unsureFigure(draft, [place])
    ? found(
        "rx_number",
        "rx_number_hard_to_read",
        `A figure of the prescription number, ${rx_number.value}, is hard to read. Please check it.`,
      )
    : nothing;
};

export const labelRules: readonly Rule[] = [prescriberUnclear, rxNumberUnclear];
