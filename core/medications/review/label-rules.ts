import type { LabelLine } from "../../../contract/reading.ts";
import { figuresDiffer, type View, viewsOf } from "../views.ts";
import { unsureNumber } from "./figures.ts";
import { found, nothing, type Rule } from "./finding.ts";
import { unsureLetters } from "./letters.ts";

const prescriberUnclear: Rule = ({ fields, where, lines }) => {
  const [place] = where.prescriber ?? [];
  const line = place && lines[place.line];
  if (!fields.prescriber || !line) return nothing;
  const { value } = fields.prescriber;
  const other = otherName(line, value);
  if (other !== null) {
    const message = `The prescriber was read in two ways, in "${line.text}" and in "${other}". Please check the name.`;
    return found("prescriber", "readers_disagree", message, [line.text, other]);
  }
  return viewsOf(line).length === 0 && unsureLetters(lines, place)
    ? found(
        "prescriber",
        "prescriber_hard_to_read",
        `The prescriber may not be "${value}". Please check the name.`,
      )
    : nothing;
};

const letters = (text: string) => text.toUpperCase().replace(/[^\p{L}]+/gu, "");

/** Another view of the line, where it does not show the same name. */
function otherName(line: LabelLine, name: string): string | null {
  const words = (text: string): string[] => text.toUpperCase().match(/\p{L}+/gu) ?? [];
  const [first = ""] = words(name);
  // "Ursula" has "rsula" in it, and is another name.
  const shows = ({ text }: View) => letters(text).includes(letters(name)) && words(text).includes(first);
  return viewsOf(line).find((view) => !shows(view))?.text ?? null;
}

const rxNumberUnclear: Rule = (draft) => {
  const [place] = draft.where.rx_number ?? [];
  const { rx_number } = draft.fields;
  if (!rx_number || !place) return nothing;
  const line = draft.lines[place.line];
  const other = figuresDiffer(line, place.start, place.end);
  if (line && other && !showsNumber(other, rx_number.value)) {
    const message = `The prescription number was read in two ways, in "${line.text}" and in "${other.text}". Please check it.`;
    return found("rx_number", "readers_disagree", message, [line.text, other.text]);
  }
  const seenAgain = viewsOf(line).some((view) => showsNumber(view, rx_number.value));
  return !seenAgain && unsureNumber(draft.lines, place)
    ? found(
        "rx_number",
        "rx_number_hard_to_read",
        `A figure of the prescription number, ${rx_number.value}, is hard to read. Please check it.`,
      )
    : nothing;
};

/** Whether another view of the line shows the same number, whatever it made of the rest. */
function showsNumber(view: View, number: string): boolean {
  const pieces = (text: string) => ` ${text.toUpperCase().replace(/[^\p{L}\p{N}]+/gu, " ")} `;
  return pieces(view.text).includes(pieces(number));
}

/** A number or a name where the prescription's number or the prescriber stands, without a word that says so. */
const unmarked: Rule = ({ assigned, fields }) => {
  const { rx_number, prescriber } = fields;
  return [
    ...(rx_number && assigned.unmarked.has("rx_number")
      ? found(
          "rx_number",
          "rx_number_unmarked",
          `${rx_number.value} stands on the label without "Rx" or "#". Please check that it is the prescription number.`,
        )
      : nothing),
    ...(prescriber && assigned.unmarked.has("prescriber")
      ? found(
          "prescriber",
          "prescriber_unmarked",
          `${prescriber.value} stands on the label without "Dr" or another title. Please check that this is the prescriber.`,
        )
      : nothing),
  ];
};

export const labelRules: readonly Rule[] = [prescriberUnclear, rxNumberUnclear, unmarked];
