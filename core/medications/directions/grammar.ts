import { numberAt } from "./rules/amounts.ts";
import { clockRule, daysRule, phaseRule } from "./rules/calendar.ts";
import {
  bareDoseRule,
  doseRule,
  patternRule,
  restatedRule,
  thingRule,
  timesRule,
  vagueAmountRule,
} from "./rules/dose.ts";
import { asNeededRule, countRule, durationRule, maximumRule, purposeRule } from "./rules/limits.ts";
import { type Part, part } from "./rules/parts.ts";
import { lastOf, type Rule } from "./rules/rule.ts";
import {
  eventRule,
  fillerRule,
  instructionRule,
  markRule,
  repeatRule,
  routeRule,
  sideRule,
  siteRule,
  stepRule,
  thenRule,
  undoRule,
  verbRule,
  warningRule,
} from "./rules/sayings.ts";
import { dividedRule, frequencyRule, rateRule, strayTimesRule, whenRules } from "./rules/timing.ts";
import { isOne, phrase, printed, textAt, type Words } from "./rules/words.ts";
import { kindsOf } from "./vocabulary.ts";

/** Where two rules read equally far, the earlier one is right. */
const RULES: readonly Rule[] = [
  maximumRule,
  patternRule,
  restatedRule,
  doseRule,
  dividedRule,
  frequencyRule,
  timesRule,
  rateRule,
  clockRule,
  phaseRule,
  durationRule,
  countRule,
  strayTimesRule,
  asNeededRule,
  daysRule,
  ...whenRules,
  stepRule,
  eventRule,
  undoRule,
  repeatRule,
  instructionRule,
  warningRule,
  vagueAmountRule,
  routeRule,
  siteRule,
  purposeRule,
  sideRule,
  thenRule,
  verbRule,
  bareDoseRule,
  thingRule,
  markRule,
  fillerRule,
];

/** A medicine's name has at least this many letters. */
const SHORTEST_NAME = 4;
/** "amoxicillin clavulanate potassium": a name has at most this many words. */
const LONGEST_NAME = 3;

/** "of amoxicillin", "1 codeine", "metformin 500mg": a medicine named where its name may stand. */
function nameAt(words: Words, at: number, before: readonly Part[]): Part | undefined {
  const isName = (place: number) => {
    const token = words.tokens[place];
    if (token?.kind !== "word" || token.text.length < SHORTEST_NAME) return false;
    const kinds = kindsOf(token.text);
    // Warnings name a few medicines: "do not take with aspirin".
    return (
      kinds === undefined || [...kinds].every((kind) => kind === "warning word" || kind === "instruction")
    );
  };
  let end = at;
  while (end - at < LONGEST_NAME && isName(end)) end++;
  if (end === at) return undefined;
  const last = lastOf(before);
  const size = numberAt(words, end);
  const strength = size && phrase(words, size.end, "unit")?.meaning.measure;
  const place =
    textAt(words, at - 1) === "of" || last?.kind === "dose" || (strength && (!last || last.kind === "verb"));
  return place ? part(at, end, { kind: "named", name: printed(words, at, end) }) : undefined;
}

/** Small words that lead to a place, a time or a thing: before anything else something is lost ("1 on" is one at night). */
const LEADING = new Set(["at", "in", "into", "on", "onto", "to"]);
const NOT_LED_TO = new Set<Part["kind"]>([
  "sentence",
  "comma",
  "dose",
  "frequency",
  "rate",
  "count",
  "duration",
  "asNeeded",
  "maximum",
  "route",
  "then",
]);

/** Takes small words that lead to nothing for what they are: not understood. */
const withoutDangling = (words: Words, parts: readonly Part[]): Part[] =>
  parts.map((one, index) => {
    const next = parts[index + 1];
    // "on morning", "to at night": one or two, misread.
    const misread = next?.kind === "when" && isOne(words, one.end - 1, "on", "to");
    const dangling =
      one.kind === "filler" &&
      LEADING.has(textAt(words, one.end - 1)) &&
      (!next || misread || NOT_LED_TO.has(next.kind));
    return dangling
      ? part(one.start, one.end, { kind: "unknown", text: printed(words, one.start, one.end) })
      : one;
  });

/** Reads directions from left to right: at each place, the rule that reads furthest. What none reads is unknown. */
export function read(words: Words): Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < words.tokens.length; ) {
    let best: Part | undefined;
    for (const rule of RULES) {
      const found = rule(words, at, parts);
      if (found && found.end > (best?.end ?? at)) best = found;
    }
    best ??=
      nameAt(words, at, parts) ?? part(at, at + 1, { kind: "unknown", text: printed(words, at, at + 1) });
    parts.push(best);
    at = best.end;
  }
  return withoutDangling(words, parts);
}
