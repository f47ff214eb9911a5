/** A piece of printed directions: a word, a number, a time of day or a mark, in lower case. */
export type Token = {
  kind: "word" | "number" | "clock" | "mark";
  /** As the vocabulary spells it; a corrected word holds its correction. */
  text: string;
  /** As printed. */
  raw: string;
  /** A number's value, a clock's minutes after midnight, else 0. */
  value: number;
  /** No space stands between this token and the one before it. */
  glued: boolean;
};

/** A letter's run keeps an apostrophe (don't); digits keep their decimals, thousands and clock colons. */
const PIECE = /\d+:\d\d|(?<!\p{L})\.\d+|\d+(?:[.,]\d+)*|\p{L}[\p{L}\p{M}]*(?:'\p{L}+)?|\S/gu;
const VULGAR: Record<string, string> = {
  "½": "1/2",
  "¼": "1/4",
  "¾": "3/4",
  "⅓": "1/3",
  "⅔": "2/3",
};
const SAME_MARK: Record<string, string> = {
  "–": "-",
  "—": "-",
  "‑": "-",
  "−": "-",
  "×": "x",
  "⁄": "/",
};

/** One spelling for each sign that is printed in several ways. */
function plain(text: string): string {
  return (
    text
      .replace(/[½¼¾⅓⅔]/g, (sign) => ` ${VULGAR[sign] ?? sign} `)
      .normalize("NFKC")
      .replace(/[–—‑−×⁄]/g, (sign) => SAME_MARK[sign] ?? sign)
      // "I.2 mg": a letter where a figure was printed, before its point. Nobody can say which.
      .replace(/(?<![\p{L}\d.])[IlOo|](?=\.\d)/gu, "?")
      // A star between a number and what follows is a times sign; others only decorate.
      .replace(/(?<=\d\s?)\*(?=\s?[\p{L}\d])/gu, "x")
      .replace(/[’‘`´]/g, "'")
      .replace(/\(s\)|\(es\)/gi, "")
  );
}

/** 1,000 is a thousand; 2,5 is two and a half, as written in Quebec; .5 and 1.50 are what they say. */
function numberOf(text: string): number {
  if (/^\d{1,3}(,\d{3})+(\.\d+)?$/.test(text)) return Number(text.replaceAll(",", ""));
  return Number(text.replace(",", "."));
}

function token(raw: string, glued: boolean): Token {
  const clock = /^(\d{1,2}):(\d\d)$/.exec(raw);
  if (clock) {
    const [hour, minute] = [Number(clock[1]), Number(clock[2])];
    const real = hour < 25 && minute < 60;
    return { kind: real ? "clock" : "mark", text: raw, raw, value: (hour % 24) * 60 + minute, glued };
  }
  if (/\d/.test(raw)) {
    const value = numberOf(raw);
    return { kind: Number.isFinite(value) ? "number" : "mark", text: raw, raw, value, glued };
  }
  return { kind: /\p{L}/u.test(raw) ? "word" : "mark", text: raw.toLowerCase(), raw, value: 0, glued };
}

const isLetter = (one: Token | undefined) => one?.kind === "word" && one.raw.length === 1;
const isDotted = (one: Token | undefined) => one?.kind === "word" && one.raw.includes(".");

/** b.i.d. and q.4.h: dots between single letters and digits say nothing; letters that only dots part are one word. */
function withoutAbbreviationDots(tokens: readonly Token[]): Token[] {
  const kept: Token[] = [];
  let afterDot = false;
  for (const [at, one] of tokens.entries()) {
    const before = kept.at(-1);
    const next = tokens[at + 1];
    const goesOn = next?.glued === true && (next.kind === "number" || isLetter(next));
    const parted = isDotted(before) || (goesOn && (isLetter(before) || before?.kind === "number"));
    if (one.raw === "." && one.glued && parted) {
      afterDot = goesOn;
      continue;
    }
    if (afterDot && before?.kind === "word" && one.kind === "word")
      kept[kept.length - 1] = { ...before, text: before.text + one.text, raw: `${before.raw}.${one.raw}` };
    else kept.push(one);
    afterDot = false;
  }
  return kept;
}

/** Splits directions into tokens: 500mg is a number and a word, q4h a word, a number and a word. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (const piece of plain(text).matchAll(PIECE)) {
    tokens.push(token(piece[0], piece.index === end && piece.index > 0));
    end = piece.index + piece[0].length;
  }
  return withoutAbbreviationDots(tokens);
}
