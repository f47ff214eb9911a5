import type { Token } from "../tokens.ts";
import { kindsOf } from "../vocabulary.ts";
import { SHORTEST } from "./nearest-word.ts";

/** Digits that a camera's reader puts in the place of letters, and the letters they stand for. */
const LETTERS_OF: Record<string, string[]> = {
  "0": ["o"],
  "1": ["l", "i", "t"],
  "5": ["s"],
  "8": ["b"],
  "6": ["g", "b"],
  "9": ["g"],
  "2": ["z"],
  "3": ["e"],
  "4": ["a"],
  "7": ["t"],
  "|": ["l", "i"],
  "!": ["l", "i"],
  $: ["s"],
};
/** Letters that stand where a number was printed. */
const DIGIT_OF: Record<string, string> = {
  o: "0",
  l: "1",
  i: "1",
  s: "5",
  b: "8",
  z: "2",
  "|": "1",
  "!": "1",
};

/** All spellings of a run that put letters for the digits in it. */
function lettersFor(run: string): string[] {
  let spellings = [""];
  for (const sign of run) {
    const choices = LETTERS_OF[sign] ?? [sign];
    spellings = spellings.flatMap((start) => choices.map((letter) => start + letter)).slice(0, 64);
  }
  return spellings;
}

export const asWord = (text: string, raw: string, glued: boolean): Token => ({
  kind: "word",
  text,
  raw,
  value: 0,
  glued,
});

/** The stretch of tokens from `start` that no space parts, as letters and digits only. */
function runAt(tokens: readonly Token[], start: number): { text: string; end: number } {
  let end = start;
  let text = "";
  for (let token = tokens[end]; token; token = tokens[end]) {
    if (end > start && !token.glued) break;
    if (token.kind === "mark" && !LETTERS_OF[token.text]) break;
    if (token.kind === "clock") break;
    text += token.text;
    end++;
  }
  return { text, end };
}

const isDigits = (text: string) => /^\d+$/.test(text);
export const known = (token: Token | undefined) =>
  token?.kind !== "word" || kindsOf(token.text) !== undefined;

/** TAB1ET, 0NCE, DAI1Y: the word that digits hide in a run, when there is one and the run makes no sense otherwise. */
export function hiddenWord(
  tokens: readonly Token[],
  start: number,
): { token: Token; end: number } | undefined {
  const run = runAt(tokens, start);
  if (run.end - start < 2 || run.text.length < SHORTEST - 1) return undefined;
  const parts = tokens.slice(start, run.end);
  if (!parts.some((part) => part.kind === "word")) return undefined;
  // HOUR5, MORN1NG: a digit at the end of a word or inside it. A number before a word (1tab) stands as it is.
  const [first, digit, last] = parts;
  const within =
    first?.kind === "word" &&
    /^\d$/.test(digit?.text ?? "") &&
    (last === undefined || last.kind === "word") &&
    parts.length < 4;
  if (parts.every(known) && (!within || run.text.length <= SHORTEST)) return undefined;
  const found = lettersFor(run.text).filter((spelling) => kindsOf(spelling));
  const only = found[0];
  if (only === undefined || found.length > 1) return undefined;
  const raw = parts.map((part) => part.raw).join("");
  return { token: asWord(only, raw, parts[0]?.glued ?? false), end: run.end };
}

/** An O or l beside a digit is a digit: no code is written so. */
export const isDigitLetter = (token: Token) => /^[ol|!]+$/.test(token.text);

/** 1O, l0, 5OO: the number that letters hide in a run. */
export function hiddenNumber(
  tokens: readonly Token[],
  start: number,
): { token: Token; end: number } | undefined {
  const run = runAt(tokens, start);
  if (run.end - start < 2 || !/\d/.test(run.text)) return undefined;
  const parts = tokens.slice(start, run.end);
  let head = parts;
  // 5OOmg: what follows the number may be a word of its own.
  const last = parts.at(-1);
  if (last?.kind === "word" && kindsOf(last.text) && parts.length > 2) head = parts.slice(0, -1);
  // "I0 days": a Roman one is never glued to a figure.
  const opensWithOne = head[0]?.text === "i" && head[1]?.kind === "number";
  if (head.length < 2 || (!opensWithOne && head.every((part) => known(part) && !isDigitLetter(part))))
    return undefined;
  const digits = head.map((part) => part.text.replace(/[a-z|!]/g, (sign) => DIGIT_OF[sign] ?? sign)).join("");
  if (!isDigits(digits)) return undefined;
  const raw = head.map((part) => part.raw).join("");
  const token: Token = {
    kind: "number",
    text: digits,
    raw,
    value: Number(digits),
    glued: head[0]?.glued ?? false,
  };
  return { token, end: start + head.length };
}
