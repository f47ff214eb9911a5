import type { Review } from "../../../contract/medications.ts";
import { ingredientsOf, type LexiconEntry } from "./entry.ts";
import { joined, type Word } from "./words.ts";

export type DrugMatch =
  | {
      kind: "exact" | "corrected";
      entry: LexiconEntry;
      /** 1 for the name itself, less the more had to be believed misread. */
      score: number;
      /** The part of the text that is the name. */
      matched: string;
      /** What follows it: salt, strength, form. */
      rest: string;
      review: Review[];
    }
  | { kind: "ambiguous"; candidates: LexiconEntry[]; matched: string; rest: string; review: Review[] }
  | { kind: "unknown"; review: Review[] };

/** What else is known of the reading. */
export type NameEvidence = {
  /** One confidence per UTF-16 code unit of the text. */
  characters?: readonly number[];
  /** Another reader's view of the same text. */
  second?: { text: string; confidence: number };
  /** As printed; taken from what follows the name when it is not given. */
  strength?: string;
  form?: string;
};

/** One line of text with its words: what is looked at for a name. */
export type Reading = { line: string; words: readonly Word[]; evidence: NameEvidence };

/** Whether two entries would tell a reader of the result different things. Spellings of one generic do not. */
export function differs(a: LexiconEntry, b: LexiconEntry): boolean {
  return a !== b && !(a.kind === "generic" && b.kind === "generic" && ingredientsOf(a) === ingredientsOf(b));
}

/** The words from `start` to `end` as they stand in the line, and what follows them. */
export function around(
  { line, words }: Reading,
  start: number,
  end: number,
): { matched: string; rest: string } {
  const from = words[start]?.from ?? 0;
  const to = words[end - 1]?.to ?? line.length;
  return { matched: line.slice(from, to), rest: line.slice(to).trim() };
}

/** Those words as one name, with the reader's confidence in each letter where it is known. */
export function lettersOf(
  { words, evidence }: Reading,
  start: number,
  end: number,
): { key: string; confidences: number[] | undefined } {
  const { key, at } = joined(words.slice(start, end));
  return { key, confidences: evidence.characters && at.map((index) => evidence.characters?.[index] ?? 1) };
}
