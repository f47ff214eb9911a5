import { isCounted } from "./counted.ts";

/**
 * One character as the recognizer saw it, how likely a space was at most between the one before and it, and where its
 * middle stands along the line (0 to 1).
 */
export type Glyph = { character: string; confidence: number; spaceBefore: number; middle: number };

/** Text as read, with a confidence (0 to 1) and a place along the line (0 to 1) for each of its characters. */
export type ReadText = { text: string; confidence: number; characters: number[]; middles: number[] };

/**
 * A space this likely anywhere between two letters is a space that the recognizer lost. Of 758 lost spaces this finds
 * 728 for 22 wrong ones; gaps of bare paper found 570 for 370 (docs/decisions/0032).
 */
const LIKELY_SPACE = 0.02;

/** After a comma or a colon a space is all but certain: any doubt at all found 18 lost ones and no wrong one. */
const LIKELY_AFTER_PUNCTUATION = 0.001;

/**
 * Between a letter that a digit is misread as and a digit, only a space this likely counts: "Carvedilol 6.25" has lost
 * one there, "l6.25" may be 16.25.
 */
const SURE_SPACE = 0.1;

/** Characters of a word that must be seen to tell what numbers count from other words: "suppositories". */
const LONGEST_COUNTED = 16;

/**
 * Letters that stand alone are rare, and the recognizer suspects spaces behind thin and open ones ("L upin"). How likely
 * a space that leaves a letter alone must be, by what stands in front of that letter: a space that the recognizer
 * read itself (the likeliest false one had .32, the least likely true one .46, but for one misread word), or one
 * that was lost too, as in tight print ("77NState": .04 and .06). And how likely in front of the letter ("Cathedra l": .03
 * and .15). Found in 36,112 gaps of 170 photos (docs/decisions/0068).
 */
const LONE_BEHIND_READ_SPACE = 0.4;
const LONE_BEHIND_LOST_SPACE = 0.05;
const LONE_AHEAD = 0.1;

/** What may stand between two digits of one number, ratio, date or time. */
const WITHIN_NUMBER = /[.,/:%-]/;

/**
 * Joins glyphs into text and recovers the spaces that the recognizer lost: even where another answer won, it knows how
 * likely a space was. Never adds a space inside a number and never removes one. A recovered space is as sure as
 * the less sure of its neighbours.
 */
export function withSpaces(glyphs: Glyph[]): ReadText {
  let text = "";
  const characters: number[] = [];
  const middles: number[] = [];
  const written = glyphs.map(({ character }) => character).join("");
  const parted = new Set([...partsOfPostcodes(written), ...partsOfTelephoneNumbers(written)]);
  glyphs.forEach((glyph, i) => {
    const before = glyphs[i - 1];
    const mayPart = parted.has(i) || mayLackSpace(glyphs, i);
    if (before && mayPart && glyph.spaceBefore > leastLikelihood(glyphs, i, text)) {
      text += " ";
      characters.push(Math.min(before.confidence, glyph.confidence));
      middles.push((before.middle + glyph.middle) / 2);
    }
    text += glyph.character;
    characters.push(glyph.confidence);
    middles.push(glyph.middle);
  });
  return trimmed(text, characters, middles);
}

/** How likely a space in front of glyph `i` must be; `written` is the text in front of it. */
function leastLikelihood(glyphs: Glyph[], i: number, written: string): number {
  const [before = "", after = ""] = [glyphs[i - 1]?.character, glyphs[i]?.character];
  if (/[,:]/.test(before)) return LIKELY_AFTER_PUNCTUATION;
  if (!isLetter(before) || !isLetter(after)) return LIKELY_SPACE;
  if (!isLetter(written.at(-2) ?? "")) {
    const lostSpace = written.at(-2) === " " && glyphs[i - 2]?.character !== " ";
    return lostSpace ? LONE_BEHIND_LOST_SPACE : LONE_BEHIND_READ_SPACE;
  }
  const next = glyphs[i + 1];
  const loneAhead = !next || !isLetter(next.character) || next.spaceBefore > LIKELY_SPACE;
  return loneAhead ? LONE_AHEAD : LIKELY_SPACE;
}

/**
 * Where a space may stand between two digits after all: in front of the last three characters of a British postcode
 * ("YO211DN"). Its last two letters are never C, I, K, M, O or V (BS 7666), so that no unit of a dose passes for them.
 */
function partsOfPostcodes(text: string): number[] {
  const postcodes = text.matchAll(/(?<![A-Z\d])[A-Z]{1,2}\d[A-Z\d]?(?=\d[ABD-HJLNP-UW-Z]{2}(?![A-Za-z\d]))/g);
  return [...postcodes].map(({ index, 0: outward }) => index + outward.length);
}

/** And anywhere in ten digits and more that start with 0: a telephone number. */
function partsOfTelephoneNumbers(text: string): number[] {
  return [...text.matchAll(/(?<![\d.,/])0\d{9,}(?![\d.,/])/g)].flatMap(({ index, 0: digits }) =>
    Array.from({ length: digits.length - 1 }, (_, k) => index + k + 1),
  );
}

/**
 * Whether a space may go in front of glyph `i`: not beside another, not in front of punctuation, not beside
 * an apostrophe, and not inside a number. "2.5 mg" must never become "2. 5 mg", which reads as 5 mg.
 */
function mayLackSpace(glyphs: Glyph[], i: number): boolean {
  const character = (at: number) => glyphs[at]?.character ?? " ";
  const [first, before, after] = [character(i - 2), character(i - 1), character(i)];
  if (before === " " || after === " " || before === "(" || /[.,:;)]/.test(after)) return false;
  if (before === "'" || after === "'") return false;
  if (/\d/.test(before)) {
    return isDigit(after) ? startsWord(glyphs, i) : !WITHIN_NUMBER.test(after);
  }
  if (isDigit(before)) return endsWord(glyphs, i - 1) || (!isDigit(after) && !WITHIN_NUMBER.test(after));
  const wordBefore =
    isPlainLetter(first) || (before === ":" && /[A-Za-z]/.test(first) && isPlainLetter(character(i - 3)));
  return !(WITHIN_NUMBER.test(before) && isDigit(after) && !wordBefore);
}

/** Whether a look-alike is a word's last letter rather than a number's first digit: the space is likelier after it. */
function endsWord(glyphs: Glyph[], i: number): boolean {
  const likelihoodAfter = glyphs[i + 1]?.spaceBefore ?? 0;
  const inWord = /^[A-Za-z]{2}$/.test(`${glyphs[i - 2]?.character}${glyphs[i - 1]?.character}`);
  return inWord && likelihoodAfter > SURE_SPACE && likelihoodAfter > (glyphs[i]?.spaceBefore ?? 0);
}

/**
 * Whether a look-alike behind a digit is a word's first letter ("513Orchard") rather than one more digit: not where what
 * follows is what numbers count ("5Omg", "3Otablets").
 */
function startsWord(glyphs: Glyph[], i: number): boolean {
  const word = glyphs
    .slice(i, i + LONGEST_COUNTED)
    .map(({ character }) => character)
    .join("");
  const likelihood = glyphs[i]?.spaceBefore ?? 0;
  return (
    /^[OoIl][A-Za-z]{3}/.test(word) &&
    !isCounted(word.replace(/^[OoIl]+/, "")) &&
    likelihood > SURE_SPACE &&
    likelihood > (glyphs[i + 1]?.spaceBefore ?? 0)
  );
}

/** A digit, or a letter that a digit is misread as. */
function isDigit(character: string): boolean {
  return /[\dOoIl]/.test(character);
}

function isLetter(character: string): boolean {
  return /^[A-Za-z]$/.test(character);
}

/** A letter that no digit is misread as. */
function isPlainLetter(character: string): boolean {
  return /[A-Za-z]/.test(character) && !isDigit(character);
}

/** Without spaces at the ends; the confidence of the whole is the mean of its characters'. */
function trimmed(text: string, characters: number[], middles: number[]): ReadText {
  const start = text.length - text.trimStart().length;
  const end = text.trimEnd().length;
  const last = Math.max(start, end);
  const kept = characters.slice(start, last);
  const total = kept.reduce((sum, confidence) => sum + confidence, 0);
  const confidence = kept.length > 0 ? total / kept.length : 0;
  return { text: text.trim(), confidence, characters: kept, middles: middles.slice(start, last) };
}
