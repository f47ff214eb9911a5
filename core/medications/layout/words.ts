/** A word of a line with its place in the line's text (UTF-16 offsets, `end` exclusive). */
export type Word = {
  text: string;
  /** Capitals, with signs that readers confuse made one: for comparing only. */
  folded: string;
  start: number;
  end: number;
  kind: "letters" | "number" | "sign";
  /** What a number says; null for other words. */
  value: number | null;
  /** Whether a letter had to be taken for a digit to read the number ("1O" for 10). */
  repaired: boolean;
};

const confused: Readonly<Record<string, string>> = {
  "0": "O",
  "1": "I",
  "|": "I",
  "!": "I",
  L: "I",
  "5": "S",
  "8": "B",
  "6": "G",
  "’": "'",
  µ: "U",
  μ: "U",
};

/** Makes words comparable that a hurried reader would take for each other. */
export function fold(text: string): string {
  let folded = "";
  for (const character of text.toUpperCase()) folded += confused[character] ?? character;
  return folded;
}

const meantDigit: Readonly<Record<string, string>> = {
  O: "0",
  o: "0",
  Q: "0",
  l: "1",
  I: "1",
  "|": "1",
  S: "5",
  B: "8",
  Z: "2",
};

/** A number as printed, thousands separated or not, decimals after a point or (on the Continent) a comma. */
function numberOf(text: string): number | null {
  const plain = /^[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/.test(text)
    ? text.replaceAll(",", "")
    : text.replace(",", ".");
  return /^(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : null;
}

const pieces =
  /\p{N}[\p{N}.,]*(?=[.,](?:\s|$))|[\p{L}\p{N}|](?:[\p{L}\p{N}|'’]|[.,](?=[\p{N}Oo]))*|[.,]\p{N}+|[^\s\p{L}\p{N}]/gu;
const digitLike = /^(?=.*\d)[\dOoQlI|SBZ]*[\dOoQlI|](?:[.,][\dOoQlI|SBZ]*[\dOoQlI|])?$/;
const numberThenUnit =
  /^(?=.*\d)([\dOoQlI|SBZ.,]*[\dOoQlI|])((?:m|mc|u|µ|μ)?[gG]|MG|MCG|M6|MC6|ML|mL|ml|L|%)$/;
const lettersNumberUnit = /^(\p{L}{2,})(\d[\d.,]*)(m?c?g|ml|%|units?)$/iu;
const numberUnitForm = /^(\d[\d.,]*)(m?c?g|ml)(tab(?:let)?s?|cap(?:sule)?s?)$/i;
const numberThenLetters = /^(\d[\d.,]*)(\p{L}+)$/u;
const lettersThenNumber = /^(\p{L}{2,})(\d[\d.,]*)$/u;

function word(text: string, start: number): Word {
  const place = { text, folded: fold(text), start, end: start + text.length };
  const value = numberOf(text);
  if (value !== null) return { ...place, kind: "number", value, repaired: false };
  if (digitLike.test(text)) {
    const repaired = numberOf([...text].map((character) => meantDigit[character] ?? character).join(""));
    if (repaired !== null) return { ...place, kind: "number", value: repaired, repaired: true };
  }
  return { ...place, kind: /[\p{L}\p{N}]/u.test(text) ? "letters" : "sign", value: null, repaired: false };
}

/** The words that a run of letters and digits is made of: "10MG" two, "METFORMIN500MG" three, "LISINOPR1L" one. */
function parted(run: string): string[] {
  if (/^x\d+$/i.test(run)) return [run.slice(0, 1), run.slice(1)];
  const withUnit = numberThenUnit.exec(run) ?? numberUnitForm.exec(run) ?? lettersNumberUnit.exec(run);
  if (withUnit) return withUnit.slice(1);
  if (digitLike.test(run)) return [run];
  return (numberThenLetters.exec(run) ?? lettersThenNumber.exec(run))?.slice(1) ?? [run];
}

/** Splits a line into words, numbers and signs. */
export function wordsOf(text: string): Word[] {
  const found: Word[] = [];
  for (const match of text.matchAll(pieces)) {
    let start = match.index;
    for (const part of parted(match[0])) {
      found.push(word(part, start));
      start += part.length;
    }
  }
  return found;
}

/** Whether two words differ by at most one letter: one wrong, missing or too many. */
function oneEditApart(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let same = 0;
  while (same < a.length && a[same] === b[same]) same++;
  const [restA, restB] = [a.length - same, b.length - same];
  return a.slice(same + (restA >= restB ? 1 : 0)) === b.slice(same + (restB >= restA ? 1 : 0));
}

/** Shorter words name too many things to forgive a wrong letter in them. */
const forgivingLength = 6;

/** Whether a folded word is the vocabulary's (folded) word, one misread letter forgiven in longer words. */
export function alike(folded: string, vocabulary: string): boolean {
  if (folded === vocabulary) return true;
  return vocabulary.length >= forgivingLength && oneEditApart(folded, vocabulary);
}
