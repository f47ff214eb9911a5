import type {
  Bundle,
  CodeableConcept,
  Dosage,
  Extension,
  MedicationRequest,
  MedicationStatement,
  Patient,
  Reference,
} from "@medplum/fhirtypes";
import type { Fields, Medication, NumberEvidence, Review, TextEvidence } from "../../contract/medications.ts";
import { findDrug } from "./lexicon/find-drug.ts";

/**
 * Medications as FHIR R4 (http://hl7.org/fhir/R4/medicationstatement.html).
 *
 * What a label says beyond R4's MedicationStatement (quantity, refills, prescriber, prescription number) stands in a
 * contained MedicationRequest. What the reader saw (letters, place, confidence, doubts) stands in extensions.
 */

/** Canonical addresses of this project's extensions. The domain is reserved (RFC 2606): nobody else's can collide. */
const evidenceUrl = "https://rxscan.example/fhir/StructureDefinition/field-evidence";
const reviewUrl = "https://rxscan.example/fhir/StructureDefinition/needs-review";

const rxNorm = "http://www.nlm.nih.gov/research/umls/rxnorm";
const absentReason = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

/** The contained prescription's id within its statement. */
const prescriptionId = "prescription";

/**
 * Nobody has said that the medicine is being taken until a person has confirmed the label: "unknown: the state of the
 * medication use is not currently known" (http://hl7.org/fhir/R4/valueset-medication-statement-status.html).
 */
const statusOf = { unconfirmed: "unknown", confirmed: "active" } as const;

/** R4 forbids empty strings and empty lists: what is empty is left out. */
function filled<K extends string, V>(key: K, value: V): { [P in K]?: NonNullable<V> } {
  const empty =
    value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
  return (empty ? {} : { [key]: value }) as { [P in K]?: NonNullable<V> };
}

function reviewExtension({ code, message, readings = [] }: Review): Extension {
  return {
    url: reviewUrl,
    extension: [
      { url: "code", valueCode: code.replaceAll("_", "-") },
      { url: "message", valueString: message },
      ...readings
        .filter((reading) => reading.trim() !== "")
        .map((reading) => ({ url: "reading", valueString: reading })),
    ],
  };
}

/** What was read for one field, how surely and where: the box in pixels of the upright photo. */
function evidenceExtension(field: string, evidence: TextEvidence | NumberEvidence): Extension {
  const [x, y, width, height] = evidence.box ?? [];
  const box = Object.entries({ x, y, width, height }).flatMap(([url, value]) =>
    value === undefined ? [] : [{ url, valueDecimal: value }],
  );
  return {
    url: evidenceUrl,
    extension: [
      { url: "field", valueCode: field.replaceAll("_", "-") },
      ...(evidence.raw.trim() === "" ? [] : [{ url: "raw", valueString: evidence.raw }]),
      { url: "confidence", valueDecimal: evidence.confidence },
      { url: "page", valuePositiveInt: evidence.page },
      ...(box.length > 0 ? [{ url: "box", extension: box }] : []),
      ...(evidence.review ? [{ url: "review", valueString: evidence.review.message }] : []),
    ],
  };
}

function conceptOf(medication: Medication): CodeableConcept {
  const text = [medication.name, medication.dosage, medication.form].filter((part) => part !== "").join(" ");
  if (medication.name === "")
    return { extension: [{ url: absentReason, valueCode: "unknown" }], ...filled("text", text) };
  const match = findDrug(medication.name);
  const entry = match.kind === "exact" ? match.entry : null;
  // A code says more surely than a word which drug this is: only a name that stands there letter by letter has one.
  return {
    ...(entry?.rxcui && { coding: [{ system: rxNorm, code: entry.rxcui, display: entry.name }] }),
    text,
  };
}

function dosagesOf(medication: Medication): Dosage[] {
  if (medication.directions.length > 0) return medication.directions as Dosage[];
  return medication.instructions === "" ? [] : [{ text: medication.instructions }];
}

/** The label's person is known to the server alone; the resource names no one. */
const subject: Reference<Patient> = { type: "Patient", display: "The person this label was made for" };

function prescriptionOf(medication: Medication): MedicationRequest {
  const { quantity, refills, prescriber, rx_number, form } = medication;
  const dispenseRequest = {
    ...filled("numberOfRepeatsAllowed", refills),
    ...(quantity === null ? {} : { quantity: { value: quantity, ...filled("unit", form) } }),
  };
  return {
    resourceType: "MedicationRequest",
    id: prescriptionId,
    status: "unknown",
    intent: "order",
    medicationCodeableConcept: conceptOf(medication),
    subject,
    ...(rx_number === ""
      ? {}
      : { identifier: [{ type: { text: "Prescription number" }, value: rx_number }] }),
    ...(prescriber === "" ? {} : { requester: { display: prescriber } }),
    ...(Object.keys(dispenseRequest).length > 0 && { dispenseRequest }),
  };
}

/** One medication as an R4 MedicationStatement. */
export function medicationStatement(medication: Medication): MedicationStatement {
  const evidence = (
    Object.entries(medication.fields) as [keyof Fields, TextEvidence | NumberEvidence | undefined][]
  ).flatMap(([field, found]) => (found ? [evidenceExtension(field, found)] : []));
  const doubts = medication.review.map((review) => review.message);
  return {
    resourceType: "MedicationStatement",
    id: medication.id,
    meta: { lastUpdated: medication.updated_at },
    contained: [prescriptionOf(medication)],
    ...filled("extension", [...medication.review.map(reviewExtension), ...evidence]),
    basedOn: [{ reference: `#${prescriptionId}` }],
    status: statusOf[medication.status],
    medicationCodeableConcept: conceptOf(medication),
    subject,
    dateAsserted: medication.confirmed_at ?? medication.created_at,
    // A client that knows no extension of ours must see the doubts too.
    ...filled(
      "note",
      doubts.map((text) => ({ text: `Needs review: ${text}` })),
    ),
    ...filled("dosage", dosagesOf(medication)),
  };
}

/** A page of medications as a searchset Bundle. `next` is the address of the page after it, if there is one. */
export function medicationBundle(
  medications: readonly Medication[],
  { next }: { next?: string | undefined } = {},
): Bundle {
  return {
    resourceType: "Bundle",
    type: "searchset",
    ...(next ? { link: [{ relation: "next", url: next }] } : {}),
    ...filled(
      "entry",
      medications.map((medication) => ({
        fullUrl: `urn:uuid:${medication.id}`,
        resource: medicationStatement(medication),
        search: { mode: "match" as const },
      })),
    ),
  };
}
