/**
 * Letters and groups of letters that readers of photographs take for one another, by how alike they look.
 * Lower case stands for both: names are compared without regard to capitals, so shapes of either case count.
 */

/** The same stroke or ring but for a detail that a blurred print loses: a reader has often only guessed. */
const SAME_SHAPE = "0o 1l 1i li 5s 8b 2z |l |i |1 !l !i !1 $s @a €e 0d 0q 9g 6b 6g 9q 7t 4a 3e 3b ¡i jl ji";
/** Alike in one case or in a poor print. */
const LIKE_SHAPE =
  "ce co ae ao oe uv un nh hb bd mn nr vy vw yg gq pq tf tl ti ft il ef pr br rk dq do oq cg kx kh xy sa sg zs ea uo iy rt hk ht hm lk bp pd wm wv nm gy 1t 7l 7i 7y 6e 6o 9o 8s 8e 8a 8g 0c 0u 0a 2s 5b 5g 3s 3a 4d jt fr lf";
/** One letter and a pair that looks like it when letters touch or part. */
const PAIRS =
  "m=rn m=nn m=in d=cl d=ol d=ci w=vv u=ii u=il h=li h=ln k=lc k=ic n=ri n=ii b=lo b=6o q=cj g=cj y=ij a=ci w=uu m=ni m=nr";

const SAME_COST = 0.2;
const LIKE_COST = 0.5;
const PAIR_COST = 0.4;
/** A sign that no name has: misread for certain, but not known for what. */
const ODD_SIGN_COST = 0.6;
/** Thin letters are the ones that are lost between neighbours or seen where there are none. */
const THIN_COST = 0.7;
const THIN = new Set([..."ilt1|!jr"].map((letter) => letter.charCodeAt(0)));

/** Costs by code of the letter read and the letter printed; names are made of letters below this code. */
const CODES = 128;
const costs = substitutionCosts();
/** By a pair of letters, those that look like it: of "ii" "un". */
const singles = Map.groupBy(PAIRS.split(" "), (pair) => pair.slice(2));
const singlesLike = new Map([...singles].map(([two, pairs]) => [two, pairs.map(([one]) => one).join("")]));

function substitutionCosts(): Float64Array {
  const table = new Float64Array(CODES * CODES);
  for (let read = 0; read < CODES; read++) {
    const isLetter = /[a-z]/.test(String.fromCharCode(read));
    for (let printed = 0; printed < CODES; printed++) {
      table[read * CODES + printed] = read === printed ? 0 : isLetter ? 1 : ODD_SIGN_COST;
    }
  }
  for (const [list, cost] of [
    [LIKE_SHAPE, LIKE_COST],
    [SAME_SHAPE, SAME_COST],
  ] as const) {
    for (const pair of list.split(" ")) {
      const [a, b] = [pair.charCodeAt(0), pair.charCodeAt(1)];
      if (a >= CODES || b >= CODES) continue;
      table[a * CODES + b] = cost;
      table[b * CODES + a] = cost;
    }
  }
  return table;
}

/** What it costs to believe that `printed` was read as `read`: 0 for the same letter, 1 for letters unlike each other. */
function substitution(read: number, printed: number): number {
  if (read >= CODES || printed >= CODES) return read === printed ? 0 : ODD_SIGN_COST;
  return costs[read * CODES + printed] ?? 1;
}

/**
 * How a reader's confidences in its letters weigh differences there: a letter read at 0.95 or better must be quite
 * wrong to be wrong, one read below 0.5 says little.
 */
export function weights(confidences: readonly number[]): number[] {
  return confidences.map((confidence) => Math.min(1.4, Math.max(0.4, 0.4 + (confidence - 0.4) / 0.55)));
}

/** Letters read with less confidence than this are not taken as read. */
export const SURE_LETTER = 0.8;

/** Weights that believe only unsure letters to be misread: a sure one counts double, whatever it was read as. */
export function strictWeights(confidences: readonly number[]): number[] {
  return confidences.map((confidence) => (confidence < SURE_LETTER ? 0.4 : 2));
}

/**
 * The cost of believing that `read` is `name`, badly read: the least sum over edits, each weighed by how alike the
 * letters look and by the weight of the letter read, 1 where none is given. Both in lower case without spaces. Stops and answers Infinity
 * when the cost would exceed `limit`.
 *
 * A Levenshtein table (Wagner and Fischer, 1974) with two more moves, for pairs of letters read as one and one as two.
 */
export function misreadingCost(
  read: string,
  name: string,
  limit: number,
  weightsOfRead?: readonly number[],
): number {
  const width = name.length + 1;
  let beforeLast = new Float64Array(width);
  let last = new Float64Array(width);
  let row = new Float64Array(width);
  /** What may have been read for the pair of letters that ends at each place of the name. */
  const likePairs: (string | undefined)[] = [];
  for (let j = 1; j < width; j++) {
    last[j] = (last[j - 1] ?? 0) + gapCost(name.charCodeAt(j - 1));
    likePairs[j] = singlesLike.get(name.slice(Math.max(0, j - 2), j));
  }
  let leastOfLast = 0;
  for (let i = 1; i <= read.length; i++) {
    const letter = read.charCodeAt(i - 1);
    const scale = weightsOfRead?.[i - 1] ?? 1;
    const lost = gapCost(letter) * scale;
    const likePair = i > 1 ? singlesLike.get(read.slice(i - 2, i)) : undefined;
    const sign = read[i - 1] ?? "";
    row[0] = (last[0] ?? 0) + lost;
    let least = row[0];
    for (let j = 1; j < width; j++) {
      const printed = name.charCodeAt(j - 1);
      let cost = Math.min(
        (last[j - 1] ?? 0) + substitution(letter, printed) * scale,
        (last[j] ?? 0) + lost,
        (row[j - 1] ?? 0) + gapCost(printed),
      );
      if (likePair?.includes(name[j - 1] ?? "")) {
        cost = Math.min(cost, (beforeLast[j - 1] ?? 0) + PAIR_COST * scale);
      }
      if (likePairs[j]?.includes(sign)) {
        cost = Math.min(cost, (last[j - 2] ?? 0) + PAIR_COST * scale);
      }
      row[j] = cost;
      if (cost < least) least = cost;
    }
    // A pair may still be joined across one row, so only two rows over the limit are hopeless.
    if (least > limit && leastOfLast > limit) return Number.POSITIVE_INFINITY;
    leastOfLast = least;
    [beforeLast, last, row] = [last, row, beforeLast];
  }
  const total = last[name.length] ?? Number.POSITIVE_INFINITY;
  return total > limit ? Number.POSITIVE_INFINITY : total;
}

function gapCost(code: number): number {
  return THIN.has(code) ? THIN_COST : 1;
}
