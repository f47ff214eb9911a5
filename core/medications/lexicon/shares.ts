import { ingredientsOf, type LexiconEntry } from "./entry.ts";
import { theLexicon } from "./lexicon.ts";
import { type Part, strengthKnown, writePart } from "./strength.ts";

/** One ingredient of a product with its own part of the strength; `alone` when it is the only one. */
export type Share = { entry: LexiconEntry; strength: Part | null; alone: boolean };

/** Products of more ingredients have a most of their own, or none: their orders are too many to be tried. */
const mostIngredients = 4;

/**
 * Which part of a strength belongs to which ingredient: labels print a combination's ingredients in any order, and its
 * amounts in the order of the makers. Of all orders those are answered in which most of the amounts are usual for
 * their ingredient by itself; of these, one that the lexicon lists for the combination, where it lists just one.
 */
export function sharesOf(entry: LexiconEntry, parts: readonly Part[]): Share[][] {
  const names = ingredientsOf(entry).split("/");
  const [only = null] = parts;
  if (names.length === 1) return parts.length > 1 ? [] : [[{ entry, strength: only, alone: true }]];
  if (names.length !== parts.length || names.length > mostIngredients) return [];
  const { named } = theLexicon();
  const ingredients = names.map((name) => named.get(name) ?? null);
  const orders = ordersOf(parts).map((order) => {
    const fits = order.filter((part, at) => {
      const ingredient = ingredients[at];
      return ingredient && strengthKnown(ingredient, writePart(part)) === "usual";
    });
    return { order, fit: fits.length };
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
