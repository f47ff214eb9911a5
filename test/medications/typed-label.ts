import type { LabelLine } from "../../contract/reading.ts";
import { type Label, understand } from "../../core/medications/understand.ts";

const letterWidth = 12;
const rowHeight = 30;
const letterHeight = 24;
const margin = 40;

/** How sure the reader of a typed label is of every letter. */
const sure = 0.99;

/**
 * A label as it would be typed: a row of text a line, and columns where two spaces or more stand between words.
 * Boxes are where the letters of a typewriter would stand.
 */
export function typedLabel(text: string, page = 1): Label {
  const rows = text.split("\n").filter((row) => row.trim() !== "");
  const indent = Math.min(...rows.map((row) => row.search(/\S/)));
  const lines = rows.flatMap((row, at) => {
    const cells = [...row.slice(indent).matchAll(/\S+(?: \S+)*/g)];
    return cells.map((cell) =>
      typedLine(cell[0], margin + cell.index * letterWidth, margin + at * rowHeight, page),
    );
  });
  return { lines };
}

export function typedLine(text: string, x: number, y: number, page = 1): LabelLine {
  return {
    text,
    confidence: sure,
    characters: [...text].map(() => sure),
    box: [x, y, text.length * letterWidth, letterHeight],
    page,
  };
}

/** The medication of a typed label that is of one, or the first of several. */
export function only(text: string) {
  const [medication] = understand(typedLabel(text));
  if (!medication) throw new Error("understand answers at least one medication");
  return medication;
}
