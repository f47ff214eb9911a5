import { type Directions, drawDirections } from "./directions.ts";
import type { Drug, Form } from "./drugs.ts";
import { dates, maker, person, pharmacy, prescriber, type Region } from "./people.ts";
import { drawQuantity, unitOf } from "./quantity.ts";
import type { Random } from "./random.ts";

/** Everything a template may print about one dispensing. */
export type Facts = Directions & {
  region: Region;
  drug: string;
  brand: string;
  form: Form;
  strength: string;
  quantity: number;
  unit: string;
  refills: number;
  prescriber: string;
  patient: string;
  pharmacy: { name: string; address: string; town: string; phone: string };
  rxNumber: string;
  filled: string;
  discard: string;
  maker: string;
};

export function drawFacts(random: Random, region: Region, drugs: readonly Drug[]): Facts {
  const drug = random.pick(drugs);
  const strength = random.pick(drug.strengths);
  const quantity = drawQuantity(random, drug.form);
  return {
    region,
    drug: drug.name,
    brand: drug.brand,
    form: drug.form,
    strength,
    ...drawDirections(random, drug, strength, region),
    quantity,
    unit: unitOf(drug.form, quantity),
    refills: random.pick([0, 0, 1, 2, 3, 4, 5, 6, 11]),
    prescriber: prescriber(random, region),
    patient: person(random),
    pharmacy: pharmacy(random, region),
    rxNumber: random.digits(random.pick([6, 7, 7, 8])),
    ...dates(random, region),
    maker: maker(random),
  };
}
