import { isForm, isFormWord } from "./kinds.ts";
import { type Strength, strengthsIn } from "./strength.ts";
import { forms } from "./vocabulary.ts";
import { fold, type Word } from "./words.ts";

/** A value and where it stands in its line's text. */
export type Span<T> = { value: T; start: number; end: number };

/** What a line that bears a drug says: "28 Ramipril 5mg capsules", "METFORMIN HCL 500 MG TABLET". */
export type DrugLine = {
  /** The words before the strength or form; not yet looked up. */
  name: Span<string> | null;
  strength: Strength | null;
  form: Span<string> | null;
  quantity: Span<number> | null;
};

const plainForms = new Map(Object.entries(forms).map(([printed, plain]) => [fold(printed), plain]));

/** The form a line of words names: "eye drops" and "chewable tablet" keep the word that narrows it. */
export function formIn(words: readonly Word[]): Span<string> | null {
  const at = words.findLastIndex((word, index) => isForm(word) && !isForm(words[index + 1]));
  const word = words[at];
  if (!word) return null;
  let from = at;
  while (from > 0 && isFormWord(words[from - 1]) && words[from - 1]?.folded !== fold("for")) from--;
  const start = words[from]?.start ?? word.start;
  const narrowers = words.slice(from, at).map((narrower) => narrower.text.toLowerCase());
  const plain = plainForms.get(word.folded) ?? word.text.toLowerCase();
  return { value: [...narrowers, plain].join(" "), start, end: word.end };
}

/** A whole number that is printed before the name: "28 Ramipril", "28 x Ramipril". */
function leadingQuantity(words: readonly Word[], strength: Strength | null): Span<number> | null {
  const first = words[0];
  if (first?.kind !== "number" || first.value === null || !Number.isInteger(first.value)) return null;
  if (strength?.from === 0 || words[1]?.kind !== "letters") return null;
  return { value: first.value, start: first.start, end: first.end };
}

/** A number after the strength: "... TABLET #30", "... capsules 28". */
function trailingQuantity(words: readonly Word[], strength: Strength | null): Span<number> | null {
  if (!strength) return null;
  const last = words.at(-1);
  const before = words.at(-2);
  if (last?.kind !== "number" || last.value === null || words.length - 1 < strength.to) return null;
  if (before?.text !== "#" && !isForm(before)) return null;
  return { value: last.value, start: last.start, end: last.end };
}

/** Reads the words of a line that bears a drug. `text` is the whole line. */
export function drugLineOf(words: readonly Word[], text: string): DrugLine {
  const strength = strengthsIn(words)[0] ?? null;
  const leading = leadingQuantity(words, strength);
  const from = leading ? (words[1]?.text.toLowerCase() === "x" ? 2 : 1) : 0;
  const formAt = words.findIndex((word, index) => index > from && isForm(word));
  const ends = [strength?.from ?? words.length, formAt === -1 ? words.length : formAt];
  const bracket = words.findIndex((word, index) => index > from && word.text === "(");
  const to = Math.min(...ends, bracket === -1 ? words.length : bracket);
  const named = words.slice(from, to).filter((word) => word.kind !== "sign");
  const [first, last] = [named[0], named.at(-1)];
  return {
    name:
      first && last ? { value: text.slice(first.start, last.end), start: first.start, end: last.end } : null,
    strength,
    form: formIn(strength ? [...words.slice(0, strength.from), ...words.slice(strength.to)] : words),
    quantity: leading ?? trailingQuantity(words, strength),
  };
}
