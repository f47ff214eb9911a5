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
  glyphs.forEach((glyph, i) => {
    const before = glyphs[i - 1];
    const likely = /[,:]/.test(before?.character ?? "") ? LIKELY_AFTER_PUNCTUATION : LIKELY_SPACE;
    if (before && glyph.spaceBefore > likely && mayLackSpace(glyphs, i)) {
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

/**
 * Whether a space may go in front of glyph `i`: not beside another, not in front of punctuation, and not inside a
 * number. "2.5 mg" must never become "2. 5 mg", which reads as 5 mg.
 */
function mayLackSpace(glyphs: Glyph[], i: number): boolean {
  const character = (at: number) => glyphs[at]?.character ?? " ";
  const [first, before, after] = [character(i - 2), character(i - 1), character(i)];
  if (before === " " || after === " " || before === "(" || /[.,:;)]/.test(after)) return false;
  if (/\d/.test(before)) return !isDigit(after) && !WITHIN_NUMBER.test(after);
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

/** A digit, or a letter that a digit is misread as. */
function isDigit(character: string): boolean {
  return /[\dOoIl]/.test(character);
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
