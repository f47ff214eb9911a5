import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** A seeded source of choices: the same seed gives the same photos on every machine. */
export class Random {
  readonly #source;

  constructor(seed: string) {
    this.#source = xoroshiro128plus(hash(seed));
  }

  /** Uniform in [0, 1). */
  unit(): number {
    return (this.#source.next() >>> 0) / 2 ** 32;
  }

  /** Uniform in [from, to). */
  between(from: number, to: number): number {
    return from + (to - from) * this.unit();
  }

  /** Uniform whole number, both ends included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.unit() * (to - from + 1));
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<T>(from: readonly T[]): T {
    const one = from[Math.floor(this.unit() * from.length)];
    if (one === undefined) throw new RangeError("nothing to pick from");
    return one;
  }

  /** Digits, the first never 0. */
  digits(count: number): string {
    let out = String(this.whole(1, 9));
    while (out.length < count) out += String(this.whole(0, 9));
    return out;
  }

  /** Roughly normal (the sum of four bytes), mean 0, standard deviation 1: one draw for one value of noise. */
  noise(): number {
    const bits = this.#source.next();
    const sum = (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24);
    return (sum - SUM_MEAN) / SUM_DEVIATION;
  }
}

const SUM_MEAN = 4 * 127.5;
/** Of four independent uniform bytes: 2 times 256/sqrt(12). */
const SUM_DEVIATION = 2 * (256 / Math.sqrt(12));

/** FNV-1a, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/), then stirred: seeds that end alike must not begin alike. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193);
  // The finalizer of MurmurHash3 (https://github.com/aappleby/smhasher/wiki/MurmurHash3).
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}
