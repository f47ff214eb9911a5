import { Fhir } from "fhir";
import { describe, expect, it } from "vitest";
import type { Medication } from "../../contract/medications.ts";
import { medicationBundle, medicationStatement } from "../../core/medications/fhir.ts";
import { understand } from "../../core/medications/understand.ts";
import { layouts } from "./label-layouts.ts";
import { typedLabel } from "./typed-label.ts";

const fhir = new Fhir();

function errorsOf(resource: unknown): string[] {
  // The validator takes XML-ready JSON: undefined members would count as present.
  const { messages } = fhir.validate(JSON.parse(JSON.stringify(resource)), { errorOnUnexpected: true });
  return messages
    .filter((message) => message.severity === "error" || message.severity === "fatal")
    .map((message) => `${message.location}: ${message.message}`);
}

function kept(text: string, status: Medication["status"] = "unconfirmed"): Medication[] {
  return understand(typedLabel(text)).map((understood, index) => ({
    ...understood,
    id: `00000000-0000-4000-8000-00000000000${index}`,
    job_id: "00000000-0000-4000-8000-000000000009",
    status,
    created_at: "2026-11-23T10:00:00Z",
    updated_at: "2026-11-23T10:00:00Z",
    history: [],
  }));
}

const everyLabel = layouts.flatMap((layout) =>
  kept(layout.text).map((medication) => ({ title: layout.title, medication })),
);

describe("a medication as FHIR", () => {
  it.each(everyLabel)("validates against R4: $title", ({ medication }) => {
    expect(errorsOf(medicationStatement(medication))).toEqual([]);
  });

  it("validates against R4 when nothing could be read", () => {
    const [medication] = kept("~ ~ ~");
    expect(medication && errorsOf(medicationStatement(medication))).toEqual([]);
  });

  it("is refused by the same validator when its status is none of R4's", () => {
    const [medication] = everyLabel;
    expect(
      medication && errorsOf({ ...medicationStatement(medication.medication), status: "maybe" }),
    ).not.toEqual([]);
  });

  it("does not claim that the medicine is taken before a person has confirmed it", () => {
    const text = "LISINOPRIL 10 MG TABLET\nTAKE 1 TABLET DAILY";
    expect(kept(text).map((one) => medicationStatement(one).status)).toEqual(["unknown"]);
    expect(kept(text, "confirmed").map((one) => medicationStatement(one).status)).toEqual(["active"]);
  });

  it("tells a client that knows none of our extensions what needs review", () => {
    const [medication] = kept("RX# 12345\nQWZZTRIL 10 MG TABLET\nTAKE 1 TABLET DAILY");
    const notes = medication ? medicationStatement(medication).note : [];
    expect(medication?.needs_review).toBe(true);
    expect(notes?.map((note) => note.text).join()).toContain(medication?.review[0]?.message);
  });

  it("keeps what was read, how surely and where", () => {
    const [medication] = kept("LISINOPRIL 10 MG TABLET\nTAKE 1 TABLET DAILY");
    const extension =
      medication &&
      medicationStatement(medication).extension?.find((one) =>
        one.extension?.some((part) => part.valueCode === "name"),
      );
    expect(extension?.extension).toEqual(
      expect.arrayContaining([
        { url: "raw", valueString: "LISINOPRIL" },
        { url: "page", valuePositiveInt: 1 },
      ]),
    );
  });

  it("gives a page of medications as a Bundle that validates, with the way to the next page", () => {
    const bundle = medicationBundle(
      everyLabel.map(({ medication }) => medication),
      { next: "/meds?page_size=20&page_token=abc" },
    );
    expect(errorsOf(bundle)).toEqual([]);
    expect(bundle.entry).toHaveLength(everyLabel.length);
    expect(bundle.link).toEqual([{ relation: "next", url: "/meds?page_size=20&page_token=abc" }]);
    expect(errorsOf(medicationBundle([]))).toEqual([]);
  });
});
