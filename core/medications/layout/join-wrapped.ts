import { below, placesOf } from "./places.ts";
import { strengthsIn } from "./strength.ts";
import { perUnits } from "./vocabulary.ts";
import { joined, type LineLike, type Whole } from "./whole-line.ts";
import { isName, isNameOpener, isNameTail, namesSomething, opensDirections, warns } from "./word-kinds.ts";
import { fold, type Word, wordsOf } from "./words.ts";

const units = new Set([...perUnits.keys()].map(fold));
const hyphens = new Set(["-", "/", "+"]);

/** How a line of words that name a drug is carried on by the line under it; null when it is not. */
function wrap(upper: readonly Word[], lower: readonly Word[]): "" | " " | null {
  if (!namesSomething(upper) || opensDirections(upper) || warns(upper)) return null;
  const [last, first] = [upper.at(-1), lower[0]];
  if (!last || !first) return null;
  // "Amoxicillin-clavulanate 400-57" over "mg/5 mL", "Amoxicillin 250 mg/" over "5 mL"
  const unit = first.kind === "letters" && units.has(first.folded);
  const cutNumber = last.kind === "number" && upper.at(-2)?.text !== "#" && unit;
  const cutPer = last.text === "/" && (first.kind === "number" || unit);
  if (cutNumber || cutPer || onlyGoesOn(upper, lower)) return " ";
  // "Lisinopril-" over "hydrochlorothiazide 20-12.5 mg"
  return hyphens.has(last.text) && isName(first) ? "" : null;
}

/** "ER 20 MEQ TABLET" under "POTASSIUM CHLORIDE": words that never open a name, and then the strength. */
function onlyGoesOn(upper: readonly Word[], lower: readonly Word[]): boolean {
  const [strength] = strengthsIn(lower);
  if (!strength || strength.from === 0 || strengthsIn(upper).length > 0) return false;
  return lower.slice(0, strength.from).every((word) => isNameTail(word) && !isNameOpener(word));
}

/** Joins the two lines of a drug's name and strength that were wrapped before a salt, between a number and its unit or at a hyphen. */
export function joinWrapped<T extends LineLike>(wholes: readonly Whole<T>[]): Whole<T>[] {
  const places = placesOf(wholes.map(({ line }) => line));
  const words = wholes.map(({ line }) => wordsOf(line.text));
  const taken = new Set<number>();
  const lines = wholes.map((upper, index) => {
    const under = below(places, index);
    const lower = wholes[under];
    if (!lower || taken.has(under) || taken.has(index)) return upper;
    const gap = wrap(words[index] ?? [], words[under] ?? []);
    if (gap === null) return upper;
    taken.add(under);
    return joined(upper, lower, gap);
  });
  return lines.filter((_, index) => !taken.has(index));
}
