import type { Review } from "../../../contract/medications.ts";
import type { Token } from "./tokens.ts";
import { type Kind, kindsAlone, kindsOf, knownWords } from "./vocabulary.ts";

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
/** Letters that look alike in small print: putting one for another counts half an error. */
const ALIKE = [
  "ce",
  "co",
  "eo",
  "il",
  "it",
  "lt",
  "ij",
  "uv",
  "vy",
  "hb",
  "hn",
  "nm",
  "nr",
  "fr",
  "ft",
  "gq",
  "ao",
  "ae",
  "bd",
  "ck",
  "sz",
  "pf",
  "dc",
];
const alike = new Set(ALIKE.flatMap((pair) => [pair, pair.split("").reverse().join("")]));

/** A shorter word is too near to others to be corrected. */
const SHORTEST = 4;
/** Errors allowed in a word of so many letters: at two, "tapering" would be "opening". */
const LONG = 8;
const SHORT_ERRORS = 1;
const LONG_ERRORS = 1.5;
/** Words that stand only inside longer phrases are printed less: they must be nearer by this much. */
const RARE = 0.5;
/** The nearest word must be nearer than any other by this much. */
const MARGIN = 0.5;
/** A run with more letters than this is no sum of words with the spaces lost, but noise. */
const LONGEST_RUN = 60;
/** A shorter one is a word misread: "ain" is pain, not "a in". */
const SHORTEST_RUN = 6;
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

/**
 * Optimal string alignment (Damerau, doi:10.1145/363958.363994), a substitution of letters that look alike costing
 * half; gives up with Infinity beyond `most`.
 */
function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return Number.POSITIVE_INFINITY;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const [x, y] = [a[i - 1] ?? "", b[j - 1] ?? ""];
      const change = x === y ? 0 : alike.has(x + y) ? 0.5 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + change);
      if (i > 1 && j > 1 && x === b[j - 2] && a[i - 2] === y)
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
      if (best < least) least = best;
    }
    if (least > most) return Number.POSITIVE_INFINITY;
    beforeLast = last;
    last = row;
  }
  const far = last[b.length] ?? Number.POSITIVE_INFINITY;
  return far > most ? Number.POSITIVE_INFINITY : far;
}

/** Words that differ only in their number mean the same here: tablet, tablets. */
const singular = (word: string) => word.replace(/(?:es|s)$/, "");

/** Short words that a run without spaces may hold; codes such as "dly" or "aa" would be found in any word. */
const SHORT_IN_RUN = new Set(
  "a by at as in to of or on one two six ten day the for and tab cap eye ear per use mls".split(" "),
);
const LONG_IN_RUN = 4;

/** Short words that two swapped letters are mended to; other short words are too near to codes. */
const SWAPPED = new Set(["day", "one", "two", "six", "ten", "tab", "cap"]);

/** dya: three letters, two of them swapped, where that makes one known word. */
function swapped(word: string): string | undefined {
  if (word.length !== SHORTEST - 1) return undefined;
  const [a, b, c] = word;
  const found = [`${b}${a}${c}`, `${a}${c}${b}`].filter((one) => SWAPPED.has(one));
  return found.length === 1 ? found[0] : undefined;
}

/** The one known word that is clearly nearest, or none. */
function nearest(word: string): { word: string; sure: boolean; rival: boolean } | undefined {
  if (word.length < SHORTEST) {
    const short = swapped(word);
    return short === undefined ? undefined : { word: short, sure: false, rival: true };
  }
  const most = word.length < LONG ? SHORT_ERRORS : LONG_ERRORS;
  let best = { word: "", far: Number.POSITIVE_INFINITY };
  let second = Number.POSITIVE_INFINITY;
  for (const known of knownWords()) {
    if (known.length < SHORTEST - 1) continue;
    const far = distance(word, known, most) + (kindsAlone(known) ? 0 : RARE);
    if (far < best.far) {
      if (singular(best.word) !== singular(known)) second = best.far;
      best = { word: known, far };
    } else if (far < second && singular(best.word) !== singular(known)) second = far;
  }
  if (best.word === "" || second - best.far < MARGIN) return undefined;
  // DAlLY, TWLCE: a single letter that looks alike, and nothing else that is near.
  const sure = best.far < 1 && second - best.far >= 1 && word.length > SHORTEST;
  return { word: best.word, sure, rival: Number.isFinite(second) };
}

/** All spellings of a run that put letters for the digits in it. */
function lettersFor(run: string): string[] {
  let spellings = [""];
  for (const sign of run) {
    const choices = LETTERS_OF[sign] ?? [sign];
    spellings = spellings.flatMap((start) => choices.map((letter) => start + letter)).slice(0, 64);
  }
  return spellings;
}

/** The fewest known words that a run without spaces is made of; none when there is no way, or two. */
function wordsIn(run: string): string[] | undefined {
  if (run.length < SHORTEST_RUN || run.length > LONGEST_RUN) return undefined;
  type Split = { words: string[]; ways: number };
  const best: (Split | undefined)[] = [{ words: [], ways: 1 }];
  for (let end = 1; end <= run.length; end++) {
    for (let start = Math.max(0, end - 16); start < end; start++) {
      const word = run.slice(start, end);
      const before = best[start];
      if (!before || !kindsOf(word) || (word.length < LONG_IN_RUN && !SHORT_IN_RUN.has(word))) continue;
      const now = best[end];
      const count = before.words.length + 1;
      if (!now || count < now.words.length) best[end] = { words: [...before.words, word], ways: before.ways };
      else if (count === now.words.length) now.ways += before.ways;
    }
  }
  const whole = best[run.length];
  return whole && whole.ways === 1 && whole.words.length > 1 ? whole.words : undefined;
}

const asWord = (text: string, raw: string, glued: boolean): Token => ({
  kind: "word",
  text,
  raw,
  value: 0,
  glued,
});

export const corrected = (raw: string, to: string): Review => ({
  code: "directions_word_corrected",
  message: `"${raw}" in the directions was taken for "${to}". Check it on the label.`,
  readings: [raw, to],
});

const uncertainNumber = (raw: string, to: string): Review => ({
  code: "directions_number_uncertain",
  message: `The number "${raw}" in the directions was taken for ${to}. Check it on the label.`,
  readings: [raw, to],
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
const known = (token: Token | undefined) => token?.kind !== "word" || kindsOf(token.text) !== undefined;

/** TAB1ET, 0NCE, DAI1Y: the word that digits hide in a run, when there is one and the run makes no sense otherwise. */
function hiddenWord(tokens: readonly Token[], start: number): { token: Token; end: number } | undefined {
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
const isDigitLetter = (token: Token) => /^[ol|!]+$/.test(token.text);

/** 1O, l0, 5OO: the number that letters hide in a run. */
function hiddenNumber(tokens: readonly Token[], start: number): { token: Token; end: number } | undefined {
  const run = runAt(tokens, start);
  if (run.end - start < 2 || !/\d/.test(run.text)) return undefined;
  const parts = tokens.slice(start, run.end);
  let head = parts;
  // 5OOmg: what follows the number may be a word of its own.
  const last = parts.at(-1);
  if (last?.kind === "word" && kindsOf(last.text) && parts.length > 2) head = parts.slice(0, -1);
  if (head.length < 2 || head.every((part) => known(part) && !isDigitLetter(part))) return undefined;
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

/**
 * Mends what a camera's reader does to words: digits for letters, wrong, swapped or missing letters, lost spaces.
 * Only where one known word is clearly meant; whatever decides an amount or a time is also reported.
 */
export function repair(tokens: readonly Token[]): { tokens: Token[]; review: Review[] } {
  const mended: Token[] = [];
  const review: Review[] = [];
  let repairs = 0;
  const nearestOf = new Map<string, ReturnType<typeof nearest>>();
  for (let at = 0; at < tokens.length; ) {
    const token = tokens[at];
    if (!token) break;
    const next = tokens[at + 1];
    const startsRun = !token.glued && next?.glued === true;
    if (startsRun && repairs < MOST_REPAIRS) {
      const number = hiddenNumber(tokens, at);
      const word = number ? undefined : hiddenWord(tokens, at);
      const found = number ?? word;
      if (found) {
        repairs++;
        mended.push(found.token);
        if (number) review.push(uncertainNumber(found.token.raw, found.token.text));
        else if (/^\p{L}+\d$/u.test(found.token.raw))
          review.push(corrected(found.token.raw, found.token.text));
        at = found.end;
        continue;
      }
    }
    if (isDigitLetter(token) && token.text.length === 1 && kindsOf(next?.text ?? "")?.has("unit")) {
      mended.push({ ...token, kind: "number", text: "1", value: 1 });
      review.push(uncertainNumber(token.raw, "1"));
      at++;
      continue;
    }
    at++;
    if (known(token) || repairs >= MOST_REPAIRS) {
      mended.push(token);
      continue;
    }
    repairs++;
    // BV MOUTH
    if (token.text.length === 2 && next?.text === "mouth" && distance(token.text, "by", SHORT_ERRORS) < 1) {
      mended.push(asWord("by", token.raw, token.glued));
      continue;
    }
    // 1xHS, 3xdaily: the sign for times stuck to what follows it.
    const rest = token.text.slice(1);
    if (token.text.startsWith("x") && token.glued && kindsOf(rest)) {
      mended.push(asWord("x", token.raw.slice(0, 1), true), asWord(rest, token.raw.slice(1), true));
      continue;
    }
    // qMon, qbedtime: every, stuck to a day or a time.
    if (
      token.text.startsWith("q") &&
      kindsAlone(rest) &&
      [...EVERY].some((kind) => kindsAlone(rest)?.has(kind))
    ) {
      mended.push(asWord("q", token.raw.slice(0, 1), token.glued), asWord(rest, token.raw.slice(1), true));
      continue;
    }
    const parts = wordsIn(token.text);
    if (parts) {
      for (const [index, part] of parts.entries())
        mended.push(asWord(part, part, index > 0 ? false : token.glued));
      continue;
    }
    const near = nearestOf.has(token.text) ? nearestOf.get(token.text) : nearest(token.text);
    nearestOf.set(token.text, near);
    if (near !== undefined) {
      mended.push(asWord(near.word, token.raw, token.glued));
      const unit = near.rival && kindsAlone(near.word)?.has("unit") === true;
      if ((decides(near.word) && !near.sure) || unit) review.push(corrected(token.raw, near.word));
      continue;
    }
    mended.push(token);
  }
  return { tokens: mended, review };
}
