import type { LabelLine } from "../../contract/reading.ts";
import type { Where } from "./draft.ts";
import type { Mention } from "./layout/label-parts.ts";
import { nameTails } from "./layout/vocabulary.ts";
import { isFormWord } from "./layout/word-kinds.ts";
import { fold, type Word, wordsOf } from "./layout/words.ts";
import type { DrugMatch } from "./lexicon/find-drug.ts";
import { usualCapitals } from "./usual-capitals.ts";

const tails = new Map([...nameTails].map(([tail, usual]) => [fold(tail), usual] as const));

/** The salt or release word that one word is, or two that a reader parted ("Tart rate"), misread letters put right. */
function tailAt(words: readonly Word[], at: number): { written: string; end: number } | null {
  const [first, second] = [words[at], words[at + 1]];
  if (!first) return null;
  const whole = tails.get(first.folded);
  if (whole) return { written: whole, end: first.end };
  const parted = second && tails.get(first.folded + second.folded);
  return parted ? { written: parted, end: second.end } : null;
}

/** The salt and release words printed behind a name: " HCl" of "METFORMIN HC1 500 MG". */
function tailsBehind(text: string, start: number, last: number): { written: string; end: number } {
  const words = wordsOf(text.slice(0, last)).filter((word) => word.start >= start);
  let end = start;
  let written = "";
  for (let at = 0; at < words.length; at++) {
    const tail = tailAt(words, at);
    const gap = text.slice(end, words[at]?.start);
    if (words[at]?.text === "-" && tailAt(words, at + 1)) continue;
    if (!tail || /[^\s-]/.test(gap)) break;
    written += gap.trim() === "" ? ` ${tail.written}` : gap + tail.written;
    end = tail.end;
    while ((words[at + 1]?.end ?? Number.POSITIVE_INFINITY) <= end) at++;
  }
  return { written, end };
}

/** Release words that stand behind the strength as well: "DILTIAZEM 240 MG CD CAPSULE". */
const releases = new Set(["ER", "XR", "XL", "SR", "CR", "LA", "DR", "EC", "MR", "CD", "XT", "ODT"]);

/** The release word between a strength and the form, with the space before it; "" where there is none. */
function releaseAfter(text: string, end: number): string {
  const [word, next] = wordsOf(text.slice(end));
  const release = tails.get(word?.folded ?? "") ?? "";
  // "ATENOLOL 50 MG DR SMITH" has a doctor behind it.
  const endsThere = next === undefined || next.kind !== "letters" || isFormWord(next);
  return releases.has(release) && endsThere && next?.text !== "." ? ` ${release}` : "";
}

function hasWord(name: string, word: string): boolean {
  return word === "" || wordsOf(name).some((one) => one.folded === fold(word));
}

/** The name itself, as printed: a brand with its own capitals, a word that a reader parted in one piece. */
function printedName(match: Exclude<DrugMatch, { kind: "unknown" }>): string {
  if (match.kind === "ambiguous") return match.matched;
  const { kind, entry, matched } = match;
  const unparted = matched.replace(/\s+/g, "").toLowerCase() === entry.name.toLowerCase();
  return kind === "corrected" || entry.kind === "brand" || unparted ? entry.name : matched;
}

/** The name a label gives its drug, in usual capitals, and where: as printed, or corrected where it was misread. */
export function nameOf(
  mention: Mention,
  match: DrugMatch,
  lines: readonly LabelLine[],
): { value: string; where: Where } | null {
  const text = lines[mention.line]?.text ?? "";
  const { line } = mention;
  const read = mention.name;
  if (match.kind === "unknown") {
    return read && { value: usualCapitals(read.value), where: { line, start: read.start, end: read.end } };
  }
  const at = text.indexOf(match.matched, mention.start);
  if (at === -1) {
    // Only the second reader saw this name: its place is where the first one saw another.
    const name = "entry" in match ? match.entry.name : match.matched;
    const place = read ?? { start: mention.start, end: mention.end };
    return { value: usualCapitals(name), where: { line, start: place.start, end: place.end } };
  }
  const strengthHere = mention.strength?.line === line ? mention.strength.start : text.length;
  const behind = at + match.matched.length;
  const tail = tailsBehind(text, behind, Math.max(strengthHere, behind));
  const release = mention.strength?.line === line ? releaseAfter(text, mention.strength.end) : "";
  const name = printedName(match) + tail.written;
  const value = usualCapitals(hasWord(name, release.trim()) ? name : name + release);
  return { value, where: { line, start: at, end: tail.end } };
}
