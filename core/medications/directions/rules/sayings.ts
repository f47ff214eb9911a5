import type { Kind } from "../vocabulary.ts";
import { amountAt, numberAt } from "./amounts.ts";
import { clockRule } from "./calendar.ts";
import { bareDoseRule, doseRule } from "./dose.ts";
import { durationRule } from "./limits.ts";
import { type Content, part } from "./parts.ts";
import type { Rule } from "./rule.ts";
import { frequencyRule, whenRules } from "./timing.ts";
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
  if (found && textAt(words, at).length === 1 && !numberAt(words, found.end)) return undefined;
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

/** The place where a new direction or sentence begins. */
function clauseEnd(words: Words, at: number): number {
  let end = at;
  while (end < words.tokens.length && !isOne(words, end, ".", ";")) {
    const verb = phrase(words, end, "verb");
    if (end > at && verb && numberAt(words, verb.end)) return end;
    end++;
  }
  return end;
}

/**
 * "do not drive or use machines", "avoid direct sunlight": words that must not be taken for directions. A warning of
 * unknown words is a warning all the same ("do not take at bedtime"), to its end.
 */
export const warningRule: Rule = (words, at) => {
  const lead = phrase(words, at, "warning");
  if (!lead) return undefined;
  const known = warningEnd(words, lead.end);
  const verb = phrase(words, known, "verb");
  const closed = words.tokens[known]?.kind !== "word" || (verb && numberAt(words, verb.end));
  const number = numberAt(words, known);
  if (closed && !number && known > lead.end)
    return part(at, known, { kind: "instruction", text: printed(words, at, known) });
  if (isOne(words, lead.end, ":", "-", ".", ",")) return undefined;
  const end = clauseEnd(words, lead.end);
  if (end === lead.end) return undefined;
  const text = printed(words, at, end);
  const doubt = {
    code: "directions_not_understood",
    message: `A warning in the directions was not understood: "${text}". Read it on the label.`,
    readings: [text],
  };
  return part(at, end, { kind: "instruction", text }, [doubt]);
};

/** "reduce by 1 tablet every 3 days": the dose changes by itself, which no Dosage can say. */
export const stepRule: Rule = (words, at, before) => {
  const lead = phrase(words, at, "step");
  if (!lead) return undefined;
  const dose = doseRule(words, lead.end, before) ?? bareDoseRule(words, lead.end, []);
  const every =
    frequencyRule(words, dose?.end ?? lead.end, before) ?? durationRule(words, dose?.end ?? lead.end, before);
  const end = every?.end ?? dose?.end ?? lead.end;
  const text = printed(words, at, end);
  const doubt = {
    code: "directions_changing_dose",
    message: `The dose changes step by step ("${text}"). Work out each step from the label.`,
    readings: [text],
  };
  return part(at, end, { kind: "instruction", text }, [doubt]);
};

/** "1 hour before the procedure", "after each loose stool": a time that no code stands for. */
export const eventRule: Rule = (words, at) => {
  const amount = amountAt(words, at);
  const unit = amount && phrase(words, amount.end, "period");
  const side = phrase(words, unit?.end ?? at, "meal side");
  const event =
    side && phrase(words, skip(words, side.end, "each", "every", "the", "your", "a", "any"), "event");
  return event && part(at, event.end, { kind: "instruction", text: printed(words, at, event.end) });
};

/** "and remove at bedtime", "rinse off after 10 minutes": the time belongs to the undoing, not to the dose. */
export const undoRule: Rule = (words, at, before) => {
  const lead = phrase(words, skip(words, at, "and", "then"), "undo");
  if (!lead) return undefined;
  const start = skip(
    words,
    lead.end,
    "the",
    "old",
    "patch",
    "patches",
    "it",
    "after",
    "in",
    "within",
    "off",
    "every",
  );
  const amount = amountAt(words, start);
  const unit = amount && phrase(words, amount.end, "period");
  const time = [...whenRules, clockRule].map((rule) => rule(words, start, before)).find((one) => one);
  const end = Math.max(lead.end, unit?.end ?? 0, time?.end ?? 0);
  return part(at, end, { kind: "instruction", text: printed(words, at, end) });
};

/** "repeat in 5 minutes", "may repeat after 2 hours if needed". */
export const repeatRule: Rule = (words, at) => {
  const start = skip(words, at, "may", "can", "and", "then");
  if (!isOne(words, start, "repeat", "repeated")) return undefined;
  const once =
    phrase(words, start + 1, "times") ??
    (isOne(words, start + 1, "x") ? numberAt(words, start + 2) : undefined);
  if (once) {
    const end = phrase(words, once.end, "as needed")?.end ?? once.end;
    return part(at, end, { kind: "instruction", text: printed(words, at, end) });
  }
  const next = skip(words, start + 1, "dose", "the", "once", "in", "after", "every", "x");
  const amount = numberAt(words, next);
  const unit = amount && phrase(words, amount.end, "period");
  if (!unit) return undefined;
  const end = phrase(words, unit.end, "as needed")?.end ?? unit.end;
  return part(at, end, { kind: "instruction", text: printed(words, at, end) });
};

/** "then stop", "off for 1 week", "then 7 days off". */
function stopEnd(words: Words, at: number): number | undefined {
  const spanEnd = (start: number) => {
    const amount = numberAt(words, start);
    return amount && phrase(words, amount.end, "period")?.end;
  };
  const stop = phrase(words, at, "stop");
  if (stop) return spanEnd(skip(words, stop.end, "for")) ?? stop.end;
  const span = spanEnd(skip(words, at, "and", "then"));
  return span !== undefined && isOne(words, span, "off") ? span + 1 : undefined;
}

export const thenRule: Rule = (words, at) => {
  const stop = stopEnd(words, at);
  if (stop !== undefined) return part(at, stop, { kind: "stop", text: printed(words, at, stop) });
  const found = phrase(words, at, "then");
  return found && part(at, found.end, { kind: "then" });
};

export const fillerRule: Rule = (words, at) => {
  const found = phrase(words, at, "filler");
  return found && part(at, found.end, { kind: "filler" });
};
