import { ingredientsOf, type LexiconEntry } from "./entry.ts";
import { theLexicon } from "./lexicon.ts";
import { milligramsIn, type Part, partsOfStrength, writePart } from "./strength.ts";

/** One ingredient of a product with its own part of the strength; `alone` when it is the only one. */
export type Share = { entry: LexiconEntry; strength: Part | null; alone: boolean };

/** Products of more ingredients have a most of their own, or none: their orders are too many to be tried. */
const mostIngredients = 4;

/**
 * Which part of a strength belongs to which ingredient: labels print a combination's ingredients in any order, and its
 * amounts in the order of the makers. Of all orders those are answered in which most of the amounts are near to what
 * their ingredient comes in by itself; of these, the one that the lexicon lists for the combination, where it lists
 * just one.
 */
export function sharesOf(entry: LexiconEntry, parts: readonly Part[]): Share[][] {
  const names = ingredientsOf(entry).split("/");
  const [only = null] = parts;
  if (names.length === 1) return parts.length > 1 ? [] : [[{ entry, strength: only, alone: true }]];
  if (names.length !== parts.length || names.length > mostIngredients) return [];
  const { named } = theLexicon();
  const ingredients = names.map((name) => named.get(name) ?? null);
  const orders = ordersOf(parts).map((order) => {
    const near = order.filter((part, at) => {
      const ingredient = ingredients[at];
      return ingredient && isNear(part, ingredient);
    });
    return { order, fit: near.length };
  });
  const best = Math.max(...orders.map(({ fit }) => fit));
  const likely = orders.filter(({ fit }) => fit === best).map(({ order }) => order);
  const listed = likely.filter((order) => isListed(entry, names, order));
  return (listed.length === 1 ? listed : likely).map((order) =>
    order.flatMap((strength, at) => {
      const ingredient = ingredients[at];
      return ingredient ? [{ entry: ingredient, strength, alone: false }] : [];
    }),
  );
}

/**
 * How far an ingredient's amount in a combination may lie outside those of the ingredient alone: hydrocodone alone
 * begins at 10 mg and is combined from 2.5 mg on, a quarter; isoniazid's 150 mg lies between its own. 325 mg of
 * oxycodone (120 mg at most alone) and 5 mg of acetaminophen (60 mg at least) are the other one's amounts.
 */
const belowTheLeast = 4;
const aboveTheMost = 1.5;

function isNear(part: Part, ingredient: LexiconEntry): boolean {
  const own = ingredient.strengths.flatMap((strength) => {
    const [alone, ...more] = partsOfStrength(strength);
    return alone && more.length === 0 ? (inPart(alone, part) ?? []) : [];
  });
  const value = inPart(part, part) ?? 0;
  return (
    own.length > 0 && value * belowTheLeast >= Math.min(...own) && value <= Math.max(...own) * aboveTheMost
  );
}

/** An amount in milligrams, or per one mL where both are of a liquid; null where the two cannot be compared. */
function inPart({ value, unit, per }: Part, other: Part): number | null {
  if (per?.unit !== other.per?.unit) return null;
  const [one, two] = [milligramsIn(unit), milligramsIn(other.unit)];
  return one === null || two === null ? null : (value * one) / (per?.value ?? 1);
}

/** Whether the lexicon lists the amounts in this order, the one of the combination's own name. */
function isListed(entry: LexiconEntry, names: readonly string[], order: readonly Part[]): boolean {
  const generic = theLexicon().combinations.get(ingredientsOf(entry)) ?? entry;
  const asNamed = generic.generics.flatMap((name) => order[names.indexOf(name)] ?? []);
  const written = asNamed.map(writePart).join("/");
  return generic.strengths.includes(written);
}

function ordersOf<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, at) =>
    ordersOf([...items.slice(0, at), ...items.slice(at + 1)]).map((rest) => [item, ...rest]),
  );
}
