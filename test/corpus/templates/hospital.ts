import { Sheet } from "../sheet.ts";
import { type Template, titled } from "./template.ts";

/** A hospital's unit-dose bag: ward and bed, dose and route in a table, no quantity to take home. */
export const hospital: Template = {
  name: "hospital",
  region: "us",
  surfaces: ["sheet", "box"],
  faces: ["roboto-condensed", "ibm-plex-mono", "arimo"],
  forms: ["tablet", "capsule", "injection", "oral solution"],
  draw(facts, random, face) {
    const sheet = new Sheet(76, 38, face, random.pick(["#ffffff", "#fffbe8"]));
    const drug = titled(facts.drug);
    const last = facts.patient.split(" ").toReversed().join(", ").toUpperCase();
    sheet.frame(1, 1, 74, 36.4, 0.35);
    sheet.print(last, 3, 2, { size: 3, bold: true });
    sheet.print(`MRN ${random.digits(8)}`, 73, 2.2, { size: 2.5, align: "right" });
    sheet.print(
      `${random.whole(2, 9)} ${random.pick(["West", "East", "North"])} Bed ${random.whole(1, 30)}`,
      3,
      6,
      { size: 2.5 },
    );
    sheet.print(facts.filled, 73, 6, { size: 2.5, align: "right" });
    sheet.rule(9.6, 1, 75);
    let y = sheet.print(
      `${drug} ${facts.strength}`,
      3,
      10.2,
      sheet.fit(`${drug} ${facts.strength}`, 68, { size: 4.2, bold: true }),
    );
    y = sheet.print(facts.form, 3, y - 0.3, { size: 2.6 });
    y = sheet.print(facts.directions, 3, y + 0.6, { size: 2.9, width: 70 });
    y = Math.max(y + 0.8, 24.5);
    sheet.rule(y, 1, 75);
    sheet.print(`Dispense: ${facts.quantity}`, 3, y + 0.8, { size: 2.7, bold: true });
    sheet.print(`Order ${facts.rxNumber}`, 32, y + 0.8, { size: 2.7 });
    sheet.print(`Exp ${facts.discard}`, 73, y + 0.8, { size: 2.6, align: "right" });
    sheet.print(`Ordered by ${facts.prescriber}`, 3, y + 4.8, { size: 2.6 });
    sheet.bars(random, 50, y + 4.8, 23, 6);
    sheet.print("INPATIENT USE ONLY", 3, y + 8.6, { size: 2.2 });
    return {
      sheet,
      fields: {
        name: drug,
        dosage: facts.strength,
        form: facts.form,
        instructions: facts.directions,
        quantity: facts.quantity,
        prescriber: facts.prescriber,
        patient: last,
        date: facts.filled,
      },
    };
  },
};
