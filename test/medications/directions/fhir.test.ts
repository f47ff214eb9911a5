import { readdirSync, readFileSync } from "node:fs";
import type { Dosage as MedplumDosage } from "@medplum/fhirtypes";
import { Fhir } from "fhir/fhir.js";
import { describe, expect, it } from "vitest";
import { type Dosage, dosage as dosageSchema } from "../../../contract/dosage.ts";
import { parseDirections } from "../../../core/medications/directions/parse-directions.ts";

const folder = new URL("cases/", import.meta.url);
const texts = readdirSync(folder)
  .flatMap((file) => readFileSync(new URL(file, folder), "utf8").split("\n"))
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.replace(/ => .*/, ""));
const dosages: Dosage[] = texts.flatMap((text) => parseDirections(text).dosages);

/** R4 EventTiming, http://hl7.org/fhir/R4/valueset-event-timing.html; `IMD` came with R5. */
const EVENT_TIMING = new Set(
  "MORN MORN.early MORN.late NOON AFT AFT.early AFT.late EVE EVE.early EVE.late NIGHT PHS HS WAKE C CM CD CV AC ACM ACD ACV PC PCM PCD PCV".split(
    " ",
  ),
);

/** The rules of R4 Timing.repeat (tim-1 to tim-10, http://hl7.org/fhir/R4/datatypes.html#Timing) that it breaks. */
function brokenRules(one: Dosage): string[] {
  const repeat = one.timing?.repeat;
  if (!repeat) return [];
  const {
    duration,
    durationUnit,
    durationMax,
    period,
    periodUnit,
    periodMax,
    count,
    countMax,
    offset,
    when,
  } = repeat;
  const rules: Record<string, boolean> = {
    "tim-1": duration === undefined || durationUnit !== undefined,
    "tim-2": period === undefined || periodUnit !== undefined,
    "tim-4": (duration ?? 0) >= 0,
    "tim-5": (period ?? 0) >= 0,
    "tim-6": periodMax === undefined || period !== undefined,
    "tim-7": durationMax === undefined || duration !== undefined,
    "tim-8": countMax === undefined || count !== undefined,
    "tim-9":
      offset === undefined ||
      (when !== undefined && !when.some((code) => ["C", "CM", "CD", "CV"].includes(code))),
    "tim-10": repeat.timeOfDay === undefined || when === undefined,
    "when's codes": (when ?? []).every((code) => EVENT_TIMING.has(code)),
    "time of day": (repeat.timeOfDay ?? []).every((time) => /^([01]\d|2[0-3]):[0-5]\d:00$/.test(time)),
    "one asNeeded": one.asNeededBoolean === undefined || one.asNeededCodeableConcept === undefined,
  };
  return Object.keys(rules).filter((rule) => rules[rule] === false);
}

describe("Dosages of all the cases", () => {
  it("are R4 Dosages of a MedicationRequest and a MedicationStatement, with no element R4 does not know", () => {
    const fhir = new Fhir();
    const common = {
      medicationCodeableConcept: { text: "x" },
      subject: { reference: "Patient/1" },
      status: "active",
    };
    for (const resource of [
      { resourceType: "MedicationStatement", ...common, dosage: dosages },
      { resourceType: "MedicationRequest", intent: "order", ...common, dosageInstruction: dosages },
    ]) {
      const { messages } = fhir.validate(resource, { errorOnUnexpected: true });
      expect(messages.filter((message) => message.severity === "error")).toEqual([]);
    }
    expect(dosages.length).toBeGreaterThan(400);
  });

  it("keep the rules that R4 sets for timings, which no validator of the registry checks", () => {
    expect(dosages.filter((one) => brokenRules(one).length > 0)).toEqual([]);
  });

  it("fit the contract's schema without losing anything", () => {
    const contract: Dosage[] = dosageSchema.array().parse(dosages);
    expect(contract).toEqual(dosages);
    const typed: MedplumDosage[] = dosages.map(({ timing, ...rest }) => rest as MedplumDosage);
    expect(typed.length).toBe(dosages.length);
  });

  it("keep the directions as printed in every Dosage's text", () => {
    for (const text of texts.slice(0, 50))
      for (const one of parseDirections(text).dosages) expect(one.text).toBe(text);
  });
});
