import type { Line } from "../../contract/reading.ts";
import { joinFragments } from "./layout/join-fragments.ts";
import { joinWrapped } from "./layout/join-wrapped.ts";
import { labelParts } from "./layout/label-parts.ts";
import { unsureNumber } from "./review/figures.ts";
import { unsureLetters } from "./review/letters.ts";

/**
 * The indexes of the lines that bear a drug, a strength, directions or a quantity, ascending: where a misread letter
 * or figure would change what a person takes, and a second reader's time is well spent. Lines that bear the
 * prescription's number or the prescriber only where the first reader is unsure of them: a second one may settle it.
 */
export function worthASecondLook(lines: readonly Line[]): number[] {
  const wholes = joinWrapped(joinFragments(lines));
  const read = wholes.map(({ line }) => line);
  const { mentions, directions, quantities, rxNumbers, prescribers } = labelParts(read);
  const drugs = mentions.filter((mention) => mention.strength || mention.kind === "drug");
  const deciding = new Set([
    ...drugs.flatMap((mention) => [mention.line, mention.strength?.line ?? mention.line]),
    ...directions.flatMap((set) => set.parts.map(({ segment }) => segment.line)),
    ...quantities.map(({ line }) => line),
    ...rxNumbers.filter((number) => unsureNumber(read, number)).map(({ line }) => line),
    ...prescribers.filter((name) => unsureLetters(read, name)).map(({ line }) => line),
  ]);
  return [...deciding].flatMap((line) => wholes[line]?.from ?? []).sort((a, b) => a - b);
}
