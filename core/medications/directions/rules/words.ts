import type { Token } from "../tokens.ts";
import { type Kind, type Meaning, type Phrase, phrasesAt } from "../vocabulary.ts";

/** Directions as the grammar sees them: tokens, and at each the phrases of the vocabulary that start there. */
export type Words = { tokens: readonly Token[]; phrases: readonly Phrase[][] };

export const wordsOf = (tokens: readonly Token[]): Words => ({
  tokens,
  phrases: tokens.map((_, at) => phrasesAt(tokens, at)),
});

/** The longest phrase of a kind that starts here. */
export function phrase<K extends Kind>(words: Words, at: number, kind: K): Phrase<K> | undefined {
  return words.phrases[at]?.find((found): found is Phrase<K> => found.kind === kind);
}

/** The meaning of the longest phrase of a kind that starts here. */
export function meaning<K extends Kind>(words: Words, at: number, kind: K): Meaning<K> | undefined {
  return phrase(words, at, kind)?.meaning;
}

export const textAt = (words: Words, at: number): string => words.tokens[at]?.text ?? "";

/** Is the token here one of these? */
export const isOne = (words: Words, at: number, ...texts: string[]): boolean =>
  texts.includes(textAt(words, at));

/** The place after any of these tokens that stand here. */
export function skip(words: Words, at: number, ...texts: string[]): number {
  let next = at;
  while (next < words.tokens.length && isOne(words, next, ...texts)) next++;
  return next;
}

/** A stretch of the directions as it was printed, spaces made single. */
export function printed(words: Words, start: number, end: number): string {
  return words.tokens
    .slice(start, end)
    .map((token, index) => (index > 0 && !token.glued ? " " : "") + token.raw)
    .join("");
}

/** The same stretch as it was understood: misprints mended, in lower case. */
export const spelled = (words: Words, start: number, end: number): string =>
  words.tokens
    .slice(start, end)
    .map((token, index) => (index > 0 && !token.glued ? " " : "") + token.text)
    .join("");
