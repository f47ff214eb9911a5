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
const THIN = /[ilt1|!jr]/;

const single = new Map<string, number>();
for (const [list, cost] of [
  [LIKE_SHAPE, LIKE_COST],
  [SAME_SHAPE, SAME_COST],
] as const) {
  for (const pair of list.split(" ")) {
    const [a = "", b = ""] = [...pair];
    single.set(a + b, cost);
    single.set(b + a, cost);
  }
}

const pairs = new Set(
  PAIRS.split(" ").flatMap((rule) => {
    const [one = "", two = ""] = rule.split("=");
    return [`${one}=${two}`];
  }),
);

/** What it costs to believe that `printed` was read as `read`: 0 for the same letter, 1 for letters unlike each other. */
function substitution(read: string, printed: string): number {
  if (read === printed) return 0;
  const alike = single.get(read + printed);
  if (alike !== undefined) return alike;
  return /[a-z]/.test(read) ? 1 : ODD_SIGN_COST;
}

/**
 * How a reader's confidence in a letter weighs a difference there: one read at 0.95 or better must be quite wrong to
 * be wrong, one read below 0.5 says little.
 */
function weight(confidence: number | undefined): number {
  if (confidence === undefined) return 1;
  return Math.min(1.4, Math.max(0.4, 0.4 + (confidence - 0.4) * (1 / 0.55)));
}

/**
 * The cost of believing that `read` is `name`, badly read: the least sum over edits, each weighed by how alike the
 * letters look and by the reader's confidence in them. Both in lower case without spaces. Stops and answers Infinity
 * when the cost would exceed `limit`.
 *
 * A Levenshtein table (Wagner and Fischer, 1974) with two more moves, for pairs of letters read as one and one as two.
 */
export function misreadingCost(
  read: string,
  name: string,
  limit: number,
  confidences?: readonly number[],
): number {
  const width = name.length + 1;
  let beforeLast = new Float64Array(width);
  let last = new Float64Array(width);
  let row = new Float64Array(width);
  for (let j = 1; j < width; j++) last[j] = (last[j - 1] ?? 0) + gapCost(name[j - 1] ?? "");
  for (let i = 1; i <= read.length; i++) {
    const letter = read[i - 1] ?? "";
    const scale = weight(confidences?.[i - 1]);
    const pairRead = i > 1 ? read.slice(i - 2, i) : "";
    row[0] = (last[0] ?? 0) + gapCost(letter) * scale;
    let least = row[0];
    for (let j = 1; j < width; j++) {
      const printed = name[j - 1] ?? "";
      let cost = Math.min(
        (last[j - 1] ?? 0) + substitution(letter, printed) * scale,
        (last[j] ?? 0) + gapCost(letter) * scale,
        (row[j - 1] ?? 0) + gapCost(printed),
      );
      if (pairRead !== "" && pairs.has(`${printed}=${pairRead}`)) {
        cost = Math.min(cost, (beforeLast[j - 1] ?? 0) + PAIR_COST * scale);
      }
      if (j > 1 && pairs.has(`${letter}=${name.slice(j - 2, j)}`)) {
        cost = Math.min(cost, (last[j - 2] ?? 0) + PAIR_COST * scale);
      }
      row[j] = cost;
      if (cost < least) least = cost;
    }
    if (least > limit && i > 1) {
      const previous = Math.min(...last);
      if (previous > limit) return Number.POSITIVE_INFINITY;
    }
    [beforeLast, last, row] = [last, row, beforeLast];
  }
  const total = last[name.length] ?? Number.POSITIVE_INFINITY;
  return total > limit ? Number.POSITIVE_INFINITY : total;
}

function gapCost(letter: string): number {
  return THIN.test(letter) ? THIN_COST : 1;
}
