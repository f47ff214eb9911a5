import { type Heading, headings, type Kind } from "./headings.ts";
import { strengthsIn } from "./strength.ts";
import { notNames } from "./vocabulary.ts";
import { isConnector, isForm, isName, isTime, isVerb, opensDirections } from "./word-kinds.ts";
import { alike, fold, type Word, wordsOf } from "./words.ts";

/** A part of a line that is about one thing: "QTY: 30 REFILLS: 2" has two. */
export type Segment = {
  /** Index of its line in the label. */
  line: number;
  /** What its heading says it is; null where there is no heading. */
  heading: Kind | null;
  /** The words after the heading. */
  words: Word[];
  /** Where the value stands in the line's text, without the heading. */
  start: number;
  end: number;
};

type Phrase = { words: string[]; heading: Heading };

const phrases: readonly Phrase[] = headings
  .flatMap((heading) =>
    heading.phrases.map((phrase) => ({ words: wordsOf(phrase).map((word) => word.folded), heading })),
  )
  .sort((a, b) => b.words.length - a.words.length);

const phrasesByFirst = Map.groupBy(phrases, (phrase) => phrase.words[0] ?? "");

const openings = [...phrasesByFirst];
const answers = new Map<string, readonly Phrase[]>();
/** Enough for every word of many labels; noise must not fill a long-lived process. */
const mostAnswersKept = 5000;

function phrasesOpening(folded: string): readonly Phrase[] {
  const before = phrasesByFirst.get(folded) ?? answers.get(folded);
  if (before) return before;
  const list = openings.find(([first]) => alike(folded, first))?.[1] ?? [];
  if (answers.size < mostAnswersKept) answers.set(folded, list);
  return list;
}

/** The phrases that may begin at a word, or at a word and the next one that a reader parted: "REFIL LS". */
function phrasesAt(words: readonly Word[], at: number): readonly Phrase[] {
  const [first, second] = [words[at]?.folded ?? "", words[at + 1]];
  const opening = phrasesOpening(first);
  return second?.kind === "letters" ? [...opening, ...phrasesOpening(first + second.folded)] : opening;
}

/** How many words from `at` say the phrase, its first one whole or parted; none when they say something else. */
function lengthsSaying(phrase: readonly string[], words: readonly Word[], at: number): number[] {
  // A 5 looks like the S of "REFILL S", but a number is no word of a heading.
  const says = (from: number, rest: readonly string[]) =>
    rest.every((wanted, index) => {
      const word = words[from + index];
      return word?.kind !== "number" && alike(word?.folded ?? "", wanted);
    });
  const parted = (words[at]?.folded ?? "") + (words[at + 1]?.folded ?? "");
  return [
    ...(says(at, phrase) ? [phrase.length] : []),
    ...(alike(parted, phrase[0] ?? "") && says(at + 2, phrase.slice(1)) ? [phrase.length + 1] : []),
  ];
}

const colons = new Set([":", "#", ";", "="]);
const skipped = new Set([...colons, "x", "X", ".", ",", "-", "(", ")", "*", "/", "_"]);
const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"].map(fold);
const countWords = new Set(
  ["no", "none", "zero", "nil", "one", "two", "three", "four", "five", "six"].map(fold),
);

function saysHowMany(word: Word | undefined): boolean {
  return word !== undefined && (word.kind === "number" || countWords.has(word.folded));
}

/** Whether the word after a heading is of the kind that the heading announces. */
function announces(heading: Heading, next: Word | undefined, opensLine: boolean): boolean {
  if (!next) return opensLine;
  switch (heading.value) {
    case "number":
      // "QTY g8" announces a number that was not read.
      return saysHowMany(next) || /^(?=.*\d)[\p{L}\d]{2,4}$/u.test(next.text);
    case "code":
      return /\d/.test(next.text);
    case "date":
      return next.kind === "number" || months.some((month) => next.folded.startsWith(month));
    default:
      return opensLine && !heading.colon && next.kind !== "sign";
  }
}

/** `only`: so many words are its value, and no more. */
type Found = { heading: Heading; from: number; to: number; only?: number };

/** The heading that a phrase of `length` words at word `at` is, if what follows fits it. */
function headingOf(
  { words: phrase, heading }: Phrase,
  words: readonly Word[],
  at: number,
  length: number,
  before?: Found,
) {
  let to = at + length;
  let colon = phrase.at(-1) === "#";
  for (; to < words.length && skipped.has(words[to]?.text ?? ""); to++) {
    if (colons.has(words[to]?.text ?? "")) colon = true;
  }
  to += figureOfHeading(words, to);
  const next = words[to];
  if (heading.keep) return opensName(heading, next, at, before) ? { heading, from: at, to: at } : null;
  const fits = announces(heading, next, at === 0);
  // "Rx" alone or "Rx: Lisinopril" heads a prescription.
  if (heading.kind === "rx_number" && !fits)
    return next && colon ? { heading: prescribed, from: at, to } : null;
  if (heading.kind === "refills" && !colon && repeatsDose(words, at, to)) return null;
  // "90 DAY SUPPLY" says how many behind the number, as "3 REFILLS" does.
  if (heading.kind === "code" && !fits && words[at - 1]?.kind === "number" && phrase.at(-1) === SUPPLY)
    return { heading, from: at - 1, to: at - 1 };
  if (colon || fits) return { heading, from: at, to };
  // "3 REFILLS", "NO REFILLS"
  return heading.kind === "refills" && at > 0 && saysHowMany(words[at - 1])
    ? { heading, from: at - 1, to: at - 1 }
    : null;
}

/** "REFIL1: 5", "REFILL(5): 3": a letter of the heading that was read as a figure, and the colon behind it. */
function figureOfHeading(words: readonly Word[], at: number): number {
  const [before, figure, next, after] = words.slice(at - 1, at + 3);
  if (figure?.kind !== "number" || figure.start !== before?.end) return 0;
  if (colons.has(next?.text ?? "")) return 2;
  return next?.text === ")" && colons.has(after?.text ?? "") ? 3 : 0;
}

const SUPPLY = fold("supply");
/** Words that lead to a verb: what may, can or must be repeated is a dose. */
const leads = new Set(["may", "can", "then", "not", "to", "and", "must", "or"].map(fold));

/** "MAY REPEAT X1", "REPEAT 1 TABLET IN 2 HOURS": directions, not refills. "MAY REFILL 2 TIMES" is none of them. */
function repeatsDose(words: readonly Word[], at: number, to: number): boolean {
  if (!alike(words[at]?.folded ?? "", REPEAT)) return false;
  const behind = words[to + 1];
  const goesOn = behind !== undefined && (isTime(behind) || isForm(behind) || isConnector(behind));
  return goesOn || leads.has(words[at - 1]?.folded ?? "");
}

const REPEAT = fold("repeat");

const prescribed: Heading = { kind: "drug", value: "text", phrases: [] };
const noNames = new Set(notNames.map(fold));

/** "Dr" opens a line with its name, or follows another field: "NO REFILLS. DR. K PATEL", not "NO REFILLS - DR AUTH". */
function opensName(heading: Heading, next: Word | undefined, at: number, before: Found | undefined): boolean {
  // "Dr. 0. Gallagher": an initial that was read as a figure.
  if (at === 0 && (next?.text === "0" || next?.text === "1")) return true;
  if (next?.kind !== "letters" || noNames.has(next.folded)) return false;
  return (
    at === 0 ||
    (before !== undefined && before.to < at && ownsNoNames.has(before.heading.kind) && heading.keep === true)
  );
}

/** Fields whose own words are no names, so that a title after them begins another field. */
const ownsNoNames = new Set<Kind>(["rx_number", "quantity", "refills", "date", "phone", "code"]);

/** "#30" counts what is dispensed behind a strength or directions; fewer may be a name's ("Tylenol #3"), more a number. */
const fewestCounted = 5;
const mostCounted = 999;

/** The "#30" of "Lisinopril 10 mg #30 1 po qd": a quantity whose value is that one number. */
function countAt(words: readonly Word[], at: number, before?: Found): Found | null {
  if (words[at]?.text !== "#") return null;
  const count = words[at + 1]?.value ?? 0;
  const own = words.slice(before?.to ?? 0, at);
  const counted = Number.isInteger(count) && count >= fewestCounted && count <= mostCounted;
  const behind = strengthsIn(own).length > 0 || (opensDirections(own) && own.some(isTime));
  return counted && behind ? { heading: dispensed, from: at, to: at + 1, only: 1 } : null;
}

const dispensed: Heading = { kind: "quantity", value: "number", phrases: [] };

/** The heading that opens at word `at`, if one does; `to` is the first word of its value. */
function headingAt(words: readonly Word[], at: number, before?: Found): Found | null {
  const count = countAt(words, at, before);
  if (count) return count;
  if (words[at]?.kind !== "letters") return null;
  for (const phrase of phrasesAt(words, at)) {
    for (const length of lengthsSaying(phrase.words, words, at)) {
      const found = headingOf(phrase, words, at, length, before);
      if (found) return found;
    }
  }
  return null;
}

/** Fields whose values are figures: a drug or directions behind them are something else. */
const figures = new Set<Kind>(["rx_number", "quantity", "refills", "date", "phone", "code"]);

/** How many words belong to a figure's field, before a drug with its strength or directions begin on the same line. */
function valueLength(words: readonly Word[]): number {
  for (let at = 1; at < words.length; at++) {
    const word = words[at];
    const rest = words.slice(at);
    if (isVerb(word) && rest.some(isTime)) return at;
    if (word && isName(word) && (strengthsIn(rest)[0]?.from ?? 0) > 0) return at;
  }
  return words.length;
}

/** Splits a line at its headings. A line without any is one segment. */
export function segmentsOf(text: string, line: number): Segment[] {
  const words = wordsOf(text);
  const found: Found[] = [];
  for (let at = 0; at < words.length; at++) {
    const heading = headingAt(words, at, found.at(-1));
    if (!heading) continue;
    found.push(heading);
    at = Math.max(at, heading.to - 1);
  }
  const segments: Segment[] = [];
  const push = (heading: Kind | null, from: number, to: number) => {
    const part = words.slice(from, to);
    const start = part[0]?.start ?? words[from]?.start ?? text.length;
    const end = part.at(-1)?.end ?? start;
    if (part.length > 0 || heading) segments.push({ line, heading, words: part, start, end });
  };
  const pushHeaded = ({ heading: { kind: heading }, to: from, only }: Found, to: number) => {
    const own = only ?? valueLength(words.slice(from, to));
    const cut = figures.has(heading) ? Math.min(from + own, to) : to;
    push(heading, from, cut);
    if (cut < to) push(null, cut, to);
  };
  push(null, 0, found[0]?.from ?? words.length);
  found.forEach((heading, index) => {
    pushHeaded(heading, found[index + 1]?.from ?? words.length);
  });
  return segments;
}
