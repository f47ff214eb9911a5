/** A seeded source of numbers in [0, 1): mulberry32, so that every run sees the same misreadings. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * What readers print for a letter, in capitals and small letters, with how often each of them is what goes wrong.
 * Written apart from the matcher's own table, so that the two do not simply agree.
 */
const CONFUSED: Readonly<Record<string, string>> = {
  A: "4RHΛ",
  B: "8B3R",
  C: "GOE(",
  D: "0OBC",
  E: "FCB",
  F: "EPT",
  G: "6CO",
  H: "NMII",
  I: "1lT|",
  J: "IL",
  K: "XR",
  L: "I1E",
  M: "NHW",
  N: "MHI1",
  O: "0QCD",
  P: "FRD",
  Q: "OG0",
  R: "PBK",
  S: "5B8",
  T: "I7FY",
  U: "VOLI",
  V: "UYW",
  W: "VM",
  X: "KY",
  Y: "VT",
  Z: "27S",
  a: "oe4s",
  b: "6hl",
  c: "eoG",
  d: "oal",
  e: "coa",
  f: "tr",
  g: "9qy",
  h: "bnk",
  i: "l1j!",
  j: "i",
  k: "hx",
  l: "1Iit|",
  m: "nrw",
  n: "hrmu",
  o: "0ec",
  p: "qn",
  q: "g9",
  r: "nti",
  s: "5zS",
  t: "fl1",
  u: "vno",
  v: "uy",
  w: "vu",
  x: "kz",
  y: "vg",
  z: "2s",
  "-": " –.",
  " ": "",
  "/": "l1I",
  "0": "O",
  "1": "lI",
  "2": "Z",
  "3": "8",
  "5": "S6",
  "7": "1",
  "8": "B",
};
const JOINED: readonly (readonly [string, string])[] = [
  ["rn", "m"],
  ["m", "rn"],
  ["cl", "d"],
  ["d", "cl"],
  ["vv", "w"],
  ["w", "vv"],
  ["li", "h"],
  ["ri", "n"],
  ["ii", "u"],
  ["nn", "m"],
  ["IL", "U"],
  ["LI", "U"],
  ["IN", "M"],
  ["RI", "N"],
];
const LETTERS = "abcdefghijklmnopqrstuvwxyz";

export type Misreading = { text: string; characters: number[]; edits: number };

/**
 * One name as a reader might misread it: at least one letter wrong. Of the mistakes 70 % swap a letter for one of its
 * shape, 10 % join or part letters, 10 % lose one, 5 % add one and 5 % put any letter for any. One mistake in 65 % of
 * readings, two in 25 %, three in 10 %. Confidences are low (0.3-0.8) for 85 % of the wrong letters and high for the
 * rest; 3 % of the right letters are low too.
 */
export function misread(name: string, random: () => number): Misreading {
  const share = random();
  const edits = share < 0.65 ? 1 : share < 0.9 ? 2 : 3;
  let text = name;
  let wrong = [...name].map(() => false);
  for (let n = 0; n < edits; n++) {
    const changed = oneMistake(text, random);
    wrong = [
      ...wrong.slice(0, changed.at),
      ...changed.put.split("").map(() => true),
      ...wrong.slice(changed.at + changed.took),
    ];
    text = text.slice(0, changed.at) + changed.put + text.slice(changed.at + changed.took);
  }
  const characters = wrong.map((isWrong) => {
    const low = random() < (isWrong ? 0.85 : 0.03);
    return low ? 0.3 + 0.5 * random() : 0.93 + 0.07 * random();
  });
  return { text, characters, edits };
}

function oneMistake(text: string, random: () => number): { at: number; took: number; put: string } {
  const at = Math.floor(random() * text.length);
  const letter = text[at] ?? "";
  const kind = random();
  const any = LETTERS[Math.floor(random() * LETTERS.length)] ?? "e";
  if (kind < 0.7) {
    const shapes = CONFUSED[letter] ?? any;
    return { at, took: 1, put: shapes[Math.floor(random() * shapes.length)] ?? "" };
  }
  if (kind < 0.8) {
    const fitting = JOINED.filter(([from]) => text.includes(from));
    const [from, put] = fitting[Math.floor(random() * fitting.length)] ?? [letter, any];
    return { at: Math.max(0, text.indexOf(from)), took: from.length, put };
  }
  if (kind < 0.9) return { at, took: 1, put: "" };
  if (kind < 0.95) return { at, took: 0, put: any };
  return { at, took: 1, put: any };
}
