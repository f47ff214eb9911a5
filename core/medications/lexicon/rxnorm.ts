import { COLUMNS } from "./drugs-file.ts";
import { type Product, parseProduct } from "./rxnorm-product.ts";

/** A file that is not RxNorm's RXNCONSO.RRF, or has nothing to use in it. */
export class RxNormFileError extends Error {
  override readonly name = "RxNormFileError";
}

/**
 * Columns of RXNCONSO.RRF that are used, counted from 0, of the 18 that the RxNorm Technical Documentation, section
 * 12.4, names (https://www.nlm.nih.gov/research/umls/rxnorm/docs/techdoc.html).
 */
const COLUMN = { rxcui: 0, source: 11, termType: 12, name: 14, suppress: 16 } as const;
const COLUMN_COUNT = 18;

type Gathered = { products: number; forms: Set<string>; strengths: Set<string> };
/** By the product's ingredients as RxNorm writes them, salts and all, joined by "/". */
type ByIngredients = Map<string, Gathered>;

/**
 * The lines of a drugs file from the lines of a release's RXNCONSO.RRF, read once from beginning to end. What is held
 * is one record for each ingredient, combination and brand, whatever the size of the file.
 *
 * Used are the rows of RxNorm itself that are not suppressed: ingredients (IN), combinations (MIN), brands (BN), and
 * products (SCD "lisinopril 10 MG Oral Tablet", SBD "... [Zestril]"), which tell strengths, forms and what a brand is of.
 * An ingredient without a product, such as a pollen, is left out.
 *
 * @throws RxNormFileError naming the line.
 */
export async function drugsFromRxNorm(lines: AsyncIterable<string> | Iterable<string>): Promise<string[]> {
  const ids = new Map<string, string>();
  const generics: ByIngredients = new Map();
  const brands = new Map<string, ByIngredients>();
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line === "") continue;
    const cells = line.split("|");
    if (cells.length < COLUMN_COUNT) {
      throw new RxNormFileError(
        `line ${number} has ${cells.length} columns, not the ${COLUMN_COUNT} of RXNCONSO.RRF`,
      );
    }
    if (cells[COLUMN.source] !== "RXNORM" || cells[COLUMN.suppress] !== "N") continue;
    const type = cells[COLUMN.termType];
    const name = cells[COLUMN.name] ?? "";
    const rxcui = cells[COLUMN.rxcui] ?? "";
    if (type === "IN" || type === "MIN") ids.set(genericKey(name), rxcui);
    else if (type === "BN") ids.set(brandKey(name), rxcui);
    else if (type === "SCD") gather(generics, parseProduct(name));
    else if (type === "SBD") {
      const [, generic = "", brand = ""] = /^(.*) \[([^\]]*)\]$/.exec(name) ?? [];
      if (brand === "") continue;
      const byIngredients: ByIngredients = brands.get(brand) ?? new Map();
      gather(byIngredients, parseProduct(generic));
      brands.set(brand, byIngredients);
    }
  }
  if (generics.size === 0)
    throw new RxNormFileError("the file has no product of RxNorm (SAB RXNORM, TTY SCD)");
  return fileLines(generics, brands, ids);
}

const genericKey = (name: string) => `generic ${name.toLowerCase().split(" / ").sort().join("/")}`;
const brandKey = (name: string) => `brand ${name.toLowerCase()}`;

function gather(into: ByIngredients, product: Product | null): void {
  if (product === null) return;
  const key = product.ingredients.join("/");
  const gathered = into.get(key) ?? nothing();
  gathered.products += 1;
  if (product.strength !== null) gathered.strengths.add(product.strength);
  if (product.form !== null) gathered.forms.add(product.form);
  into.set(key, gathered);
}

function nothing(): Gathered {
  return { products: 0, forms: new Set(), strengths: new Set() };
}

function fileLines(
  generics: ByIngredients,
  brands: ReadonlyMap<string, ByIngredients>,
  ids: ReadonlyMap<string, string>,
): string[] {
  const rows = new Map<string, string>();
  for (const [name, gathered] of byPlainName(generics, ids)) {
    rows.set(name, row(name, "generic", "", gathered, ids.get(genericKey(name.replaceAll("/", " / ")))));
  }
  for (const [brand, byIngredients] of brands) {
    const kinds = [...byPlainName(byIngredients, ids)].filter(([name]) => rows.has(name));
    // A brand that names several products ("Tylenol") is of the one with most of them.
    const [most] = kinds.sort(([, a], [, b]) => b.products - a.products);
    if (most === undefined || rows.has(brand.toLowerCase())) continue;
    rows.set(brand.toLowerCase(), row(brand, "brand", most[0], most[1], ids.get(brandKey(brand))));
  }
  const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
  return [COLUMNS.join("\t"), ...sorted.map(([, line]) => line)];
}

function row(name: string, kind: string, of: string, { forms, strengths }: Gathered, rxcui = ""): string {
  return [name, kind, of, [...forms].sort().join(", "), [...strengths].join("; "), "", rxcui].join("\t");
}

/**
 * Products name the salt ("metformin hydrochloride"), ingredients do not ("metformin"): each ingredient of a product
 * becomes the longest ingredient of RxNorm that its name begins with, and what was gathered for its salts is joined.
 */
function byPlainName(byIngredients: ByIngredients, ids: ReadonlyMap<string, string>): Map<string, Gathered> {
  const plain = new Map<string, Gathered>();
  for (const [key, gathered] of byIngredients) {
    const name = [...new Set(key.split("/").map((ingredient) => plainName(ingredient, ids)))]
      .sort()
      .join("/");
    const joined = plain.get(name) ?? nothing();
    plain.set(name, {
      products: joined.products + gathered.products,
      forms: joined.forms.union(gathered.forms),
      strengths: joined.strengths.union(gathered.strengths),
    });
  }
  return plain;
}

function plainName(ingredient: string, ids: ReadonlyMap<string, string>): string {
  const words = ingredient.split(" ");
  for (let count = words.length; count > 0; count--) {
    const beginning = words.slice(0, count).join(" ");
    if (ids.has(genericKey(beginning))) return beginning;
  }
  return ingredient;
}
