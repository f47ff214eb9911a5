import type { Kind } from "../vocabulary.ts";
import { numberAt } from "./amounts.ts";
import { type Content, part } from "./parts.ts";
import type { Rule } from "./rule.ts";
import { isOne, phrase, printed, skip, textAt, type Words } from "./words.ts";

const MARKS: Record<string, Content["kind"] & ("comma" | "sentence" | "filler" | "and")> = {
  ",": "comma",
  ".": "sentence",
  ";": "sentence",
  ":": "filler",
  "(": "filler",
  ")": "filler",
  "[": "filler",
  "]": "filler",
  "-": "filler",
  "•": "filler",
  "·": "filler",
  "✓": "filler",
  '"': "filler",
  "'": "filler",
  "*": "filler",
  "!": "filler",
  "@": "filler",
  "&": "and",
  "+": "and",
};

export const markRule: Rule = (words, at) => {
  const text = textAt(words, at);
  if (text === "and") return part(at, at + 1, { kind: "and" });
  const kind = MARKS[text];
  return kind && part(at, at + 1, { kind });
};

export const verbRule: Rule = (words, at) => {
  const found = phrase(words, at, "verb");
  return found && part(at, found.end, { kind: "verb", meaning: found.meaning });
};

export const routeRule: Rule = (words, at) => {
  const found = phrase(words, at, "route");
  return found && part(at, found.end, { kind: "route", meaning: found.meaning });
};

const BEFORE_SITE = [
  "to",
  "into",
  "in",
  "on",
  "onto",
  "at",
  "the",
  "over",
  "your",
  "of",
  "around",
  "all",
  "per",
  "each",
  "inside",
  "behind",
  "under",
];

/** "in each eye", "to the affected area", "on your scalp". */
export const siteRule: Rule = (words, at) => {
  let start = at;
  while (!phrase(words, start, "site") && isOne(words, start, ...BEFORE_SITE)) start++;
  const found = phrase(words, start, "site");
  return found && part(at, found.end, { kind: "site", meaning: found.meaning });
};

/** OD, AD, AS: an eye or an ear, unless they mean something else; the whole of the directions decides. */
export const sideRule: Rule = (words, at) => {
  const start = skip(words, at, "to", "in", "into", "the");
  const found = phrase(words, start, "side code");
  return found && part(at, found.end, { kind: "side", code: found.meaning.code });
};

const KEPT_AS_TEXT: readonly Kind[] = ["instruction", "until finished"];

export const instructionRule: Rule = (words, at) => {
  const found = KEPT_AS_TEXT.map((kind) => phrase(words, at, kind))
    .filter((one) => one !== undefined)
    .sort((a, b) => b.end - a.end)[0];
  return found && part(at, found.end, { kind: "instruction", text: printed(words, at, found.end) });
};

/** The place after the known words of a warning, and after its times ("for 30 minutes"). */
function warningEnd(words: Words, at: number): number {
  let end = at;
  for (;;) {
    const known = phrase(words, end, "warning word");
    const time = numberAt(words, end);
    const unit = time && phrase(words, time.end, "period");
    const next = known?.end ?? unit?.end;
    if (next === undefined) return end;
    end = next;
  }
}

/** "do not drive or use machines", "avoid direct sunlight": words that must not be taken for directions. */
export const warningRule: Rule = (words, at) => {
  const lead = phrase(words, at, "warning");
  if (!lead) return undefined;
  const end = warningEnd(words, lead.end);
  return end > lead.end ? part(at, end, { kind: "instruction", text: printed(words, at, end) }) : undefined;
};

/** "repeat in 5 minutes", "may repeat after 2 hours if needed". */
export const repeatRule: Rule = (words, at) => {
  const start = skip(words, at, "may", "can", "and", "then");
  if (!isOne(words, start, "repeat", "repeated")) return undefined;
  const next = skip(words, start + 1, "dose", "the", "once", "in", "after", "every", "x");
  const amount = numberAt(words, next);
  const unit = amount && phrase(words, amount.end, "period");
  if (!unit) return undefined;
  const end = phrase(words, unit.end, "as needed")?.end ?? unit.end;
  return part(at, end, { kind: "instruction", text: printed(words, at, end) });
};

export const thenRule: Rule = (words, at) => {
  const stop = phrase(words, at, "stop");
  if (stop) return part(at, stop.end, { kind: "stop", text: printed(words, at, stop.end) });
  const found = phrase(words, at, "then");
  return found && part(at, found.end, { kind: "then" });
};

export const fillerRule: Rule = (words, at) => {
  const found = phrase(words, at, "filler");
  return found && part(at, found.end, { kind: "filler" });
};
