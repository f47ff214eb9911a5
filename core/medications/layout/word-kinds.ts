import {
  addressWords,
  connectors,
  credentials,
  directionCounts,
  directionFrequencies,
  directionTimes,
  directionVerbs,
  directionWays,
  directionWords,
  doseUnits,
  forms,
  formWords,
  nameOpeners,
  nameTails,
  pharmacyWords,
  volumeUnits,
  warningOpeners,
} from "./vocabulary.ts";
import { alike, fold, type Word, wordsOf } from "./words.ts";

/** A set of words that forgives a misread letter in the longer ones. Answers are kept: labels repeat their words. */
function vocabularyOf(list: Iterable<string>): (word: Word | undefined) => boolean {
  const known = new Set([...list].map(fold));
  const long = [...known].filter((word) => word.length >= 5);
  const answers = new Map<string, boolean>();
  return (word) => {
    if (word?.kind !== "letters") return false;
    if (known.has(word.folded)) return true;
    if (word.folded.length < 5) return false;
    const before = answers.get(word.folded);
    if (before !== undefined) return before;
    const answer = long.some((name) => alike(word.folded, name));
    if (answers.size < mostAnswersKept) answers.set(word.folded, answer);
    return answer;
  };
}

/** Enough for every word of many labels; noise must not fill a long-lived process. */
const mostAnswersKept = 5000;

export const isVerb = vocabularyOf(directionVerbs);
export const isTime = vocabularyOf(directionTimes);
export const isForm = vocabularyOf(forms.keys());
export const isFormWord = vocabularyOf([...forms.keys(), ...formWords]);
export const isNameTail = vocabularyOf(nameTails.keys());
export const isNameOpener = vocabularyOf(nameOpeners);
export const isPharmacyWord = vocabularyOf(pharmacyWords);
export const isStreetWord = vocabularyOf(addressWords);
export const isConnector = vocabularyOf(connectors);
export const isCredential = vocabularyOf(credentials);
export const isVolumeUnit = vocabularyOf(volumeUnits);
export const isCount = vocabularyOf(directionCounts);
export const isOften = vocabularyOf(directionFrequencies);
export const isWay = vocabularyOf(directionWays);
export const isDoseUnit = vocabularyOf(doseUnits);
const allDirectionWords = [...directionVerbs, ...directionCounts, ...directionTimes, ...directionWords];
const isDirectionWord = vocabularyOf(allDirectionWords);
const foldedDirectionWords = new Set(allDirectionWords.map(fold));
const isExactDirectionWord = (folded: string) => folded.length >= 4 && foldedDirectionWords.has(folded);

const warnings = warningOpeners.map((opener) => wordsOf(opener).map((word) => word.folded));

/** The words that can be said aloud: no signs. */
export function spoken(words: readonly Word[]): Word[] {
  return words.filter((word) => word.kind !== "sign");
}

/** Whether two words are one of directions' words that a reader parted: "Unti l". */
export function isParted(left: Word | undefined, right: Word | undefined): boolean {
  if (
    left?.kind !== "letters" ||
    right?.kind !== "letters" ||
    (isDirectionWord(left) && isDirectionWord(right))
  )
    return false;
  return isExactDirectionWord(fold(left.text + right.text));
}

const digitsAsLetters: Readonly<Record<string, string>> = { "0": "O", "1": "I", "5": "S", "8": "B" };

/** One of directions' words with digits read in place of letters, put right: "0F" is OF. Others as they are. */
export function withoutDigits(word: string): string {
  if (!/\d/.test(word) || !/\p{L}/u.test(word) || !foldedDirectionWords.has(fold(word))) return word;
  const letters = [...word].map((sign) => digitsAsLetters[sign] ?? sign).join("");
  return allDirectionWords.some((known) => fold(known) === fold(word) && !/\d/.test(known)) ? letters : word;
}

/** The share of the words that are directions' words, 0 to 1. */
export function directionShare(words: readonly Word[]): number {
  const said = spoken(words);
  const directs = (word: Word | undefined) =>
    word !== undefined && (word.kind === "number" || isDirectionWord(word));
  const directing = said.filter(
    (word, index) => directs(word) || isParted(word, said[index + 1]) || isParted(said[index - 1], word),
  );
  return said.length === 0 ? 0 : directing.length / said.length;
}

/** Whether the words open as directions do: with a verb ("Take") or a count ("ONE to be taken"). */
export function opensDirections(words: readonly Word[]): boolean {
  const [first] = spoken(words);
  return isVerb(first) || isCount(first);
}

/** Whether the words open as a warning does. */
export function warns(words: readonly Word[]): boolean {
  const said = spoken(words);
  return warnings.some((opener) => opener.every((wanted, index) => alike(said[index]?.folded ?? "", wanted)));
}

/** The shortest word that can name a drug. */
const shortestName = 4;

/** Whether a word is no word of labels: a name, most likely. */
export function isName(word: Word): boolean {
  return (
    word.kind === "letters" &&
    word.text.length >= shortestName &&
    !isDirectionWord(word) &&
    !isFormWord(word) &&
    !isNameTail(word)
  );
}

/** Shorter salts and releases (ER, HCl, sodium's "sod") never are a drug's whole name; "Potassium chloride" is. */
const shortestSalt = 6;

/** Whether one of the words names a drug, most likely: a name, or a salt that may be the drug itself. */
export function namesSomething(words: readonly Word[]): boolean {
  return words.some((word) => isName(word) || (word.text.length >= shortestSalt && isNameTail(word)));
}
