import { Sheet } from "../sheet.ts";
import { type Template, titled } from "./template.ts";

/** A Canadian label: DIN beside the drug, maker's three letters, repeats instead of refills, bilingual small print. */
export const canadian: Template = {
  name: "canadian",
  region: "ca",
  surfaces: ["vial", "box"],
  faces: ["source-sans-3", "arimo"],
  draw(facts, random, face) {
    const sheet = new Sheet(66, 44, face, "#fcfcf6");
    const upper = random.chance(0.4);
    const drug = upper ? facts.drug.toUpperCase() : titled(facts.drug);
    const strength = facts.strength.replace(/ (m?c?g)\b/g, random.chance(0.5) ? "$1" : " $1");
    const din = `0${random.digits(7)}`;
    sheet.print(facts.pharmacy.name, 2, 0.8, sheet.fit(facts.pharmacy.name, 38, { size: 3, bold: true }));
    sheet.print(facts.pharmacy.phone, 64, 1, { size: 2.5, align: "right" });
    sheet.print(`${facts.pharmacy.address}, ${facts.pharmacy.town}`, 2, 4.6, { size: 2.1 });
    sheet.rule(7.8, 1.5, 64.5);
    sheet.print(facts.patient.toUpperCase(), 2, 8.4, { size: 3.1, bold: true });
    sheet.print(facts.filled, 64, 8.6, { size: 2.6, align: "right" });
    let y = sheet.print(facts.directions.toUpperCase(), 2, 12.8, { size: 3, width: 62 });
    y = Math.max(y + 0.7, 21);
    const item = `${drug} ${strength} ${facts.form}`;
    y = sheet.print(item, 2, y, { size: 3.3, bold: true, width: 62 });
    sheet.print(`DIN ${din}`, 2, y + 0.3, { size: 2.4 });
    sheet.print(facts.maker.slice(0, 3).toUpperCase(), 34, y + 0.3, { size: 2.4 });
    sheet.print(`Rx: ${facts.rxNumber}`, 64, y + 0.3, { size: 2.6, bold: true, align: "right" });
    y = Math.max(y + 4, 30);
    sheet.print(`QTY ${facts.quantity}`, 2, y, { size: 2.8, bold: true });
    sheet.print(facts.refills === 0 ? "NO REPEATS" : `REPEATS ${facts.refills}`, 22, y, { size: 2.8 });
    sheet.print(facts.prescriber, 2, y + 4, { size: 2.6 });
    sheet.print("Keep out of reach of children / Garder hors de portée des enfants", 2, y + 7.8, {
      size: 1.9,
    });
    return {
      sheet,
      fields: {
        name: drug,
        dosage: strength,
        form: facts.form,
        instructions: facts.directions.toUpperCase(),
        quantity: facts.quantity,
        refills: facts.refills,
        prescriber: facts.prescriber,
        rx_number: facts.rxNumber,
        patient: facts.patient.toUpperCase(),
        pharmacy: facts.pharmacy.name,
        phone: facts.pharmacy.phone,
        date: facts.filled,
      },
    };
  },
};
