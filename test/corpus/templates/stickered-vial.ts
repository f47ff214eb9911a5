import { Sheet } from "../sheet.ts";
import type { Template } from "./template.ts";

/** A vial label with the pharmacist's coloured warning stickers beside it, some of them turned on their side. */
export const stickeredVial: Template = {
  name: "stickered-vial",
  region: "us",
  surfaces: ["vial", "sheet"],
  faces: ["barlow-condensed", "public-sans", "archivo-narrow"],
  forms: ["tablet", "capsule"],
  draw(facts, random, face) {
    const sheet = new Sheet(72, 44, face);
    const drug = facts.drug.toUpperCase();
    const width = 51;
    const doctor = `DR ${facts.prescriber.replace(/^Dr\.? |, MD$| NP$/g, "")}`.toUpperCase();
    sheet.print(
      facts.pharmacy.name.toUpperCase(),
      2,
      1,
      sheet.fit(facts.pharmacy.name.toUpperCase(), width, { size: 3, bold: true }),
    );
    const where = `${facts.pharmacy.town} ${facts.pharmacy.phone}`;
    sheet.print(where, 2, 4.6, sheet.fit(where, width, { size: 2.1 }));
    sheet.rule(7.6, 2, width);
    sheet.print(facts.patient, 2, 8, { size: 3.3, bold: true });
    sheet.print(`RX ${facts.rxNumber}`, 2, 12, { size: 2.6 });
    sheet.print(facts.filled, width, 12, { size: 2.5, align: "right" });
    let y = sheet.print(facts.directions.toUpperCase(), 2, 15.6, { size: 2.9, bold: true, width: width - 2 });
    y = sheet.print(
      `${drug} ${facts.strength.toUpperCase()} ${facts.form === "tablet" ? "TAB" : "CAP"}`,
      2,
      y + 0.8,
      { size: 3, bold: true, width: width - 2 },
    );
    y = Math.max(y + 0.6, 29);
    sheet.print(`QTY ${facts.quantity}`, 2, y, { size: 2.8 });
    sheet.print(facts.refills === 0 ? "NO REFILLS" : `REFILLS ${facts.refills}`, 20, y, { size: 2.8 });
    sheet.print(doctor, 2, y + 3.8, { size: 2.6 });
    sheet.print(`DISCARD AFTER ${facts.discard}`, 2, y + 7.4, { size: 2.2 });
    stick(sheet, random);
    return {
      sheet,
      fields: {
        name: drug,
        dosage: facts.strength.toUpperCase(),
        form: facts.form,
        instructions: facts.directions.toUpperCase(),
        quantity: facts.quantity,
        refills: facts.refills,
        prescriber: doctor,
        rx_number: facts.rxNumber,
        patient: facts.patient,
        pharmacy: facts.pharmacy.name.toUpperCase(),
        phone: facts.pharmacy.phone,
        date: facts.filled,
      },
    };
  },
};

const warnings = [
  ["MAY CAUSE", "DROWSINESS"],
  ["TAKE WITH", "FOOD"],
  ["AVOID", "ALCOHOL"],
  ["AVOID TOO", "MUCH SUN"],
  ["SWALLOW", "WHOLE"],
] as const;
const papers = ["#f7d84a", "#f08a3c", "#bfe08a", "#f4a3b5", "#9fd0ee"];

/** Two stickers down the right edge, upright or turned a quarter clockwise. */
function stick(sheet: Sheet, random: Parameters<Template["draw"]>[1]): void {
  const turned = random.chance(0.4);
  const first = random.whole(0, warnings.length - 1);
  for (const [index, top] of [2, 23].entries()) {
    const warning = warnings[(first + index) % warnings.length] ?? warnings[0];
    sheet.box(54, top, 16, 19, random.pick(papers));
    if (!turned) {
      let y = top + 3;
      for (const row of warning)
        y = sheet.print(row, 62, y, sheet.fit(row, 14, { size: 3, bold: true, align: "center" }));
      continue;
    }
    sheet.printTurned(warning, 62, top + 9.5, { size: 2.8, bold: true });
  }
}
