import { categories, type Difficulty } from "./damage.ts";
import { drugsOf } from "./drugs.ts";
import { drawFacts, type Facts } from "./facts.ts";
import { photograph, type Truth } from "./photograph.ts";
import { Random } from "./random.ts";
import { type Split, templatesOf } from "./templates/all.ts";
import type { Template } from "./templates/template.ts";

export type Corpus = { seed: string; count: number; split: Split };

/** One photo in so many is a hard one. */
const HARD_EVERY = 5;

/** Photo `index` of a corpus: every kind of damage in turn, every design as often; nothing depends on `count`. */
export async function generatePhoto(corpus: Corpus, index: number): Promise<{ jpeg: Buffer; truth: Truth }> {
  const random = new Random(`${corpus.split}/${corpus.seed}/${index}`);
  const category = categories[index % categories.length] ?? "clean";
  const difficulty: Difficulty = index % HARD_EVERY === HARD_EVERY - 1 ? "hard" : "standard";
  const designs = templatesOf(corpus.split);
  const template = random.pick(
    category === "curved" ? designs.filter((one) => one.surfaces.includes("vial")) : designs,
  );
  const file = `${String(index + 1).padStart(4, "0")}-${category}-${template.name}.jpg`;
  const surface = category === "curved" ? "vial" : random.pick(template.surfaces);
  const facts = factsFor(template, corpus.split, random);
  return photograph({ file, template, facts, category, difficulty, surface }, random);
}

function factsFor(template: Template, split: Split, random: Random): Facts {
  const { forms } = template;
  const drugs = drugsOf(split).filter((drug) => forms === undefined || forms.includes(drug.form));
  return drawFacts(random, template.region, drugs);
}
