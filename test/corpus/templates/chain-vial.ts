import { Sheet } from "../sheet.ts";
import { type Template, titled } from "./template.ts";

/** A chain pharmacy's vial: patient and drug large, a coloured store band, figures in a second column. */
export const chainVial: Template = {
  name: "chain-vial",
  region: "us",
  surfaces: ["vial", "vial", "sheet"],
  faces: ["roboto-condensed", "archivo-narrow", "barlow-condensed"],
  draw(facts, random, face) {
    const sheet = new Sheet(64, 46, face, "#fbfbf8");
    const upper = random.chance(0.5);
    const drug = upper ? facts.drug.toUpperCase() : titled(facts.drug);
    const strength = upper ? facts.strength.toUpperCase() : facts.strength;
    const directions = upper ? facts.directions.toUpperCase() : facts.directions;
    const band = random.pick(["#1f4e8c", "#7a1f2b", "#1d6b45", "#4a3a7d"]);
    sheet.box(0, 0, 64, 5.2, band);
    const store = sheet.fit(facts.pharmacy.name, 36, { size: 3.4, bold: true, colour: "#ffffff" });
    sheet.print(facts.pharmacy.name, 2, 0.7, store);
    sheet.print(facts.pharmacy.phone, 62, 1, { size: 2.9, colour: "#ffffff", align: "right" });
    sheet.print(`${facts.pharmacy.address}, ${facts.pharmacy.town}`, 2, 5.9, { size: 2, width: 60 });
    sheet.print(facts.patient, 2, 8.8, { size: 3.4, bold: true });
    sheet.print(`Rx ${facts.rxNumber}`, 62, 9, { size: 2.8, bold: true, align: "right" });
    sheet.rule(13, 2, 62);
    const title = sheet.fit(`${drug} ${strength}`, 59, { size: 4.1, bold: true });
    let y = sheet.print(`${drug} ${strength}`, 2, 13.6, title);
    y = sheet.print(upper ? facts.form.toUpperCase() : facts.form, 2, y, { size: 2.7 });
    y = sheet.print(directions, 2, y + 0.6, { size: 3.3, bold: true, width: 60 });
    y = Math.max(y + 0.6, 30.5);
    sheet.rule(y, 2, 62);
    sheet.print(`Qty: ${facts.quantity}`, 2, y + 0.7, { size: 2.9, bold: true });
    sheet.print(refillText(facts.refills), 23, y + 0.7, { size: 2.9 });
    sheet.print(`Filled ${facts.filled}`, 62, y + 0.8, { size: 2.5, align: "right" });
    sheet.print(`Prescriber: ${facts.prescriber}`, 2, y + 4.6, { size: 2.6 });
    sheet.print(`Use before ${facts.discard}`, 62, y + 8, { size: 2.3, align: "right" });
    sheet.print(`Mfr: ${facts.maker}`, 2, y + 8, { size: 2.3 });
    return {
      sheet,
      fields: {
        name: drug,
        dosage: strength,
        form: facts.form,
        instructions: directions,
        quantity: facts.quantity,
        refills: facts.refills,
        prescriber: facts.prescriber,
        rx_number: facts.rxNumber,
        patient: facts.patient,
        pharmacy: facts.pharmacy.name,
        phone: facts.pharmacy.phone,
        date: facts.filled,
      },
    };
  },
};

function refillText(refills: number): string {
  return refills === 0 ? "No refills" : `Refills: ${refills}`;
}
