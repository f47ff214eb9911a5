import { develop } from "./camera.ts";
import { type Category, type Difficulty, takePhoto } from "./damage.ts";
import type { Facts } from "./facts.ts";
import type { Random } from "./random.ts";
import { type Colour, cast, type Thing } from "./scene.ts";
import { PIXELS_PER_MM, type Sheet } from "./sheet.ts";
import { drawTable } from "./table.ts";
import type { PrintedFields, Surface, Template } from "./templates/template.ts";

/** One entry of truth.json. */
export type Truth = {
  file: string;
  category: string;
  difficulty: Difficulty;
  /** The label's design, so that figures can be told apart by it. */
  template: string;
  /** Pixels of the photo as a person sees it. */
  width: number;
  height: number;
  /** Every printed segment, top to bottom as the label was laid out. */
  lines: string[];
  fields: PrintedFields;
  /** The directions are meant to ask for more a day than is usual: a reader ought to say so. */
  over_maximum: boolean;
};

export type Order = {
  file: string;
  template: Template;
  facts: Facts;
  category: Category;
  difficulty: Difficulty;
  surface: Surface;
};

/** Prints the label, sticks it on something, photographs it. */
export async function photograph(order: Order, random: Random): Promise<{ jpeg: Buffer; truth: Truth }> {
  const { template, facts, category, difficulty } = order;
  const { sheet, fields } = template.draw(facts, random, random.pick(template.faces));
  const taking = takePhoto(random, category, difficulty);
  wear(sheet, random, taking.ink);
  const thing = standOn(order.surface, sheet, random, taking.wrap);
  if (thing.kind === "vial" && !taking.light.gloss) {
    // Even in kind light a round bottle shows the lamp as a pale streak.
    taking.light.gloss = {
      x: random.between(-14, 14),
      y: 0,
      strength: random.between(0.03, 0.1),
      tightness: 60,
    };
  }
  const table = drawTable(random, taking.clutter, Math.max(sheet.width, sheet.height) / 2 + 8);
  const light = cast(sheet.canvas, sheet, thing, table, taking.view, taking.light);
  const photo = await develop(light, taking.view.width, taking.view.height, taking.shot, random);
  const { jpeg, width, height } = photo;
  const printed = sheet.lines.map((line) => line.trim()).filter((line) => line !== "");
  return {
    jpeg,
    truth: {
      file: order.file,
      category,
      difficulty,
      template: template.name,
      width,
      height,
      lines: printed,
      fields: fields.instructions === undefined ? fields : { schedule: facts.schedule, ...fields },
      over_maximum: fields.instructions !== undefined && facts.overMaximum,
    },
  };
}

/** Plastic of pill bottles: amber, blue, green, white. */
const plastics: readonly Colour[] = [
  [0.55, 0.17, 0.02],
  [0.6, 0.21, 0.03],
  [0.48, 0.13, 0.02],
  [0.05, 0.14, 0.42],
  [0.75, 0.75, 0.72],
  [0.1, 0.3, 0.12],
];
const cartons: readonly Colour[] = [
  [0.8, 0.8, 0.78],
  [0.7, 0.75, 0.8],
  [0.1, 0.25, 0.45],
  [0.5, 0.62, 0.5],
  [0.72, 0.5, 0.3],
];

function standOn(surface: Surface, sheet: Sheet, random: Random, wrap: number): Thing {
  if (surface === "sheet") return { kind: "sheet" };
  if (surface === "box") {
    return {
      kind: "box",
      depth: random.between(12, 28),
      margin: random.between(5, 13),
      colour: random.pick(cartons),
    };
  }
  return {
    kind: "vial",
    radius: sheet.width / 2 / wrap,
    colour: random.pick(plastics),
    cap: [0.82, 0.82, 0.8],
    turn: 0,
  };
}

/** Fades the ink and marks the paper: smudges, a crease, a dead dot of the print head. */
function wear(sheet: Sheet, random: Random, ink: number): void {
  const { pen, width, height } = sheet;
  pen.globalAlpha = 1 - ink;
  sheet.box(0, 0, width, height, "#f2f1ec");
  pen.globalAlpha = 1;
  if (random.chance(0.15))
    sheet.box(random.between(2, width - 2), 0, 1.4 / PIXELS_PER_MM, height, "rgba(250,250,247,.9)");
  for (let count = random.whole(0, 4); count > 0; count--) {
    const [x, y, size] = [random.between(0, width), random.between(0, height), random.between(4, 14)];
    const smudge = pen.createRadialGradient(x, y, 0, x, y, size);
    smudge.addColorStop(0, `rgba(120,105,80,${random.between(0.03, 0.12)})`);
    smudge.addColorStop(1, "rgba(120,105,80,0)");
    pen.fillStyle = smudge;
    pen.fillRect(0, 0, width, height);
  }
  if (random.chance(0.3)) {
    pen.strokeStyle = "rgba(90,85,75,.22)";
    pen.lineWidth = 0.18;
    pen.beginPath();
    pen.moveTo(0, random.between(0, height));
    pen.lineTo(width, random.between(0, height));
    pen.stroke();
  }
}
