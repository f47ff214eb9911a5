import type { Span } from "./drug-line.ts";
import type { Segment } from "./segments.ts";
import { credentials, numberWords } from "./vocabulary.ts";
import { isVolumeUnit } from "./word-kinds.ts";
import { fold, type Word } from "./words.ts";

const counts = new Map([...numberWords].map(([word, value]) => [fold(word), value] as const));

/** A number that a field says, and whether a letter had to be taken for a digit. */
export type Count = Span<number> & { repaired: boolean };

const loneLetters: Readonly<Record<string, number>> = { O: 0, o: 0, D: 0, Q: 0, l: 1, I: 1, "|": 1 };

/** "1Z": a letter that touches a number may be its last figure. A unit is none: "60g"; but "#1G" counts pieces. */
function endsInLetter(before: Word | undefined, number: Word, next: Word | undefined): boolean {
  if (next?.kind !== "letters" || next.start !== number.end || next.text.length !== 1) return false;
  return before?.text === "#" || !isVolumeUnit(next);
}

/** The first number of a quantity or refills field, in digits or words. "NO REFILLS" and "ZERO" are 0. */
export function countIn(words: readonly Word[]): Count | null {
  for (const [at, word] of words.entries()) {
    const value = word.value ?? counts.get(word.folded);
    if (value !== undefined) {
      const repaired = word.repaired || endsInLetter(words[at - 1], word, words[at + 1]);
      return { value, start: word.start, end: word.end, repaired };
    }
    const alone = loneLetters[word.text];
    if (alone !== undefined) return { value: alone, start: word.start, end: word.end, repaired: true };
  }
  return null;
}

/** Fewer digits are a strength or a count. */
const fewestDigits = 4;

/** A prescription number: digits with the letters and dashes some pharmacies put between. */
export function numberIn(segment: Segment, text: string): Span<string> | null {
  const value = text.slice(segment.start, segment.end);
  const match = /[A-Z\d]*\d[A-Z\d]*(?:[-/][A-Z\d]*\d[A-Z\d]*)*/i.exec(value);
  if (!match || match[0].replace(/\D/g, "").length < fewestDigits) return null;
  // Without a heading of its own it must be nothing else.
  if (segment.heading === null && value.replace(/[#\s.]/g, "") !== match[0]) return null;
  const start = segment.start + match.index;
  return { value: match[0], start, end: start + match[0].length };
}

const afterName =
  /\s*(?:[([]|\b(?:dea|npi|lic|ph|tel|phone|fax|date|auth|qty|refills?)\b|(?<![\p{L}\d])#?\d(?!['’\p{L}])).*$/iu;
const titles = new Set(["DR", "DRA", "MD"]);
const upper = new Set(credentials.map((credential) => credential.toUpperCase()));

/** A person's name as labels print it, in usual capitals: "DR. J SMITH" is "Dr. J Smith", "A. PATEL, MD" keeps its MD. */
export function personName(text: string): string {
  const spaced = text
    .replace(/(?<![\p{L}\d])0(?=['’\p{L}])/gu, "O")
    .replace(/\s+([.,])/g, "$1")
    .replace(/([.,])(?=\p{L}{2})/gu, "$1 ")
    .replace(/\s+/g, " ");
  return spaced.replace(/[\p{L}][\p{L}'’-]*/gu, (word) => {
    const loud = word.toUpperCase();
    if ((upper.has(loud) || upper.has(loud.replaceAll("-", ""))) && !titles.has(loud)) return loud;
    if (loud === "MD") return loud;
    if (word !== loud && word !== word.toLowerCase()) return word;
    return word
      .toLowerCase()
      .replace(/(^|['’-])(\p{L})/gu, (_, gap: string, letter: string) => gap + letter.toUpperCase());
  });
}

/** An initial that a reader took for a figure: "Dr. 1. Kowalski", "Dr. 0. Gallagher". */
const figureForInitial = /^(\s*dra?[.,]?\s*)([01])(?=[.,]?\s*\p{Lu}\p{L})/iu;

/** A prescriber's name, cut where a telephone, a licence or a note begins. */
export function prescriberIn(segment: Segment, text: string): Span<string> | null {
  const value = text
    .slice(segment.start, segment.end)
    .replace(figureForInitial, (_, title: string, figure: string) => title + (figure === "1" ? "I" : "O"))
    .replace(afterName, "")
    .replace(/[\s,;:-]+$/, "");
  // A title alone is nobody's name.
  if (!/\p{L}{2}/u.test(value.replace(/\bdra?\b/giu, ""))) return null;
  return { value, start: segment.start, end: segment.start + value.length };
}
