import { misreadUnits, perUnits, strengthUnits } from "./vocabulary.ts";
import { fold, type Word } from "./words.ts";

/** A strength found in a line: "10 mg", "250 mg/5 mL", "5-325 mg", "0.05%". */
export type Strength = {
  /** As printed but tidied: usual unit names, one space before the unit. */
  text: string;
  start: number;
  end: number;
  /** First and last+1 of the words it is made of. */
  from: number;
  to: number;
  /** What had to be guessed to read it; null when nothing was. */
  repaired: string | null;
};

const foldedKeys = (map: ReadonlyMap<string, string>) =>
  new Map([...map].map(([printed, usual]) => [fold(printed), usual] as const));

const units = foldedKeys(strengthUnits);
const usualUnits = new Set(strengthUnits.values());
const counts = foldedKeys(perUnits);
const misread = foldedKeys(misreadUnits);

/** Units of two words, and the word that says the same. */
const spelledUnits = new Map(
  [
    ["million units", "mu"],
    ["million unit", "mu"],
    ["international units", "iu"],
    ["international unit", "iu"],
  ].map(([words = "", word = ""]) => [words.split(" ").map(fold).join(" "), fold(word)] as const),
);

const joins = new Set(["/", "-", "+", "–", "PER", "IN"]);

/** Those that lead to what the amount is in; the others join ingredients: "81 mg - 1 tab" is a strength and a dose. */
const carries = new Set(["/", "PER", "IN"]);

/** How typewriters print 1, and readers read it: "l mg". */
const loneOne = /^[lI|]$/;

type Part = { number: string; unit: string; join: string; to: number; guessed: string | null };

/** A number at word `at`, a decimal point torn off by the reader put back: "2. 5" and "2 .5" are 2.5. */
function numberAt(
  words: readonly Word[],
  at: number,
): { text: string; to: number; guessed: string | null } | null {
  const word = words[at];
  const unit = words[at + 1]?.folded ?? "";
  if (word?.kind === "letters" && loneOne.test(word.text) && unit.length > 1 && units.has(unit))
    return { text: "1", to: at + 1, guessed: "a letter was taken for a digit" };
  if (word?.kind !== "number" || word.value === null) return null;
  const lostPoint = /^0\d/.test(word.text) ? "a point may be missing" : null;
  const guessed = word.repaired ? "a letter was taken for a digit" : lostPoint;
  const text = word.repaired ? String(word.value) : word.text;
  const next = words[at + 1];
  const after = words[at + 2];
  const torn = "a gap in the number was closed";
  if (next?.kind === "number" && /^[.,]\d/.test(next.text) && /^\d+$/.test(text)) {
    return { text: text + next.text.replace(",", "."), to: at + 2, guessed: torn };
  }
  if (next?.text === "." && after?.kind === "number" && /^\d+$/.test(text) && /^\d+$/.test(after.text)) {
    return { text: `${text}.${after.text}`, to: at + 3, guessed: torn };
  }
  return { text: tidyNumber(text), to: at + 1, guessed };
}

function tidyNumber(text: string): string {
  if (text.startsWith(".")) return `0${text}`;
  return /^\d+,\d{1,2}$/.test(text) || /^0,\d+$/.test(text) ? text.replace(",", ".") : text;
}

/** The unit at word `at`: one word, two that say it, or two that a reader tore one into ("m Eq"). */
function unitAt(words: readonly Word[], at: number, known: ReadonlyMap<string, string>) {
  const [first, second] = [words[at]?.folded ?? "", words[at + 1]?.folded ?? ""];
  const spelled = second && known.get(spelledUnits.get(`${first} ${second}`) ?? "");
  if (spelled) return { unit: spelled, to: at + 2, guessed: null };
  const usual = known.get(first);
  if (usual) return { unit: usual, to: at + 1, guessed: null };
  const torn = words[at]?.kind === "letters" && first.length === 1 ? units.get(first + second) : undefined;
  const likely = misread.get(first) ?? torn;
  const to = torn ? at + 2 : at + 1;
  return likely ? { unit: likely, to, guessed: "the unit was hard to read" } : null;
}

function partAt(words: readonly Word[], at: number, join: string): Part | null {
  const number = numberAt(words, at);
  const unit = unitAt(words, number?.to ?? at, join ? counts : units);
  if (unit && (number || !unit.guessed)) {
    return { ...unit, number: number?.text ?? "", join, guessed: number?.guessed ?? unit.guessed };
  }
  return number ? { number: number.text, unit: "", join, to: number.to, guessed: number.guessed } : null;
}

function strengthAt(words: readonly Word[], at: number): Strength | null {
  const first = partAt(words, at, "");
  if (!first?.number) return null;
  const parts = [first];
  let to = first.to;
  for (;;) {
    const join = words[to]?.text.toUpperCase() ?? "";
    if (!joins.has(join)) break;
    const part = partAt(words, to + 1, join);
    if (
      !part ||
      (join === "IN" && !(part.number && part.unit)) ||
      (!carries.has(join) && part.unit !== "" && !usualUnits.has(part.unit)) ||
      (!part.number && join !== "/" && join !== "PER")
    )
      break;
    parts.push(part);
    to = part.to;
  }
  const read = parts.length;
  while (parts.length > 1 && !parts.at(-1)?.unit) parts.pop();
  const cutOff = parts.length < read || goesOn(words, to);
  const last = parts.at(-1) ?? first;
  const isStrength = parts.some((part) => usualUnits.has(part.unit));
  const start = words[at]?.start;
  const end = words[last.to - 1]?.end;
  if (!last.unit || !isStrength || start === undefined || end === undefined) return null;
  const text = parts.map(render).join("");
  return {
    text,
    start,
    end,
    from: at,
    to: last.to,
    repaired: parts.find((part) => part.guessed)?.guessed ?? (cutOff ? "the strength goes on" : null),
  };
}

/** Whether an amount "per" something follows that could not be read: "125 mg/" over "5 rnl", "25 mcg/hcur", "125 mg 5 mL". */
function goesOn(words: readonly Word[], at: number): boolean {
  const [next, after] = [words[at], words[at + 1]];
  if (next?.text === "/" || next?.folded === "PER") return true;
  // "100 UNIT5/ML": a figure that touches the unit.
  if (next?.kind === "number" && next.start === words[at - 1]?.end) return true;
  return words[at - 1]?.text !== "%" && next?.kind === "number" && millilitres.has(after?.folded ?? "");
}

const millilitres = new Set(["ml", "mls"].map(fold));

function render(part: Part): string {
  const join = part.join === "PER" ? "/" : part.join === "IN" ? "/" : part.join === "–" ? "-" : part.join;
  const gap = part.number && part.unit && part.unit !== "%" ? " " : "";
  return `${join}${part.number}${gap}${part.unit}`;
}

/** Whether a strength as printed has a unit of one letter: a flat ("APT 21 U", "12 G") reads the same. */
export function mayBeDoorNumber(printed: string): boolean {
  return /^\d+ ?\p{L}$/u.test(printed);
}

/** Every strength in a line's words, left to right. */
export function strengthsIn(words: readonly Word[]): Strength[] {
  const found: Strength[] = [];
  for (let at = 0; at < words.length; at++) {
    const strength = strengthAt(words, at);
    if (!strength) continue;
    found.push(strength);
    at = strength.to - 1;
  }
  return found;
}
