import type { Facts } from "../facts.ts";
import type { Face } from "../fonts.ts";
import type { Region } from "../people.ts";
import type { Random } from "../random.ts";
import type { Sheet } from "../sheet.ts";

/** The fields a label prints, as printed; a field the label does not print is absent. */
export type PrintedFields = {
  name: string;
  dosage: string;
  form?: string;
  instructions?: string;
  /** Not printed: what the directions say, in the contract's plain words. The facts' own where it is absent. */
  schedule?: string;
  quantity?: number;
  refills?: number;
  prescriber?: string;
  rx_number?: string;
  patient?: string;
  pharmacy?: string;
  phone?: string;
  date?: string;
};

/** What the label is stuck on, which decides how it bends and shines. */
export type Surface = "vial" | "box" | "sheet";

export type Template = {
  name: string;
  region: Region;
  surfaces: readonly Surface[];
  faces: readonly Face[];
  /** Which dispensed forms it is used for; all when absent. */
  forms?: readonly string[];
  draw(facts: Facts, random: Random, face: Face): { sheet: Sheet; fields: PrintedFields };
};

/** "amoxicillin-clavulanate ER" as "Amoxicillin-Clavulanate ER". */
export function titled(name: string): string {
  return name.replace(
    /(^|[\s-])([a-z])/g,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  );
}
