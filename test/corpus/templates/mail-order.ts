import { Sheet } from "../sheet.ts";
import type { Template } from "./template.ts";

/** A mail order house's label: two columns, addressed to the patient on the left, the medicine on the right. */
export const mailOrder: Template = {
  name: "mail-order",
  region: "us",
  surfaces: ["sheet", "box"],
  faces: ["public-sans", "arimo", "pt-sans-narrow"],
  draw(facts, random, face) {
    const sheet = new Sheet(104, 48, face, "#fefefe");
    const drug = facts.drug.toUpperCase();
    const strength = facts.strength.replaceAll("mg", "MG").replaceAll("mcg", "MCG");
    const form = facts.form.toUpperCase();
    const left = 41;
    sheet.print(
      `${facts.pharmacy.name} Home Delivery`,
      3,
      2,
      sheet.fit(`${facts.pharmacy.name} Home Delivery`, left - 5, { size: 3.2, bold: true }),
    );
    let y = sheet.print(`PO Box ${random.digits(4)}`, 3, 6.4, { size: 2.4 });
    y = sheet.print(facts.pharmacy.town, 3, y, { size: 2.4 });
    y = sheet.print(`Questions? Call ${facts.pharmacy.phone}`, 3, y + 0.6, { size: 2.3 });
    y = sheet.print(facts.patient.toUpperCase(), 3, y + 4, { size: 3, bold: true });
    y = sheet.print(`${facts.pharmacy.address} Apt ${random.whole(2, 40)}`.toUpperCase(), 3, y, {
      size: 2.4,
    });
    sheet.bars(random, 3, y + 3, 33, 6);
    sheet.print(`Date filled: ${facts.filled}`, 3, y + 10.5, { size: 2.3 });
    sheet.box(left, 2, 0.3, 44, sheet.ink);
    const x = left + 3;
    y = sheet.print(`RX NO. ${facts.rxNumber}`, x, 2, { size: 2.8 });
    y = sheet.print(drug, x, y + 0.6, sheet.fit(drug, 56, { size: 4, bold: true }));
    y = sheet.print(`${strength} ${form}`, x, y, { size: 3.4, bold: true, width: 57 });
    y = sheet.print(facts.directions.toUpperCase(), x, y + 1.4, { size: 2.9, width: 57 });
    y = Math.max(y + 1.2, 30);
    sheet.print("QUANTITY", x, y, { size: 2.1 });
    sheet.print("REFILLS LEFT", x + 18, y, { size: 2.1 });
    sheet.print("DISCARD BY", x + 37, y, { size: 2.1 });
    sheet.print(String(facts.quantity), x, y + 2.8, { size: 3.2, bold: true });
    sheet.print(String(facts.refills), x + 18, y + 2.8, { size: 3.2, bold: true });
    sheet.print(facts.discard, x + 37, y + 2.8, { size: 3 });
    sheet.print(`Prescribed by: ${facts.prescriber}`, x, y + 8, { size: 2.6 });
    sheet.print(`Manufacturer: ${facts.maker}`, x, y + 12, { size: 2.2 });
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
        pharmacy: `${facts.pharmacy.name} Home Delivery`,
        phone: facts.pharmacy.phone,
        date: facts.filled,
      },
    };
  },
};
