import { tokenize } from "./tokens.ts";
import { type Kind, kindsAlone, knownWords, phrasesAt } from "./vocabulary.ts";

/** Kinds of meaning that decide what is done, where and when. */
const DECIDING: ReadonlySet<Kind> = new Set<Kind>([
  "unit",
  "route",
  "site",
  "side code",
  "frequency",
  "every",
  "time",
  "period",
  "meal side",
  "meal code",
]);

/** Longer words differ in more than a letter, or are mended by their spelling. */
const LONGEST = 4;

const meaningOf = (word: string) =>
  JSON.stringify(
    phrasesAt(tokenize(word), 0).map(({ kind, meaning: { warn: _, ...meaning } }) => [kind, meaning]),
  );

/** Whether one letter put for another, added or left out makes one word of the other. */
function isOneLetterAway(one: string, other: string): boolean {
  if (one === other) return false;
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  let same = 0;
  while (same < short.length && short[same] === long[same]) same++;
  return short.slice(same + (short.length === long.length ? 1 : 0)) === long.slice(same + 1);
}

function nearCodes(): ReadonlyMap<string, readonly string[]> {
  const codes = [...knownWords()].filter(
    (word) => word.length <= LONGEST && [...(kindsAlone(word) ?? [])].some((kind) => DECIDING.has(kind)),
  );
  const meanings = new Map(codes.map((word) => [word, meaningOf(word)]));
  const differs = (one: string, other: string) => meanings.get(one) !== meanings.get(other);
  return new Map(
    codes.map((word) => [
      word,
      codes.filter((other) => isOneLetterAway(word, other) && differs(word, other)),
    ]),
  );
}

let near: ReadonlyMap<string, readonly string[]> | undefined;

/** Short words of directions that mean something else and are one letter away: of "po" "pc", of "qd" "qid"; often none. */
export function codesNear(word: string): readonly string[] {
  near ??= nearCodes();
  return near.get(word.toLowerCase().replaceAll(".", "")) ?? [];
}
