import { britishCarton } from "./british-carton.ts";
import { canadian } from "./canadian.ts";
import { chainVial } from "./chain-vial.ts";
import { hospital } from "./hospital.ts";
import { mailOrder } from "./mail-order.ts";
import { oneColumn } from "./one-column.ts";
import { stickeredVial } from "./stickered-vial.ts";
import type { Template } from "./template.ts";
import { typedPrescription } from "./typed-prescription.ts";

/** A split's own seeds draw from its own drugs; reporting also uses designs that tuning never shows. */
export type Split = "tune" | "report";

const shown: readonly Template[] = [chainVial, britishCarton, oneColumn, typedPrescription];
const keptApart: readonly Template[] = [canadian, mailOrder, hospital, stickeredVial];

export function templatesOf(split: Split): readonly Template[] {
  return split === "tune" ? shown : [...shown, ...keptApart];
}
