import type { Form } from "./drugs.ts";
import type { Random } from "./random.ts";

const counts = [7, 10, 14, 20, 21, 28, 30, 42, 45, 56, 60, 84, 90, 100, 112, 120, 180];

/** A quantity that the form is dispensed in. */
export function drawQuantity(random: Random, form: Form): number {
  switch (form) {
    case "tablet":
    case "capsule":
      return random.pick(counts);
    case "suppository":
      return 12;
    case "oral suspension":
    case "oral solution":
      return random.pick([60, 75, 100, 120, 150, 200, 240, 300]);
    case "cream":
    case "ointment":
    case "gel":
      return random.pick([15, 30, 45, 60, 80, 100]);
    case "eye drops":
      return random.pick([2.5, 5, 10]);
    case "inhaler":
    case "nasal spray":
      return 1;
    case "patch":
      return random.pick([4, 5, 8, 10, 30]);
    default:
      return random.pick([3, 5, 10, 14]);
  }
}

/** The unit that quantities of a form are counted in. */
export function unitOf(form: Form, quantity: number): string {
  switch (form) {
    case "tablet":
    case "capsule":
    case "suppository":
      return quantity === 1 ? form : `${form}s`;
    case "cream":
    case "ointment":
    case "gel":
      return "g";
    case "inhaler":
    case "nasal spray":
      return "EA";
    case "patch":
      return "patches";
    default:
      return "mL";
  }
}
