import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { categories } from "./damage.ts";
import { drugsOf } from "./drugs.ts";
import { drawFacts } from "./facts.ts";
import { generatePhoto } from "./generate.ts";
import { Random } from "./random.ts";
import { templatesOf } from "./templates/all.ts";

const LABELS_EACH = 40;

describe.each(templatesOf("report"))("the $name label", (template) => {
  it("prints all it has within its edges, and states no field that it does not print", () => {
    const drugs = drugsOf("report").filter(({ form }) => template.forms?.includes(form) ?? true);
    for (let label = 0; label < LABELS_EACH; label++) {
      const random = new Random(`${template.name} ${label}`);
      const facts = drawFacts(random, template.region, drugs);
      // Text that does not fit throws.
      const { sheet, fields } = template.draw(facts, random, random.pick(template.faces));
      const text = sheet.lines.join(" ");
      const { form: _, schedule: __, refills, quantity, ...printed } = fields;
      for (const value of Object.values(printed)) expect(text).toContain(value);
      expect(text).toMatch(new RegExp(`(^|\\D)${quantity}(\\D|$)`));
      if (refills) expect(text).toMatch(new RegExp(`(^|\\D)${refills}(\\D|$)`));
    }
  });
});

describe("the corpus", () => {
  it("draws the same photo from the same seed, and another from another", async () => {
    const draw = (seed: string) => generatePhoto({ seed, count: 1, split: "tune" }, 0);
    const [one, again, other] = [await draw("7"), await draw("7"), await draw("8")];
    expect(again.truth).toEqual(one.truth);
    expect(again.jpeg.equals(one.jpeg)).toBe(true);
    expect(other.jpeg.equals(one.jpeg)).toBe(false);
  });

  it("shares no drug between tuning and reporting, and keeps designs back for reporting", () => {
    const tuned = new Set(drugsOf("tune").map(({ name }) => name));
    expect(drugsOf("report").filter(({ name }) => tuned.has(name))).toEqual([]);
    const keptApart = templatesOf("report").filter((template) => !templatesOf("tune").includes(template));
    expect(keptApart.length).toBeGreaterThanOrEqual(4);
  });

  it.each(["turned", "exif"] as const)(
    "states the size of a photo that is %s as a person sees it",
    async (category) => {
      const index = categories.indexOf(category);
      const { jpeg, truth } = await generatePhoto({ seed: "size", count: 1, split: "report" }, index);
      const { info } = await sharp(jpeg).rotate().toBuffer({ resolveWithObject: true });
      expect(truth.category).toBe(category);
      expect({ width: truth.width, height: truth.height }).toEqual({
        width: info.width,
        height: info.height,
      });
    },
  );
});
