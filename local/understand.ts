import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { LabelLine } from "../contract/reading.ts";
import { parseDirections } from "../core/medications/directions/parse-directions.ts";
import { understand } from "../core/medications/understand.ts";

/**
 * Understands text without a photo: npm run --silent understand -- [--json] [--label] [FILE]
 *
 * Lines of directions from FILE or standard input, one answer a line in the same order; with --label the text of one
 * label, one answer for each medication on it. --json answers one JSON object a line.
 */
const USAGE = "usage: npm run --silent understand -- [--json] [--label] [FILE]";

/** Boxes of a label's lines where there is no photo: one below the other, as wide as a printed line of such length. */
const LINE_HEIGHT_PX = 40;
const CHARACTER_WIDTH_PX = 20;
/** Room around the text, as nothing of it is cut off. */
const MARGIN_PX = 200;

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function asLabel(texts: readonly string[]): LabelLine[] {
  return texts.map((text, index) => ({
    text,
    confidence: 1,
    box: [MARGIN_PX, MARGIN_PX + index * LINE_HEIGHT_PX, text.length * CHARACTER_WIDTH_PX, LINE_HEIGHT_PX],
    page: 1,
  }));
}

const reasons = (review: readonly { message: string }[]) => review.map((one) => `  look: ${one.message}`);

function directionsAnswer(text: string, json: boolean): string {
  const { dosages, schedule, review } = parseDirections(text);
  const needs_review = review.length > 0;
  if (json) return JSON.stringify({ text, schedule, directions: dosages, needs_review, review });
  return [`${text}: ${schedule || "no schedule"}`, ...reasons(review)].join("\n");
}

function labelAnswers(texts: readonly string[], json: boolean): string[] {
  return understand({ lines: asLabel(texts) }).map((medication) => {
    if (json) return JSON.stringify(medication);
    const { name, dosage, schedule, review } = medication;
    return [`${name || "no name"} ${dosage}: ${schedule || "no schedule"}`, ...reasons(review)].join("\n");
  });
}

function main(): number {
  let options: { json: boolean; label: boolean; file: string | undefined };
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { json: { type: "boolean", default: false }, label: { type: "boolean", default: false } },
    });
    if (positionals.length > 1) throw new TypeError("more than one file");
    options = { json: values.json, label: values.label, file: positionals[0] };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.error(USAGE);
    return 2;
  }
  const { json, label, file } = options;
  let text: string;
  try {
    text = readFileSync(file ?? process.stdin.fd, "utf8");
  } catch (error) {
    console.error(
      `cannot read ${file ?? "standard input"}: ${error instanceof Error ? error.message : error}`,
    );
    return 1;
  }
  const lines = linesOf(text);
  const answers = label ? labelAnswers(lines, json) : lines.map((line) => directionsAnswer(line, json));
  for (const answer of answers) console.log(answer);
  return 0;
}

process.exitCode = main();
