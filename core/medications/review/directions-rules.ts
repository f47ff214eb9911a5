import { isCount, isOften } from "../layout/word-kinds.ts";
import { alike, fold, type Word } from "../layout/words.ts";
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

/** Two sets of directions and one medicine: the other medicine's name may have been lost. */
const directionsOfAnother: Rule = ({ assigned: { directions } }) => {
  const whole = directions.map(({ parts }) => parts.flatMap(({ segment }) => segment.words)).filter(saysAll);
  const said = new Set(whole.map((words) => words.map(({ folded }) => folded).join(" ")));
  return said.size > 1
    ? found(
        "instructions",
        "directions_of_which",
        "There are several directions here and one medicine was found. Please check whether another is on the label.",
      )
    : nothing;
};

/** How much and when: a hospital prints them apart, and they are one set of directions. */
function saysAll(words: readonly Word[]): boolean {
  return words.some((word) => word.kind === "number" || isCount(word)) && words.some(isOften);
}

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
  directionsOfAnother,
  directionsReadTwice,
  directionsUnclear,
  directionsStammer,
];
