import type { Drug } from "./drugs.ts";
import type { Region } from "./people.ts";

/** What is taken at once: as it is worded, and how many pieces or millilitres that is at most. */
export type Amount = { words: string; most: number };

/** The amounts a label may ask for; the usual ones stand twice. Of a form that is not counted, one without words. */
export function amountsOf({ name, form }: Pick<Drug, "name" | "form">, region: Region): readonly Amount[] {
  switch (form) {
    case "tablet":
    case "capsule":
      return region === "uk" ? britishPieces(form) : pieces(form, isBroken(name, form));
    case "oral suspension":
    case "oral solution":
      return region === "uk" ? spoonfuls : millilitres;
    case "injection":
      return name.startsWith("insulin") ? units : syringe;
    default:
      return [{ words: "", most: 1 }];
  }
}

/** Capsules are not halved, nor tablets that release their drug slowly or hold two drugs. */
const isBroken = (name: string, form: string) => form === "tablet" && !/ [A-Z]{2}$|-/.test(name);

function pieces(form: string, broken: boolean): Amount[] {
  return [
    { words: `1 ${form}`, most: 1 },
    { words: `1 ${form}`, most: 1 },
    { words: `one ${form}`, most: 1 },
    { words: `2 ${form}s`, most: 2 },
    { words: `1 to 2 ${form}s`, most: 2 },
    { words: `3 ${form}s`, most: 3 },
    ...(broken ? [{ words: `1/2 ${form}`, most: 0.5 }] : []),
  ];
}

function britishPieces(form: string): Amount[] {
  return [
    { words: `ONE ${form}`, most: 1 },
    { words: `ONE ${form}`, most: 1 },
    { words: `TWO ${form}s`, most: 2 },
  ];
}

const millilitres: readonly Amount[] = [1, 2.5, 4, 5, 7.5, 10, 15].map((most) => ({
  words: `${most} mL`,
  most,
}));

const spoonfuls: readonly Amount[] = [
  { words: "2.5ml", most: 2.5 },
  { words: "ONE 5ml spoonful", most: 5 },
  { words: "5ml", most: 5 },
  { words: "TWO 5ml spoonfuls", most: 10 },
  { words: "10ml", most: 10 },
];

const units: readonly Amount[] = [4, 10, 18, 32].map((most) => ({ words: `${most} units`, most }));
const syringe: readonly Amount[] = [{ words: "0.4 mL", most: 1 }];
