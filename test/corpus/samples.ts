import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Shot } from "./camera.ts";
import { develop } from "./camera.ts";
import { takePhoto } from "./damage.ts";
import type { Facts } from "./facts.ts";
import { Random } from "./random.ts";
import { cast, type Thing } from "./scene.ts";
import { drawTable } from "./table.ts";
import { chainVial } from "./templates/chain-vial.ts";
import { oneColumn } from "./templates/one-column.ts";
import type { Template } from "./templates/template.ts";

/** Draws the sample photos that the first scan and the flow tests use: `node test/corpus/samples.ts DIR`. */
const [folder] = process.argv.slice(2);
if (!folder) throw new Error("usage: node test/corpus/samples.ts DIR");

const shop = {
  name: "Bluebell Pharmacy",
  address: "218 Sycamore Ave",
  town: "Duluth, MN 55802",
  phone: "(218) 555-0142",
};

const lisinopril: Facts = {
  region: "us",
  drug: "lisinopril",
  brand: "Zestril",
  form: "tablet",
  strength: "10 mg",
  directions: "Take 1 tablet by mouth once daily with food",
  schedule: "Once daily",
  coded: null,
  overMaximum: false,
  quantity: 30,
  unit: "tablets",
  refills: 2,
  prescriber: "Dr. H. Rasmussen",
  patient: "Evelyn Whitlock",
  pharmacy: shop,
  rxNumber: "7204158",
  filled: "03/14/2026",
  discard: "03/14/2027",
  maker: "Lupin",
};
const amoxicillin: Facts = {
  ...lisinopril,
  drug: "amoxicillin",
  brand: "Amoxil",
  form: "oral suspension",
  strength: "400 mg/5 mL",
  directions: "Take 7.5 mL by mouth twice daily for 10 days",
  schedule: "Twice daily",
  quantity: 150,
  unit: "mL",
  refills: 0,
  prescriber: "Rosalind Iwasaki, MD",
  patient: "Jamal Drummond",
  rxNumber: "7204377",
};
const metformin: Facts = {
  ...lisinopril,
  drug: "metformin ER",
  brand: "Glucophage XR",
  strength: "500 mg",
  directions: "Take 2 tablets by mouth every morning with food",
  schedule: "Every morning",
  quantity: 180,
  refills: 3,
  patient: "Leopold Castellanos",
  rxNumber: "7204590",
};

const amber = { colour: [0.55, 0.17, 0.02], cap: [0.82, 0.82, 0.8] } as const;

/** One label on one thing, photographed once for each of `things`. */
async function take(
  names: string[],
  template: Template,
  facts: Facts,
  things: (width: number) => Thing[],
): Promise<object> {
  const random = new Random(names.join());
  const face = template.faces[0];
  if (!face) throw new Error(`${template.name} names no font`);
  const { sheet, fields } = template.draw(facts, random, face);
  const table = drawTable(new Random("the sample table"), 2, 45);
  for (const [index, thing] of things(sheet.width).entries()) {
    const { view, light, shot } = takePhoto(random, "clean", "standard");
    const size = { width: 1600, height: 1200 };
    light.gloss = { x: -10, y: 0, strength: 0.06, tightness: 60 };
    const sharpShot: Shot = { ...shot, defocus: 0, noise: 1.5, quality: 78 };
    const seen = cast(sheet.canvas, sheet, thing, table, { ...view, ...size, fill: 0.8 }, light);
    const { jpeg } = await develop(seen, size.width, size.height, sharpShot, random);
    await writeFile(path.join(folder ?? "", names[index] ?? ""), jpeg);
  }
  return {
    files: names,
    category: "sample",
    difficulty: "standard",
    lines: sheet.lines,
    fields: { schedule: facts.schedule, ...fields },
  };
}

await mkdir(folder, { recursive: true });
const truth = [
  await take(["lisinopril.jpg"], chainVial, lisinopril, (width) => [
    { kind: "vial", radius: width * 0.8, turn: 0, ...amber },
  ]),
  await take(["amoxicillin-suspension.jpg"], oneColumn, amoxicillin, () => [
    { kind: "box", depth: 26, margin: 7, colour: [0.75, 0.75, 0.72] },
  ]),
  // Wrapped so far round that neither photo shows all of it: the left side first, then the right.
  await take(["metformin-two-photos-1.jpg", "metformin-two-photos-2.jpg"], chainVial, metformin, (width) =>
    [-0.45, 0.45].map((turn): Thing => ({ kind: "vial", radius: width * 0.42, turn, ...amber })),
  ),
];
await writeFile(path.join(folder, "truth.json"), `${JSON.stringify(truth, null, 1)}\n`);
