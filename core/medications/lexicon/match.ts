import { around, type DrugMatch, differs, type NameEvidence, type Reading } from "./drug-match.ts";
import { ingredientsOf } from "./entry.ts";
import { settleExact } from "./exact-match.ts";
import { compose, exactNames } from "./exact-names.ts";
import type { Lexicon } from "./lexicon.ts";
import { matchMisread } from "./misread-match.ts";
import * as why from "./reasons.ts";
import { wordsOf } from "./words.ts";

/** A label's line is at most this long; what comes after cannot be the name it begins with. */
const MAX_TEXT = 300;
const MAX_WORDS = 40;

/** The drug that a text names, or why it cannot be said. `text` may hold more than the name. */
export function match(lexicon: Lexicon, text: string, evidence: NameEvidence = {}): DrugMatch {
  const first = matchReading(lexicon, text, evidence);
  if (evidence.second === undefined) return first;
  const { characters: _, second: __, ...shared } = evidence;
  return withSecondReader(first, matchReading(lexicon, evidence.second.text, shared), text);
}

function matchReading(lexicon: Lexicon, text: string, evidence: NameEvidence): DrugMatch {
  const line = text.slice(0, MAX_TEXT);
  const words = wordsOf(line).slice(0, MAX_WORDS);
  const reading: Reading = { line, words, evidence };
  const [first, ...others] = exactNames(lexicon, words);
  if (first === undefined) return matchMisread(lexicon, reading);
  const composed = compose(lexicon, words, [first, ...others]);
  if (composed.kind === "one") return settleExact(lexicon, reading, composed.named);
  const names = composed.names.map(({ entry }) => entry.name);
  const end =
    composed.kind === "several"
      ? (composed.names[0]?.end ?? first.end)
      : (composed.names.at(-1)?.end ?? first.end);
  return {
    kind: "ambiguous",
    candidates: composed.names.map(({ entry }) => entry),
    ...around(reading, first.start, end),
    review: [composed.kind === "several" ? why.severalNames(names) : why.combinationUnknown(names)],
  };
}

function withSecondReader(first: DrugMatch, second: DrugMatch, text: string): DrugMatch {
  if (second.kind !== "exact") {
    if (second.kind !== "corrected" || first.kind === "unknown" || first.kind === "ambiguous") return first;
    if (ingredientsOf(second.entry) === ingredientsOf(first.entry)) return first;
    return { ...first, review: [...first.review, why.readersDisagree(first.matched, second.matched)] };
  }
  if (first.kind === "unknown" || first.kind === "ambiguous") {
    const read = first.kind === "ambiguous" ? first.matched : text.trim();
    return {
      ...second,
      kind: "corrected",
      review: [...second.review, why.readersDisagree(read, second.matched)],
    };
  }
  if (!differs(first.entry, second.entry)) {
    // Two readers saw this name, one of them letter by letter: the correction needs no other witness.
    return { ...first, review: first.review.filter(({ code }) => code !== "name_corrected") };
  }
  return { ...first, review: [...first.review, why.readersDisagree(first.matched, second.matched)] };
}
