import type { Review } from "../../../../contract/medications.ts";
import type { Token } from "../tokens.ts";
import { type Kind, kindsAlone, kindsOf } from "../vocabulary.ts";
import { asWord, hiddenNumber, hiddenWord, isDigitLetter, known } from "./digits-and-letters.ts";
import { distance } from "./distance.ts";
import { nearest, SHORT_ERRORS } from "./nearest-word.ts";
import { wordsIn } from "./words-in-run.ts";

/** Directions hold few misprints: past this many unknown words the text is something else. */
const MOST_REPAIRS = 30;

/** Kinds whose words say how much or how often: a corrected one is for a person to see. */
const DECIDING: ReadonlySet<Kind> = new Set<Kind>([
  "number",
  "ordinal",
  "times",
  "frequency",
  "maximum",
  "up to",
  "site",
]);
/** Kinds that a "q" may be stuck to. */
const EVERY: readonly Kind[] = ["day", "days", "time", "period"];
const MEASURES = new Set([
  "ml",
  "mls",
  "mg",
  "mcg",
  "unit",
  "units",
  "gram",
  "grams",
  "milligrams",
  "micrograms",
]);

/** Does the word itself (not only a phrase around it) decide an amount or a time? */
const decides = (word: string) =>
  MEASURES.has(word) || [...(kindsAlone(word) ?? [])].some((kind) => DECIDING.has(kind));

const corrected = (raw: string, to: string): Review => ({
  code: "directions_word_corrected",
  message: `"${raw}" in the directions was taken for "${to}". Check it on the label.`,
  readings: [raw, to],
});

const uncertainNumber = (raw: string, to: string): Review => ({
  code: "directions_number_uncertain",
  message: `The number "${raw}" in the directions was taken for ${to}. Check it on the label.`,
  readings: [raw, to],
});

/** What tokens became, where they end, and what a person must look at. */
type Mended = { tokens: Token[]; end: number; review: Review[] };

/** A run of letters and digits that no space parts: the number or the word that it hides. */
function mendRun(tokens: readonly Token[], at: number): Mended | undefined {
  if (tokens[at]?.glued || !tokens[at + 1]?.glued) return undefined;
  const number = hiddenNumber(tokens, at);
  const found = number ?? hiddenWord(tokens, at);
  if (!found) return undefined;
  const { token, end } = found;
  if (number) return { tokens: [token], end, review: [uncertainNumber(token.raw, token.text)] };
  // HOUR5 may be "hours" or "hour 5".
  const review = /^\p{L}+\d$/u.test(token.raw) ? [corrected(token.raw, token.text)] : [];
  return { tokens: [token], end, review };
}

/** "l tablet": a letter that is a digit, before a unit. */
function mendDigit(tokens: readonly Token[], at: number): Mended | undefined {
  const token = tokens[at];
  if (!token || !isDigitLetter(token) || token.text.length !== 1) return undefined;
  if (!kindsOf(tokens[at + 1]?.text ?? "")?.has("unit")) return undefined;
  const one: Token = { ...token, kind: "number", text: "1", value: 1 };
  return { tokens: [one], end: at + 1, review: [uncertainNumber(token.raw, "1")] };
}

/** A sign stuck to the word after it: 1xHS, 3xdaily, qMon, qbedtime. */
function parted(token: Token): Token[] | undefined {
  const [first = "", rest] = [token.text[0], token.text.slice(1)];
  const isTimes = first === "x" && token.glued && kindsOf(rest) !== undefined;
  const isEvery = first === "q" && EVERY.some((kind) => kindsAlone(rest)?.has(kind));
  if (!isTimes && !isEvery) return undefined;
  return [asWord(first, token.raw.slice(0, 1), token.glued), asWord(rest, token.raw.slice(1), true)];
}

/** A word that the vocabulary does not know: what it is made of, or the one word that it is clearly nearest to. */
function mendWord(token: Token, next: Token | undefined): Omit<Mended, "end"> {
  // BV MOUTH
  if (token.text.length === 2 && next?.text === "mouth" && distance(token.text, "by", SHORT_ERRORS) < 1)
    return { tokens: [asWord("by", token.raw, token.glued)], review: [] };
  const stuck = parted(token);
  if (stuck) return { tokens: stuck, review: [] };
  const parts = wordsIn(token.text);
  if (parts)
    return { tokens: parts.map((part, at) => asWord(part, part, at === 0 && token.glued)), review: [] };
  const near = nearest(token.text);
  if (!near) return { tokens: [token], review: [] };
  const unit = near.rival && kindsAlone(near.word)?.has("unit") === true;
  const unsure = (decides(near.word) && !near.sure) || unit;
  return {
    tokens: [asWord(near.word, token.raw, token.glued)],
    review: unsure ? [corrected(token.raw, near.word)] : [],
  };
}

/**
 * Mends what a camera's reader does to words: digits for letters, wrong, swapped or missing letters, lost spaces.
 * Only where one known word is clearly meant; whatever decides an amount or a time is also reported.
 */
export function repair(tokens: readonly Token[]): { tokens: Token[]; review: Review[] } {
  const mended: Token[] = [];
  const review: Review[] = [];
  let repairs = 0;
  for (let at = 0; at < tokens.length; ) {
    const token = tokens[at];
    if (!token) break;
    const may = repairs < MOST_REPAIRS;
    const found = (may ? mendRun(tokens, at) : undefined) ?? mendDigit(tokens, at);
    if (found) {
      mended.push(...found.tokens);
      review.push(...found.review);
      at = found.end;
      repairs++;
      continue;
    }
    at++;
    if (known(token) || !may) {
      mended.push(token);
      continue;
    }
    repairs++;
    const word = mendWord(token, tokens[at]);
    mended.push(...word.tokens);
    review.push(...word.review);
  }
  return { tokens: mended, review };
}
