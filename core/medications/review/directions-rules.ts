import { alike, fold } from "../layout/words.ts";
import { figuresDiffer } from "../views.ts";
import { unsureFigure } from "./figures.ts";
import { found, nothing, type Rule } from "./finding.ts";

/** The directions parser's own doubts. That they name a drug is none when it is the label's own. */
const directionDoubts: Rule = ({ directions, fields }) => {
  const names = (fields.name?.value ?? "").split(/[\s/-]+/).map(fold);
  const ownName = (reading: string) => names.some((name) => alike(fold(reading), name));
  return (directions?.review ?? [])
    .filter((review) => !(review.code === "directions_name_a_drug" && review.readings?.every(ownName)))
    .map((review) => ({ field: "instructions", review }));
};

/** A dispensed or prescribed medicine has directions; a pack may have none. */
const directionsMissing: Rule = ({ fields, assigned }) =>
  fields.name &&
  !fields.instructions &&
  (fields.rx_number || fields.refills || fields.prescriber || assigned.quantity?.headed || assigned.saysWhen)
    ? found(
        "instructions",
        "directions_missing",
        "No directions were found. Please read them from the label.",
      )
    : nothing;

const directionsOfWhich: Rule = ({ assigned }) =>
  assigned.directionsGuessed
    ? found(
        "instructions",
        "directions_of_which",
        "There are several medicines here, and which directions belong to this one is a guess. Please check them.",
      )
    : nothing;

const directionsReadTwice: Rule = ({ where, lines }) => {
  for (const { line: at, start, end } of where.instructions ?? []) {
    const line = lines[at];
    const other = figuresDiffer(line, start, end);
    if (line && other) {
      const readings = [line.text, other.text];
      return found(
        "instructions",
        "readers_disagree",
        `The directions were read in two ways, "${readings.join('" and "')}". Please check the figures.`,
        readings,
      );
    }
  }
  return nothing;
};

const directionsUnclear: Rule = (draft) => {
  const unclear = (draft.where.instructions ?? []).find(
    (place) => unsureFigure(draft.lines, [place]) && !seenAgain(draft, place.line),
  );
  return unclear
    ? found(
        "instructions",
        "directions_hard_to_read",
        "A figure in the directions is hard to read. Please check them.",
      )
    : nothing;
};

/** A word twice in a row, as where two boxes of the reader's overlap: "once a a day". */
const twice = /(?<![\p{L}\p{N}])(\p{L}+) \1(?![\p{L}\p{N}])/iu;

const directionsStammer: Rule = ({ fields }) => {
  const [words] = twice.exec(fields.instructions?.value ?? "") ?? [];
  return words === undefined
    ? nothing
    : found(
        "instructions",
        "directions_hard_to_read",
        `The directions were read with "${words}" in them. Please check them.`,
        [words],
      );
};

function seenAgain({ lines }: Parameters<Rule>[0], at: number): boolean {
  const line = lines[at];
  const figures = (text: string) => text.replace(/\D+/g, " ").trim();
  const views = [...(line?.second ? [line.second] : []), ...(line?.also ?? [])];
  return views.some((view) => figures(view.text) === figures(line?.text ?? ""));
}

export const directionsRules: readonly Rule[] = [
  directionDoubts,
  directionsMissing,
  directionsOfWhich,
  directionsReadTwice,
  directionsUnclear,
  directionsStammer,
];
