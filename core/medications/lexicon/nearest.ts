import { distance } from "fastest-levenshtein";
import { misreadingCost } from "./letters.ts";

export type Near<T> = { value: T; key: string; cost: number };

/** Names of one length, their sieves side by side in typed arrays: a search runs over all of them. */
type Row<T> = {
  names: { key: string; shape: string; value: T }[];
  once: Int32Array;
  twice: Int32Array;
  pairsLow: Int32Array;
  pairsHigh: Int32Array;
};

/**
 * Every name near a reading, in four sieves from cheap to exact: length; which letters occur, which of them twice, and
 * which pairs of neighbours; the number of edits (fastest-levenshtein) after letters of one shape have been made the
 * same; and last the cost of the misreading itself. The first three lose no name that is within the allowed edits.
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
        once: Int32Array.from(sets, ({ once }) => once),
        twice: Int32Array.from(sets, ({ twice }) => twice),
        pairsLow: Int32Array.from(sets, ({ pairsLow }) => pairsLow),
        pairsHigh: Int32Array.from(sets, ({ pairsHigh }) => pairsHigh),
      });
    }
  }

  /**
   * Names whose misreading cost (`misreadingCost`) is at most `limit`, cheapest first, of those within the edits that a
   * reading of this length is allowed and `moreEdits`.
   */
  find(read: string, limit: number, weightsOfRead?: readonly number[], moreEdits = 0): Near<T>[] {
    const shape = canonicalShape(read);
    const edits = editsAllowed(shape.length) + moreEdits;
    const sets = setsOf(shape);
    const found: Near<T>[] = [];
    for (let length = shape.length - edits; length <= shape.length + edits; length++) {
      const row = this.#rows.get(length);
      if (row === undefined) continue;
      for (let index = 0; index < row.names.length; index++) {
        // One edit takes a letter and brings one: two bits at most. Of pairs it takes two and brings two.
        const once = bitCount((row.once[index] ?? 0) ^ sets.once);
        if (once + bitCount((row.twice[index] ?? 0) ^ sets.twice) > 2 * edits) continue;
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
  return length <= 4 ? 1 : length <= 9 ? 2 : 3;
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

type Sets = { once: number; twice: number; pairsLow: number; pairsHigh: number };

/** As sets of bits: the letters of a text, those that come twice, and (by a hash) its pairs of neighbours. */
function setsOf(text: string): Sets {
  let [once, twice, pairsLow, pairsHigh] = [0, 0, 0, 0];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const letter = code - 97;
    const bit = 1 << (letter >= 0 && letter < 26 ? letter : 26 + (code % 6));
    twice |= once & bit;
    once |= bit;
    if (index === 0) continue;
    const pair = (text.charCodeAt(index - 1) * 31 + code) & 63;
    if (pair < 32) pairsLow |= 1 << pair;
    else pairsHigh |= 1 << (pair - 32);
  }
  return { once, twice, pairsLow, pairsHigh };
}

function bitCount(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
