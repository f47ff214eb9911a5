import type { Review } from "../../../../contract/medications.ts";
import { unsafeAbbreviation } from "./parts.ts";
import { isOne, phrase, printed, textAt, type Words } from "./words.ts";

/** A number or a range as printed: "1", "one-half", "1 1/2", "4 to 6". */
export type Amount = { low: number; high?: number; end: number; doubts: Review[] };

type Single = { value: number; end: number; doubts: Review[] };

/** Halves, thirds, quarters, fifths and eighths are printed with a stroke; 5/7 (days) and 12/52 are not amounts. */
const DENOMINATORS = new Set([2, 3, 4, 5, 8]);
const MILLION = 1_000_000;

const uncertain = (raw: string, because: string): Review => ({
  code: "directions_number_uncertain",
  message: `The number "${raw}" in the directions ${because}. Check it on the label.`,
  readings: [raw],
});

function doubtsOf(raw: string): Review[] {
  if (/^\./.test(raw)) return [uncertain(raw, `has no zero before its point: it may be ${raw.slice(1)}`)];
  if (/^0\d+$/.test(raw))
    return [uncertain(raw, `begins with a zero: a point may be missing, and it may be 0.${raw.slice(1)}`)];
  if (/^\d+\.0+$/.test(raw))
    return [uncertain(raw, "ends in a zero after its point: the point may be missed")];
  if (/^\d+,\d{1,2}$/.test(raw)) return [uncertain(raw, "has a comma that may be a point")];
  return [];
}

/** "1/2" at this place, as a part of one. */
function fractionAt(words: Words, at: number): Single | undefined {
  const [above, stroke, below] = words.tokens.slice(at, at + 3);
  if (above?.kind !== "number" || stroke?.text !== "/" || below?.kind !== "number") return undefined;
  if (!DENOMINATORS.has(below.value) || above.value >= below.value) return undefined;
  return { value: above.value / below.value, end: at + 3, doubts: [] };
}

function plainNumberAt(words: Words, at: number): Single | undefined {
  const fraction = fractionAt(words, at);
  if (fraction) return fraction;
  const token = words.tokens[at];
  if (token?.kind === "number") return { value: token.value, end: at + 1, doubts: doubtsOf(token.raw) };
  const word = phrase(words, at, "number");
  if (!word) return undefined;
  const doubts = unsafeAbbreviation(printed(words, at, word.end), word.meaning.warn);
  return { value: word.meaning.value, end: word.end, doubts };
}

/** "and a half", "1/2" after a whole number. */
function partAfter(words: Words, whole: Single): Single | undefined {
  if (!Number.isInteger(whole.value) || whole.value === 0) return undefined;
  const joined = isOne(words, whole.end, "and", "&", "-", "+");
  const start = joined ? whole.end + 1 : whole.end;
  const skipA = joined && textAt(words, start) === "a" ? start + 1 : start;
  const fraction = fractionAt(words, start) ?? (joined ? plainNumberAt(words, skipA) : undefined);
  return fraction && fraction.value > 0 && fraction.value < 1 ? fraction : undefined;
}

/** "one (1)", "1 (one)": the number again, in brackets, must be the same. */
function againInBrackets(words: Words, first: Single): Single {
  if (!isOne(words, first.end, "(")) return first;
  const again = plainNumberAt(words, first.end + 1);
  if (!again || !isOne(words, again.end, ")")) return first;
  const doubts =
    again.value === first.value
      ? first.doubts
      : [...first.doubts, uncertain(`${first.value} (${again.value})`, "is printed twice and differs")];
  return { value: first.value, end: again.end + 1, doubts };
}

/** One number, with the ways it is printed. */
export function numberAt(words: Words, at: number): Single | undefined {
  const first = plainNumberAt(words, at);
  if (!first) return undefined;
  const part = partAfter(words, first);
  const whole = part
    ? { value: first.value + part.value, end: part.end, doubts: [...first.doubts, ...part.doubts] }
    : first;
  const million =
    isOne(words, whole.end, "million") ||
    (isOne(words, whole.end, "m") && phrase(words, whole.end + 1, "unit"));
  if (million) return { ...whole, value: whole.value * MILLION, end: whole.end + 1 };
  return againInBrackets(words, whole);
}

/** A number or a rising range. */
export function amountAt(words: Words, at: number): Amount | undefined {
  const low = numberAt(words, at);
  if (!low) return undefined;
  const single: Amount = { low: low.value, end: low.end, doubts: low.doubts };
  if (!isOne(words, low.end, "-", "to", "or")) return single;
  const high = numberAt(words, low.end + 1);
  if (!high || high.value <= low.value) return single;
  // 1-2-1 is a dose for each time of the day, no range.
  if (isOne(words, high.end, "-") && numberAt(words, high.end + 1)) return single;
  return { low: low.value, high: high.value, end: high.end, doubts: [...low.doubts, ...high.doubts] };
}
