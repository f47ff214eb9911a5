import { Sheet } from "../sheet.ts";
import { type Template, titled } from "./template.ts";

/** A British dispensing label: quantity before the drug, directions with numbers in capitals, the dispensary last. */
export const britishCarton: Template = {
  name: "british-carton",
  region: "uk",
  surfaces: ["box", "box", "sheet"],
  faces: ["arimo", "public-sans", "pt-sans-narrow"],
  draw(facts, random, face) {
    const sheet = new Sheet(70, 36, face, "#fdfdfb");
    const spelled = facts.strength
      .replaceAll(" mL", "ml")
      .replace(/ (m?c?g)\b/g, "$1")
      .replace(/mcg/, " micrograms");
    const strength = spelled.replace(/ {2,}/g, " ");
    const drug = titled(facts.drug);
    const form =
      facts.unit === "g" || facts.unit === "EA" || facts.unit === "mL" ? facts.form : `${facts.form}s`;
    const count =
      facts.unit === "mL" || facts.unit === "g"
        ? `${facts.quantity}${facts.unit.toLowerCase()}`
        : `${facts.quantity}`;
    const item = `${count} ${drug} ${strength} ${form}`;
    let y = sheet.print(item, 2, 1.3, { size: 3.3, bold: true, width: 66 });
    y = sheet.print(facts.directions, 2, y + 0.9, { size: 3.1, width: 66 });
    const warning = random.pick([
      "Swallow this medicine whole. Do not chew or crush.",
      "Warning: This medicine may make you feel sleepy.",
      "Take with or just after food, or a meal.",
      "",
      "",
    ]);
    if (warning && y < 19) y = sheet.print(warning, 2, y + 0.4, { size: 2.6, width: 66 });
    y = Math.max(y + 0.5, 22);
    sheet.print(facts.patient, 2, y, { size: 3, bold: true });
    sheet.print(facts.filled, 68, y, { size: 2.8, align: "right" });
    sheet.rule(y + 4.3, 2, 68, 0.2);
    sheet.print(`${facts.pharmacy.name} Tel: ${facts.pharmacy.phone}`, 2, y + 4.7, { size: 2.4 });
    sheet.print(`${facts.pharmacy.address}, ${facts.pharmacy.town}`, 2, y + 7.6, { size: 2.2 });
    sheet.print("Keep out of the sight and reach of children", 2, y + 10.3, { size: 2.1 });
    return {
      sheet,
      fields: {
        name: drug,
        dosage: strength,
        form: facts.form,
        instructions: facts.directions,
        quantity: facts.quantity,
        patient: facts.patient,
        pharmacy: facts.pharmacy.name,
        phone: facts.pharmacy.phone,
        date: facts.filled,
      },
    };
  },
};
