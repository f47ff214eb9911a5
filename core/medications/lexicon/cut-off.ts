import type { Lexicon } from "./lexicon.ts";
import { canonicalShape } from "./nearest.ts";
import { joined, type Word } from "./words.ts";

/** Shorter pieces begin or end too many names to say anything. */
const SHORTEST_PIECE = 4;
/** A piece this long may be a whole unknown name when it is shorter than this share of the name it would come from. */
const LEAST_SHARE = 0.4;
const MOST_NAMES = 6;

/** The names of which a word of the text is only the beginning or the end; null when there are none. */
export function cutOffNames(
  lexicon: Lexicon,
  words: readonly Word[],
  starts: readonly number[],
): { read: string; names: string[] } | null {
  for (const start of starts) {
    const { key } = joined(words.slice(start, start + 1));
    if (key.length < SHORTEST_PIECE) continue;
    const piece = canonicalShape(key);
    // A whole name but for letters of one shape is not a piece of a longer one.
    if (lexicon.shapes.some(({ shape }) => shape === piece)) return null;
    const names: string[] = [];
    for (const { shape, entry } of lexicon.shapes) {
      if (shape.length <= piece.length || piece.length < LEAST_SHARE * shape.length) continue;
      if (shape.startsWith(piece) || shape.endsWith(piece)) names.push(entry.name);
      if (names.length === MOST_NAMES) break;
    }
    if (names.length > 0) return { read: key, names };
  }
  return null;
}
