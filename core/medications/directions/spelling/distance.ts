/** Letters that look alike in small print: putting one for another counts half an error. */
const ALIKE = [
  "ce",
  "co",
  "eo",
  "il",
  "it",
  "lt",
  "ij",
  "uv",
  "vy",
  "hb",
  "hn",
  "nm",
  "nr",
  "fr",
  "ft",
  "gq",
  "ao",
  "ae",
  "bd",
  "ck",
  "sz",
  "pf",
  "dc",
];
const alike = new Set(ALIKE.flatMap((pair) => [pair, pair.split("").reverse().join("")]));

/**
 * Optimal string alignment (Damerau, doi:10.1145/363958.363994), a substitution of letters that look alike costing
 * half; gives up with Infinity beyond `most`.
 */
export function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return Number.POSITIVE_INFINITY;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const [x, y] = [a[i - 1] ?? "", b[j - 1] ?? ""];
      const change = x === y ? 0 : alike.has(x + y) ? 0.5 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + change);
      if (i > 1 && j > 1 && x === b[j - 2] && a[i - 2] === y)
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
      if (best < least) least = best;
    }
    if (least > most) return Number.POSITIVE_INFINITY;
    beforeLast = last;
    last = row;
  }
  const far = last[b.length] ?? Number.POSITIVE_INFINITY;
  return far > most ? Number.POSITIVE_INFINITY : far;
}
