import type { Box, QualityIssue } from "../../../contract/reading.ts";
import { boxAround, heightOf, median } from "../geometry.ts";
import type { Grey } from "../picture.ts";
import type { SeenLine } from "../reader.ts";
import { glareOver } from "./glare.ts";
import { Histogram } from "./histogram.ts";
import { blurOf } from "./sharpness.ts";

/** What each issue asks of the person holding the tablet. */
export const ADVICE: Record<QualityIssue["issue"], string> = {
  no_text: "No text was found. Point the camera at the label and take the photo again.",
  blurred: "The text is blurred. Hold the tablet still, wait until it has focused, and take the photo again.",
  glare: "A bright reflection covers text. Tilt the label or the tablet away from the light.",
  cut_off: "The label runs out of the photo. Step back until all of it is in the frame.",
  too_small: "The text is too small. Move closer until the label fills the frame.",
  too_dark: "The photo is too dark. Turn on a light or the tablet's lamp.",
};

/** Letters whose lines are lower than this many pixels of the decoded picture lose their thin strokes. */
const LOWEST_LINE = 18;

/** Paper darker than this (of 255) leaves too few shades between ink and noise. */
const DARKEST_PAPER = 55;

/** An edge of a letter this wide, in parts of its line's height, is blurred (docs/decisions/0033). */
const BLURRED = 0.12;

/**
 * What may make the photo read badly, judged from its pixels around the lines that were found. All places are in
 * pixels of `picture`. Takes a few milliseconds.
 */
export function judgeQuality(picture: Grey, lines: SeenLine[]): QualityIssue[] {
  if (lines.length === 0) return [issue("no_text", null)];
  const issues: QualityIssue[] = [];
  if (median(lines.map(({ band }) => heightOf(band))) < LOWEST_LINE) issues.push(issue("too_small", null));
  if (paperAround(picture, lines) < DARKEST_PAPER) issues.push(issue("too_dark", null));
  if (blurOf(picture, lines) > BLURRED) issues.push(issue("blurred", null));
  for (const place of glareOver(picture, lines)) issues.push(issue("glare", place));
  const side = cutOff(picture, lines);
  if (side) issues.push(issue("cut_off", side));
  return issues;
}

function issue(kind: QualityIssue["issue"], where: Box | null): QualityIssue {
  return { issue: kind, where, advice: ADVICE[kind] };
}

/** Brightness of the paper: the brightest tenth of the pixels where the lines stand. */
function paperAround(picture: Grey, lines: SeenLine[]): number {
  const levels = lines.map(({ band }) => {
    const [left, top, width, height] = boxAround(band).map(Math.round);
    const shades = new Histogram();
    const step = Math.max(1, Math.round((height ?? 0) / SAMPLED_ROWS));
    for (let y = top ?? 0; y < (top ?? 0) + (height ?? 0); y += step) {
      for (let x = left ?? 0; x < (left ?? 0) + (width ?? 0); x += step) {
        const value = x < picture.width ? picture.data[y * picture.width + x] : undefined;
        if (value !== undefined) shades.add(value);
      }
    }
    return shades.quantile(0.9);
  });
  return median(levels);
}

/** Rows looked at for each line: brightness needs no more. */
const SAMPLED_ROWS = 8;

/** A line ending this close to the photo's border, in parts of its height, may go on beyond it. */
const AT_BORDER = 0.4;

/** Lines that end at one border before it cuts off the label; a single one may be something behind it. */
const CUT_LINES = 2;

/** The strip of the photo along which lines are cut, or null. */
function cutOff(picture: Grey, lines: SeenLine[]): Box | null {
  const sides: { reaches: (box: Box, margin: number) => boolean; strip: Box }[] = [
    { reaches: ([x], margin) => x < margin, strip: [0, 0, 1, picture.height] },
    {
      reaches: ([x, , width], margin) => x + width > picture.width - margin,
      strip: [picture.width - 1, 0, 1, picture.height],
    },
    { reaches: ([, y], margin) => y < margin, strip: [0, 0, picture.width, 1] },
    {
      reaches: ([, y, , height], margin) => y + height > picture.height - margin,
      strip: [0, picture.height - 1, picture.width, 1],
    },
  ];
  const cut = sides.find(({ reaches }) => {
    const at = lines.filter(({ band }) => reaches(boxAround(band), AT_BORDER * heightOf(band)));
    return at.length >= CUT_LINES;
  });
  return cut?.strip ?? null;
}
