import { describe, expect, it } from "vitest";
import { sameValue } from "../../bench/eval/same-value.ts";
import { parseDirections } from "../../core/medications/directions/parse-directions.ts";
import { withinUsual } from "./directions.ts";
import { drugs } from "./drugs.ts";
import { drawFacts } from "./facts.ts";
import { Random } from "./random.ts";

const regions = ["us", "uk", "ca"] as const;
const LABELS = 2000;

function draw() {
  return Array.from({ length: LABELS }, (_, label) => {
    const region = regions[label % regions.length] ?? "us";
    return drawFacts(new Random(`directions ${label}`), region, drugs);
  });
}

describe("the directions of drawn labels", () => {
  it("keep to the drug's usual most, whatever its strength and region", () => {
    for (const drug of drugs)
      for (const strength of drug.strengths)
        for (const region of regions)
          expect(withinUsual(drug, strength, region), `${drug.name} ${strength} ${region}`).not.toEqual([]);
  });

  it("ask for far too much on some labels, and on few", () => {
    const over = draw().filter(({ overMaximum }) => overMaximum).length;
    expect(over / LABELS).toBeGreaterThan(0.01);
    expect(over / LABELS).toBeLessThan(0.05);
  });

  it("are read, cleanly typed, as the schedule that their truth states, and without a doubt", () => {
    const said = draw().flatMap(({ form, directions, schedule, coded }) =>
      [{ directions, schedule }, ...(coded ? [coded] : [])].map((one) => ({ form, ...one })),
    );
    const other = said.filter(({ directions, schedule, form }) => {
      const read = parseDirections(directions, { form });
      return read.review.length > 0 || !sameValue("schedule", schedule, read.schedule);
    });
    expect(other).toEqual([]);
  });
});
