import { distance } from "fastest-levenshtein";
import { misreadingCost } from "./letters.ts";

export type Near<T> = { value: T; key: string; cost: number };

/** Names of one length, their sieves side by side in typed arrays: a search runs over all of them. */
type Row<T> = {
  names: { key: string; shape: string; value: T }[];
  letters: Int32Array;
  pairsLow: Int32Array;
  pairsHigh: Int32Array;
};

/**
 * Every name near a reading, in four sieves from cheap to exact: length; which letters and which pairs of letters
 * occur; the number of edits (fastest-levenshtein) after letters of one shape have been made the same; and last the
 * cost of the misreading itself. The first three never lose a name that is within the allowed edits.
 */
export class NearestNames<T> {
  readonly #rows = new Map<number, Row<T>>();

  constructor(names: Iterable<readonly [key: string, value: T]>) {
    const lengths = Map.groupBy(
      [...names].map(([key, value]) => ({ key, shape: canonicalShape(key), value })),
      ({ shape }) => shape.length,
    );
    for (const [length, list] of lengths) {
      const sets = list.map(({ shape }) => setsOf(shape));
      this.#rows.set(length, {
        names: list,
        letters: Int32Array.from(sets, ({ letters }) => letters),
        pairsLow: Int32Array.from(sets, ({ pairsLow }) => pairsLow),
        pairsHigh: Int32Array.from(sets, ({ pairsHigh }) => pairsHigh),
      });
    }
  }

  /** Names whose misreading cost (`misreadingCost`) is at most `limit`, cheapest first. */
  find(read: string, limit: number, weightsOfRead?: readonly number[]): Near<T>[] {
    const shape = canonicalShape(read);
    const edits = editsAllowed(shape.length);
    const sets = setsOf(shape);
    const found: Near<T>[] = [];
    for (let length = shape.length - edits; length <= shape.length + edits; length++) {
      const row = this.#rows.get(length);
      if (row === undefined) continue;
      for (let index = 0; index < row.names.length; index++) {
        // One edit changes at most two letters of the set, and two pairs before it and two after.
        if (bitCount((row.letters[index] ?? 0) ^ sets.letters) > 2 * edits) continue;
        const low = bitCount((row.pairsLow[index] ?? 0) ^ sets.pairsLow);
        if (low + bitCount((row.pairsHigh[index] ?? 0) ^ sets.pairsHigh) > 4 * edits) continue;
        const name = row.names[index];
        if (name === undefined || distance(name.shape, shape) > edits) continue;
        const cost = misreadingCost(read, name.key, limit, weightsOfRead);
        if (cost <= limit) found.push({ value: name.value, key: name.key, cost });
      }
    }
    return found.sort((a, b) => a.cost - b.cost);
  }
}

/** More wrong letters than this leave too little of a name to know it by. */
function editsAllowed(length: number): number {
  return length <= 4 ? 1 : length <= 7 ? 2 : 3;
}

const ONE_SHAPE: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  l: "i",
  "|": "i",
  "!": "i",
  "5": "s",
  $: "s",
  "8": "b",
  "2": "z",
  "@": "a",
  "€": "e",
  "9": "g",
};

/**
 * Letters of one shape made the same, and pairs that look like one letter made that letter. Only for sieves: two
 * names can share a shape.
 */
export function canonicalShape(key: string): string {
  let shape = "";
  for (const letter of key.replaceAll("rn", "m").replaceAll("vv", "w").replaceAll("cl", "d")) {
    shape += ONE_SHAPE[letter] ?? letter;
  }
  return shape;
}

/** The letters of a text and its pairs of neighbours, as sets of bits (letters exactly, pairs by a hash). */
function setsOf(text: string): { letters: number; pairsLow: number; pairsHigh: number } {
  let [letters, pairsLow, pairsHigh] = [0, 0, 0];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const letter = code - 97;
    letters |= 1 << (letter >= 0 && letter < 26 ? letter : 26 + (code % 6));
    if (index === 0) continue;
    const pair = (text.charCodeAt(index - 1) * 31 + code) & 63;
    if (pair < 32) pairsLow |= 1 << pair;
    else pairsHigh |= 1 << (pair - 32);
  }
  return { letters, pairsLow, pairsHigh };
}

function bitCount(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
