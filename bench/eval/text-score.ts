/** How much of the printed text was read: counts, so that photos add up by their size. */
export type TextScore = { words: number; wordsFound: number; characters: number; errors: number };

/**
 * Words: each printed word must be among the read ones, case and outer punctuation aside, in any order; a read word
 * answers for one printed word. Characters: each printed segment against its best place in the reading, as edits of
 * characters with case and all; a segment that was printed across two columns may be found in two places.
 */
export function scoreText(printed: readonly string[], read: string): TextScore {
  const left = new Map<string, number>();
  for (const word of wordsOf(read)) left.set(word, (left.get(word) ?? 0) + 1);
  const score = { words: 0, wordsFound: 0, characters: 0, errors: 0 };
  const haystack = flat(read);
  for (const segment of printed) {
    for (const word of wordsOf(segment)) {
      score.words += 1;
      const spare = left.get(word) ?? 0;
      if (spare > 0) {
        score.wordsFound += 1;
        left.set(word, spare - 1);
      }
    }
    const needle = flat(segment);
    score.characters += needle.length;
    score.errors += editsInTwoPlaces(needle, haystack);
  }
  return score;
}

function flat(text: string): string {
  return text.normalize("NFKC").replace(/\s+/g, " ").trim();
}

/** Words in lower case without the punctuation around them; what has no letter or digit is no word. */
function wordsOf(text: string): string[] {
  return flat(text)
    .toLowerCase()
    .split(" ")
    .map((word) => word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}%]+$/gu, ""))
    .filter((word) => word !== "");
}

/** Fewest edits that turn the segment, whole or cut in two at a space, into text of the haystack. */
function editsInTwoPlaces(needle: string, haystack: string): number {
  const fromStart = editsOfPrefixes(needle, haystack);
  const fromEnd = editsOfPrefixes(reversed(needle), reversed(haystack));
  let least = fromStart.at(-1) ?? 0;
  for (let cut = needle.indexOf(" "); cut > 0; cut = needle.indexOf(" ", cut + 1)) {
    const tail = needle.length - cut - 1;
    const [head, end] = [fromStart[cut] ?? 0, fromEnd[tail] ?? 0];
    // Only where something of both halves was read: else the space between them would be forgiven for nothing.
    if (head < cut && end < tail) least = Math.min(least, head + end);
  }
  return least;
}

function reversed(text: string): string {
  return text.split("").toReversed().join("");
}

/**
 * For each length of prefix of the needle, the fewest edits to any substring of the haystack: Sellers' algorithm
 * (P. H. Sellers, "The theory and computation of evolutionary distances: pattern recognition", 1980).
 */
function editsOfPrefixes(needle: string, haystack: string): number[] {
  let row = new Array<number>(haystack.length + 1).fill(0);
  const least = [0];
  for (let i = 1; i <= needle.length; i++) {
    const next = [i];
    let best = i;
    for (let j = 1; j <= haystack.length; j++) {
      const swapped = (row[j - 1] ?? 0) + (needle[i - 1] === haystack[j - 1] ? 0 : 1);
      const edits = Math.min(swapped, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
      next.push(edits);
      if (edits < best) best = edits;
    }
    least.push(best);
    row = next;
  }
  return least;
}
