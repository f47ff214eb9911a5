import { kindsOf } from "../vocabulary.ts";

/** A run with more letters than this is no sum of words with the spaces lost, but noise. */
const LONGEST_RUN = 60;
/** A shorter one is a word misread: "ain" is pain, not "a in". */
const SHORTEST_RUN = 6;

/** Short words that a run without spaces may hold; codes such as "dly" or "aa" would be found in any word. */
const SHORT_IN_RUN = new Set(
  "a by at as in to of or on one two six ten day the for and tab cap eye ear per use mls".split(" "),
);
const LONG_IN_RUN = 4;

/** The fewest known words that a run without spaces is made of; none when there is no way, or two. */
export function wordsIn(run: string): string[] | undefined {
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
