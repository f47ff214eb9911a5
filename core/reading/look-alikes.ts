import { isCounted } from "./counted.ts";

/**
 * Digits and letters that look alike and that the recognizer mixes up: 0 and O, 1 and I or l. Repaired only where
 * the rest of the word leaves no choice; the text keeps its length, so that confidences stay in step.
 *
 * A number as printed is never changed: digits and points stay what they are inside numbers, and a letter becomes a
 * digit only within what already is a number. So "5OO MG" becomes "500 MG" and "LISIN0PRIL" "LISINOPRIL", while
 * "2.5 MG", "B12", "H2O", "I10" and "Q12H" stay as they are.
 */
export function repairLookAlikes(text: string): string {
  return text
    .replace(SLASH_READ_AS_L, "/")
    .replace(WORD, (word) => lettersInNumber(firstLetter(wholeWord(digitsInWord(word)))));
}

/** "0.05mglday": a rate, whose slash became a letter. In front of a digit it stays: "mgl5" may be 15. */
const SLASH_READ_AS_L = /(?<=\d ?(?:mg|mcg|g|units?))[lI](?=(?:day|hr|hour|h|dose|ml)(?![A-Za-z\d]))/gi;

/** Words of labels and addresses that are nothing else once one letter is taken for its look-alike. */
function wholeWord(word: string): string {
  return word
    .replace(/^[0OoD](?=(?:ty|TY)[.]?$)/, "Q")
    .replace(/^0(?=[frn]$)/, "o")
    .replace(/^0(?=[FRN]$)/, "O")
    .replace(/(?<=^[CDGNST])0$/, "O");
}

/**
 * "lbuprofen", "0ral": no word starts with l and a consonant but l, or with a digit; a unit or another word that numbers
 * count may ("0mg", "1lb").
 */
function firstLetter(word: string): string {
  if (/^l[b-df-hj-km-np-tv-xz][a-z]{2}|^l[A-Z]{2}/.test(word)) return `I${word.slice(1)}`;
  return /^0[a-z]{2}/.test(word) && !isCounted(word.slice(1)) ? `O${word.slice(1)}` : word;
}

const WORD = /[A-Za-z0-9.,/-]+/g;

/**
 * A number with misread digits in it. It may start with a look-alike only in front of a decimal point: "I10" is a
 * diagnosis, "O2" oxygen.
 */
const NUMBER = /^(?:\d|[OIl](?=[\dOoIl]*[.,]\d))[\dOoIl]*(?:[.,/][\dOoIl]+)*/;

/** What may follow a number without a space: nothing, or a unit. */
const AFTER_NUMBER = /^(?:$|[-/.,]|(?:mg|mcg|ml|meq|g|gm|units?|iu|tabs?|caps?)(?![a-z]))/i;

/** "5OOMG": letters inside a number are digits. "5l" stays: it may be five litres. */
function lettersInNumber(word: string): string {
  const number = NUMBER.exec(word)?.[0] ?? "";
  if (!/\d/.test(number) || !/[OoIl]/.test(number)) return word;
  const rest = word.slice(number.length);
  if (!AFTER_NUMBER.test(rest)) return word;
  if (/[Il]$/.test(number) && rest === "") return word;
  return number.replace(/[Oo]/g, "0").replace(/[Il]/g, "1") + rest;
}

/** "LISIN0PRIL": a lone digit between letters of a long word is a letter. */
function digitsInWord(word: string): string {
  const digits = word.match(/\d/g) ?? [];
  const letters = word.match(/[A-Za-z]/g) ?? [];
  if (digits.length !== 1 || letters.length < LEAST_LETTERS) return word;
  return word
    .replace(/(?<=[A-Z][A-Z])0(?=[A-Z])|^0(?=[A-Z]{4})/, "O")
    .replace(/(?<=[a-z])0(?=[a-z])/, "o")
    .replace(/(?<=[A-Z])1(?=[A-Z])/, "I")
    .replace(/(?<=[a-z])1(?=[a-z])/, "l");
}

/** Shorter words with a digit among them are codes and vitamins: B12, H2O, K0L. */
const LEAST_LETTERS = 5;
