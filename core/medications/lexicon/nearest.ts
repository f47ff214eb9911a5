import { distance } from "fastest-levenshtein";
import { misreadingCost } from "./letters.ts";

export type Near<T> = { value: T; key: string; cost: number };

/**
 * Every name near a reading, in three sieves from cheap to exact: length, which letters occur, the number of edits
 * after letters of one shape have been made the same, and last the cost of the misreading itself.
 */
export class NearestNames<T> {
  readonly #byLength: { key: string; folded: string; letters: number; value: T }[][] = [];

  constructor(names: Iterable<readonly [key: string, value: T]>) {
    for (const [key, value] of names) {
      const folded = canonicalShape(key);
      const row = this.#byLength[folded.length] ?? [];
      row.push({ key, folded, letters: letterSet(folded), value });
      this.#byLength[folded.length] = row;
    }
  }

  /** Names whose misreading cost is at most `limit`, cheapest first. */
  find(read: string, limit: number, confidences?: readonly number[]): Near<T>[] {
    const folded = canonicalShape(read);
    const edits = editsAllowed(folded.length);
    const letters = letterSet(folded);
    const found: Near<T>[] = [];
    for (let length = Math.max(1, folded.length - edits); length <= folded.length + edits; length++) {
      for (const name of this.#byLength[length] ?? []) {
        if (bitCount(name.letters ^ letters) > 2 * edits) continue;
        if (distance(name.folded, folded) > edits) continue;
        const cost = misreadingCost(read, name.key, limit, confidences);
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

const FOLDED: Readonly<Record<string, string>> = {
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

/** Letters of one shape made the same, pairs that look like one letter made that letter. Only a sieve: costs decide. */
export function canonicalShape(key: string): string {
  let folded = "";
  for (const letter of key.replaceAll("rn", "m").replaceAll("vv", "w").replaceAll("cl", "d")) {
    folded += FOLDED[letter] ?? letter;
  }
  return folded;
}

/** Bit n for the nth letter, the last bits for everything else. */
function letterSet(text: string): number {
  let set = 0;
  for (let index = 0; index < text.length; index++) {
    const letter = text.charCodeAt(index) - 97;
    set |= 1 << (letter >= 0 && letter < 26 ? letter : 26 + (text.charCodeAt(index) % 6));
  }
  return set;
}

function bitCount(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return (((n + (n >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}
