import type { LexiconEntry } from "./entry.ts";

/** Every spelling of a unit met on labels, to the one spelling used here. */
const UNITS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    mg: "mg mgs milligram milligrams",
    mcg: "mcg mcgs ug µg μg microgram micrograms",
    g: "g gm gms gram grams",
    ng: "ng nanogram nanograms",
    mL: "ml mls millilitre millilitres milliliter milliliters cc",
    mcL: "mcl µl μl microlitre microlitres microliter microliters",
    L: "l litre litres liter liters",
    units: "units unit unt u iu international-units",
    "million units": "mu million-units",
    mEq: "meq meqs",
    mmol: "mmol mmols",
    "%": "% percent",
    h: "h hr hrs hour hours",
    day: "day days",
    spray: "spray sprays",
    dose: "dose doses actuation actuations actuat act puff puffs inh inhalation blister metered-dose",
    drop: "drop drops",
    patch: "patch",
  }).flatMap(([unit, spellings]) => spellings.split(" ").map((spelling) => [spelling, unit] as const)),
);

/** Units that may stand below the line with a number, as in 250 mg/5 mL; 500 mg/125 mg is two ingredients. */
const PER_AMOUNTS = new Set(["mL", "mcL", "L", "h", "day", "spray", "dose", "drop", "patch"]);
/** And without one, as in 1 mg/g. */
const PER_UNITS = new Set([...PER_AMOUNTS, "g", "mg"]);

type Amount = { value: number; unit: string };
/** One ingredient's amount, `per` so much of the product. */
export type Part = Amount & { per?: Amount };

const NUMBER = String.raw`\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+`;
const TOKEN = new RegExp(`(${NUMBER})|([a-zµμ%]+)|([-/+])|(\\s+)`, "iy");

/**
 * A strength in the one spelling used here: "10 mg", "2.5 mg", "250 mg/5 mL", "100 units/mL", "5 mg/325 mg", "1 %".
 * Knows the spellings of labels (".5MG", "500 micrograms", "5-325 mg", "1,000 units/ml", the letter O beside a digit).
 *
 * Null when the text is not wholly a strength, has no unit, or could be read in two ways ("2. 5 mg": a space after the
 * point has made 2.5 into 5 before).
 */
export function normaliseStrength(text: string): string | null {
  const parts = parseStrength(text);
  if (parts === null) return null;
  const shared = parts.length > 1 ? parts[0]?.per : undefined;
  return parts
    .map((part, at) => writePart(shared && at < parts.length - 1 ? amountOf(part) : part))
    .join("/");
}

/** The amount of each ingredient that a strength says, in its order; none when the text is no strength. */
export function partsOfStrength(text: string): Part[] {
  return parseStrength(text) ?? [];
}

/**
 * Whether this strength is one the drug usually comes in. Amounts are compared, not spellings: 1 g is 1000 mg and
 * 50 mg/mL is 250 mg/5 mL. Numbers alone, as combinations are often printed ("20-12.5"), are compared in order.
 * "unknown" when the lexicon has no strengths for the drug or the text is no strength.
 */
export function strengthKnown(entry: LexiconEntry, strength: string): "usual" | "unusual" | "unknown" {
  if (entry.strengths.length === 0) return "unknown";
  const numbers = bareNumbers(strength);
  if (numbers !== null) {
    return entry.strengths.some((usual) => numbersOf(usual) === numbers.join("/")) ? "usual" : "unusual";
  }
  const asked = parseStrength(strength);
  if (asked === null) return "unknown";
  const usual = usualKeys(entry);
  return comparableKeys(asked, false).some((key) => usual.has(key)) ? "usual" : "unusual";
}

/** Comparing a name with its look-alikes asks about the same entries again and again: theirs are worked out once. */
const known = new WeakMap<LexiconEntry, ReadonlySet<string>>();

/** The spellings of a drug's usual strengths that can be compared. */
function usualKeys(entry: LexiconEntry): ReadonlySet<string> {
  const before = known.get(entry);
  if (before) return before;
  const injected = entry.forms.includes("injection");
  const keys = new Set(
    entry.strengths.flatMap((usual) => comparableKeys(parseStrength(usual) ?? [], injected)),
  );
  // A strength that cannot be read says nothing.
  keys.delete("");
  known.set(entry, keys);
  return keys;
}

/** Two or more numbers without a unit, "20-12.5" or "37.5/25"; null for anything else. */
function bareNumbers(text: string): string[] | null {
  if (!/^\s*\d+(?:\.\d+)?(?:\s*[-/]\s*\d+(?:\.\d+)?)+\s*$/.test(text)) return null;
  return text.split(/[-/]/).map((number) => String(Number(number)));
}

function numbersOf(strength: string): string {
  return (parseStrength(strength) ?? []).map((part) => String(part.value)).join("/");
}

/** Longest strength that follows a name, in characters. */
const LONGEST_STRENGTH = 48;

/** The first strength in a text, as printed; null when there is none. */
export function strengthIn(text: string): string | null {
  const from = text.search(/\.?\d/);
  if (from < 0) return null;
  const rest = text.slice(from, from + LONGEST_STRENGTH);
  const ends = [...rest.matchAll(/[\p{L}\p{N}%]+/gu)].map((match) => match.index + match[0].length).reverse();
  for (const end of ends) {
    const candidate = rest.slice(0, end);
    if (bareNumbers(candidate) !== null || normaliseStrength(candidate) !== null) return candidate;
  }
  return null;
}

type Token = { number?: number; unit?: string; sign?: string };

function tokens(text: string): Token[] | null {
  const clean = text
    .trim()
    // A letter O touching a digit can only be a nought.
    .replace(/(?<=[\d.])[oO](?=[\d.oO\s]|[a-zA-Z]|$)/g, "0")
    .replace(/international units?/gi, "units")
    .replace(/million units?/gi, "MU")
    .replace(/\bper\b/gi, "/")
    .replace(/\b(?:and|&)\b/gi, "/")
    .replace(/%\s*\(?w\/[wv]\)?/gi, "%");
  if (clean === "" || clean.length > MAX_LENGTH || /\d\.\s+\d|\d\s+\.\d/.test(clean)) return null;
  const list: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < clean.length) {
    const match = TOKEN.exec(clean);
    if (match === null) return null;
    if (match[1] !== undefined) list.push({ number: Number(match[1].replaceAll(",", "")) });
    else if (match[2] !== undefined) {
      const unit = UNITS.get(match[2].toLowerCase());
      if (unit === undefined) return null;
      list.push({ unit });
    } else if (match[3] !== undefined) list.push({ sign: match[3] });
  }
  return list;
}

/** Longest text taken for a strength, in characters: three ingredients with spelled-out units fit well inside. */
const MAX_LENGTH = 80;

function parseStrength(text: string): Part[] | null {
  const list = tokens(text);
  if (list === null) return null;
  const parts: (Part | { value: number; unit?: undefined })[] = [];
  let at = 0;
  while (at < list.length) {
    if (parts.length > 0) {
      if (list[at]?.sign === undefined) return null;
      at += 1;
    }
    const value = list[at]?.number;
    const previous = parts.at(-1);
    if (value === undefined) {
      // "mg/mL": a unit alone below the line means one of it.
      const unit = list[at]?.unit;
      if (unit === undefined || !PER_UNITS.has(unit) || !canCarry(previous, unit)) return null;
      previous.per = { value: 1, unit };
      at += 1;
      continue;
    }
    at += 1;
    const unit = list[at]?.unit;
    if (unit !== undefined) at += 1;
    if (unit !== undefined && PER_AMOUNTS.has(unit) && canCarry(previous, unit))
      previous.per = { value, unit };
    else parts.push(unit === undefined ? { value } : { value, unit });
  }
  const whole = withSharedUnit(parts);
  const per = whole?.at(-1)?.per;
  // "400 mg/57 mg/5 mL": the volume stands once, at the end, and holds for both ingredients.
  return per === undefined ? whole : (whole?.map((part) => ({ per, ...part })) ?? null);
}

/** Whether `unit` after this part is what the part is per (5 mL after 250 mg/) and not another ingredient's amount. */
function canCarry(part: Part | { value: number; unit?: undefined } | undefined, unit: string): part is Part {
  return part?.unit !== undefined && part.per === undefined && part.unit !== unit;
}

/** "5/325 mg": a unit printed once, at the end, holds for all. Null when a part is left without one. */
function withSharedUnit(parts: (Part | { value: number; unit?: undefined })[]): Part[] | null {
  const last = parts.at(-1);
  if (last?.unit === undefined) return null;
  const shared = last.unit;
  const anyOwn = parts.slice(0, -1).some((part) => part.unit !== undefined);
  const result: Part[] = [];
  for (const part of parts) {
    if (part.unit !== undefined) result.push(part);
    else if (anyOwn) return null;
    else result.push({ value: part.value, unit: shared, ...(last.per ? { per: last.per } : {}) });
  }
  return result;
}

function amountOf({ value, unit }: Part): Amount {
  return { value, unit };
}

/** A part in the one spelling used here. */
export function writePart(part: Part): string {
  const amount = writeAmount(part);
  if (part.per === undefined) return amount;
  return `${amount}/${part.per.value === 1 ? part.per.unit : writeAmount(part.per)}`;
}

function writeAmount({ value, unit }: Amount): string {
  return `${value} ${unit === "units" && value === 1 ? "unit" : unit}`;
}

const IN_MG: Readonly<Record<string, number>> = { g: 1000, mg: 1, mcg: 1e-3, ng: 1e-6 };
/** Milligrams in one of a unit of weight; null for other units. */
export function milligramsIn(unit: string): number | null {
  return IN_MG[unit] ?? null;
}

const IN_ML: Readonly<Record<string, number>> = { L: 1000, mL: 1, mcL: 1e-3 };

/**
 * Spellings of one strength that are equal exactly when two strengths are the same amount.
 * With `amountAlone`, also the amount without its volume: a 40 mg/0.4 mL syringe is labelled 40 mg too.
 */
function comparableKeys(parts: Part[], amountAlone: boolean): string[] {
  const keys = [parts.map((part) => comparable(part)).join("+")];
  if (parts.length > 1)
    keys.push(
      parts
        .map((part) => comparable(part))
        .sort()
        .join("+"),
    );
  if (amountAlone) keys.push(parts.map(({ value, unit }) => comparable({ value, unit })).join("+"));
  return keys;
}

function comparable({ value, unit, per }: Part): string {
  // A percentage is grams in 100 mL or 100 g: 1 % is 10 mg in one of either.
  if (unit === "%") return `${round(value * 10)} mg/1`;
  if (unit === "million units")
    return comparable({ value: value * 1e6, unit: "units", ...(per ? { per } : {}) });
  const mg = IN_MG[unit];
  const amount = mg === undefined ? value : value * mg;
  const name = mg === undefined ? unit : "mg";
  if (per === undefined) return `${round(amount)} ${name}`;
  const mL = IN_ML[per.unit];
  if (mL !== undefined) return `${round(amount / (per.value * mL))} ${name}/1`;
  if (per.unit === "g") return `${round(amount / per.value)} ${name}/1`;
  const perUnit = per.unit === "spray" || per.unit === "patch" ? "dose" : per.unit === "day" ? "h" : per.unit;
  return `${round(amount / (per.value * (per.unit === "day" ? 24 : 1)))} ${name}/${perUnit}`;
}

/** Six significant digits: enough to keep 62.5 mcg from 63 mcg, few enough to forget floating-point dust. */
function round(value: number): string {
  return String(Number(value.toPrecision(6)));
}
