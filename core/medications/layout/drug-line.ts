import { type Strength, strengthsIn } from "./strength.ts";
import { forms } from "./vocabulary.ts";
import { isForm, isFormWord, isVolumeUnit, namesSomething } from "./word-kinds.ts";
import { alike, fold, type Word } from "./words.ts";

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

const plainForms = new Map([...forms].map(([printed, plain]) => [fold(printed), plain] as const));

/** The plain name of a form, a misread letter forgiven. */
function plainForm({ folded, text }: Word): string {
  const near = () => [...plainForms].find(([printed]) => alike(folded, printed))?.[1];
  return plainForms.get(folded) ?? near() ?? text.toLowerCase();
}

/** The form that words name: "eye drops" and "chewable tablet" keep the word that narrows them. */
export function formIn(words: readonly Word[]): Span<string> | null {
  const at = words.findIndex((word, index) => isForm(word) && !isForm(words[index + 1]));
  const word = words[at];
  if (!word) return null;
  let from = at;
  while (
    from > 0 &&
    (isFormWord(words[from - 1]) || (words[from - 1]?.text === "-" && isFormWord(words[from - 2])))
  )
    from--;
  const start = words[from]?.start ?? word.start;
  const narrowers = words
    .slice(from, at)
    .map((narrower) => (narrower.text === "-" ? "-" : ` ${narrower.text.toLowerCase()} `));
  const plain = plainForm(word);
  const value = `${narrowers.join("")} ${plain}`.replace(/ *- */g, "-").replace(/ +/g, " ").trim();
  return { value, start, end: word.end };
}

/** "1." and "2)" number the drugs of a prescription; "28" counts capsules. */
function listMarker(words: readonly Word[]): number {
  const closed = words[1]?.text === "." || words[1]?.text === ")";
  const touching = words[1]?.start === words[0]?.end;
  return words[0]?.kind === "number" && closed && touching ? 2 : 0;
}

/** How many words before the name say how much there is of it: "28", "28 x", "60 g", "100ml". */
export function wordsOfQuantity(words: readonly Word[]): number {
  const [first, second] = words;
  if (first?.kind !== "number" || first.value === null) return 0;
  // "4plxaban": the beginning of a name.
  if (second?.kind === "letters" && second.start === first.end && !isVolumeUnit(second)) return 0;
  if (isVolumeUnit(second)) return namesSomething(words.slice(2)) ? 2 : 0;
  if (!Number.isInteger(first.value)) return 0;
  if (second?.text.toLowerCase() === "x") return 2;
  return second?.kind === "letters" && strengthsIn(words)[0]?.from !== 0 ? 1 : 0;
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
export function drugLineOf(allWords: readonly Word[], text: string): DrugLine {
  const marked = allWords.slice(listMarker(allWords));
  const from = wordsOfQuantity(marked);
  const counted = from > 0 ? marked[0] : undefined;
  const words = marked.slice(from);
  const strength = strengthsIn(words)[0] ?? null;
  // "10 mg Ramipril tablets": the strength may stand first.
  const opening = strength?.from === 0 ? strength.to : 0;
  const later = (found: (word: Word) => boolean) => {
    const index = words.findIndex((word, at) => at > opening && found(word));
    return index === -1 ? words.length : index;
  };
  const to = Math.min(
    strength && opening === 0 ? strength.from : words.length,
    later(isForm),
    later((word) => word.text === "("),
  );
  const named = words.slice(opening, to);
  while (named.at(-1)?.kind === "sign") named.pop();
  while (named[0]?.kind === "sign") named.shift();
  const [first, last] = [named[0], named.at(-1)];
  const besideStrength = strength ? [...words.slice(0, strength.from), ...words.slice(strength.to)] : words;
  return {
    name:
      first && last ? { value: text.slice(first.start, last.end), start: first.start, end: last.end } : null,
    strength,
    form: formIn(besideStrength),
    quantity:
      counted?.value != null
        ? { value: counted.value, start: counted.start, end: counted.end }
        : trailingQuantity(words, strength),
  };
}
