import { Sheet } from "../sheet.ts";
import { type Template, titled } from "./template.ts";

/** An independent pharmacy's thermal label in one monospaced column, for tablets and bottles of liquid alike. */
export const oneColumn: Template = {
  name: "one-column",
  region: "us",
  surfaces: ["vial", "box", "sheet"],
  faces: ["cousine", "ibm-plex-mono", "courier-prime"],
  draw(facts, random, face) {
    const sheet = new Sheet(60, 48, face);
    const drug = titled(facts.drug);
    const strength = facts.strength;
    const short = ({ tablet: "tab", capsule: "cap" } as Record<string, string>)[facts.form];
    const form = short && random.chance(0.4) ? short : facts.form;
    let y = sheet.print(facts.pharmacy.name, 30, 1.2, { size: 3.1, bold: true, align: "center" });
    y = sheet.print(`${facts.pharmacy.address} ${facts.pharmacy.town}`, 30, y, {
      size: 2,
      align: "center",
      width: 57,
    });
    y = sheet.print(facts.pharmacy.phone, 30, y, { size: 2.3, align: "center" });
    sheet.rule(y + 0.4, 2, 58);
    sheet.print(facts.filled, 58, y + 1, { size: 2.7, align: "right" });
    y = sheet.print(`#${facts.rxNumber}`, 2, y + 1, { size: 2.7, bold: true });
    y = sheet.print(facts.patient, 2, y, { size: 2.8 });
    y = sheet.print(facts.directions, 2, y + 0.8, { size: 2.9, bold: true, width: 56 });
    const item = `${drug} ${strength} ${form}`;
    y = sheet.print(item, 2, y + 0.8, { size: 2.9, bold: true, width: 56 });
    if (random.chance(0.4)) y = sheet.print(`(generic for ${facts.brand})`, 2, y, { size: 2.2 });
    y = sheet.print(
      `Quantity ${facts.quantity}${facts.unit === "mL" || facts.unit === "g" ? ` ${facts.unit}` : ""}`,
      2,
      Math.max(y + 0.6, 34),
      { size: 2.5 },
    );
    y = sheet.print(`Refills remaining: ${facts.refills}`, 2, y, { size: 2.5 });
    y = sheet.print(facts.prescriber, 2, y, { size: 2.5 });
    sheet.print(`Discard after ${facts.discard}`, 2, y, { size: 2.2 });
    return {
      sheet,
      fields: {
        name: drug,
        dosage: strength,
        form: facts.form,
        instructions: facts.directions,
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
