import { Sheet } from "../sheet.ts";
import { type Template, titled } from "./template.ts";

/** A prescriber's form filled in by a printer or a typewriter: Rx, Sig, Disp, Refills, and a signature. */
export const typedPrescription: Template = {
  name: "typed-prescription",
  region: "us",
  surfaces: ["sheet"],
  faces: ["special-elite", "courier-prime", "tinos"],
  draw(facts, random, face) {
    const sheet = new Sheet(96, 112, face, random.pick(["#fbfaf3", "#eef3f6"]));
    const drug = titled(facts.drug);
    const head = "tinos";
    const doctor = facts.prescriber;
    // Half of those who prescribe write codes.
    const said = (random.chance(0.5) ? facts.coded : null) ?? facts;
    let y = sheet.print(doctor, 48, 5, { size: 5, face: head, bold: true, align: "center" });
    y = sheet.print(`${facts.pharmacy.address}, ${facts.pharmacy.town}`, 48, y, {
      size: 3,
      face: head,
      align: "center",
    });
    y = sheet.print(`Tel ${facts.pharmacy.phone}`, 48, y, { size: 3, face: head, align: "center" });
    sheet.rule(y + 1.5, 5, 91);
    sheet.print(`Patient: ${facts.patient}`, 6, y + 4, { size: 3.6 });
    y = sheet.print(`Date: ${facts.filled}`, 6, y + 9.5, { size: 3.6 });
    y = sheet.print("Rx", 6, y + 2, { size: 9, face: head, bold: true });
    y = sheet.print(`${drug} ${facts.strength} ${facts.form}`, 12, y, { size: 4, width: 80 });
    y = sheet.print(`Sig: ${said.directions}`, 12, y + 2.5, { size: 4, width: 80 });
    y = sheet.print(`Disp: #${facts.quantity}`, 12, y + 2.5, { size: 4 });
    y = sheet.print(`Refills: ${facts.refills}`, 12, y + 2.5, { size: 4 });
    y = Math.max(y + 12, 96);
    sign(sheet, random, y);
    sheet.rule(y, 42, 90, 0.25);
    sheet.print("Signature", 58, y + 0.6, { size: 2.8, face: head });
    return {
      sheet,
      fields: {
        name: drug,
        dosage: facts.strength,
        form: facts.form,
        instructions: said.directions,
        schedule: said.schedule,
        quantity: facts.quantity,
        refills: facts.refills,
        prescriber: doctor,
        patient: facts.patient,
        phone: facts.pharmacy.phone,
        date: facts.filled,
      },
    };
  },
};

function sign(sheet: Sheet, random: Parameters<Template["draw"]>[1], y: number): void {
  const { pen } = sheet;
  pen.strokeStyle = "#1c2f6e";
  pen.lineWidth = 0.5;
  pen.beginPath();
  pen.moveTo(46, y - 2);
  for (let x = 46; x < 80; x += 4) {
    pen.bezierCurveTo(
      x + 1,
      y - random.between(4, 12),
      x + 3,
      y + random.between(0, 3),
      x + 4,
      y - random.between(1, 5),
    );
  }
  pen.stroke();
}
