import type { FieldName } from "./truth.ts";

/** Whether two values of a field say the same, case, spacing, punctuation and spelling of units aside. */
export function sameValue(field: FieldName, printed: string | number, read: string | number): boolean {
  return normal(field, String(printed)) === normal(field, String(read));
}

/** Whether the text says the value somewhere, whatever a reader made of it afterwards. */
export function isInText(field: "name" | "dosage", value: string | number, text: string): boolean {
  return normal(field, text).includes(normal(field, String(value)));
}

function normal(field: FieldName, value: string): string {
  const text = value.normalize("NFKC").toLowerCase();
  switch (field) {
    case "dosage":
      return normalStrength(text);
    case "instructions":
      return text.replace(/[^\p{L}\p{N}./]|(?<!\d)[./]|[./](?!\d)/gu, "");
    case "form":
      return normalForm(text);
    case "prescriber":
      return text.replace(/\b(dr|doctor|m\.?d|n\.?p)\b/g, "").replace(/[^\p{L}]/gu, "");
    case "schedule":
      // "Once a day" is "once daily", "in the morning" is "every morning".
      return text
        .replace(/\ba day\b/g, "daily")
        .replace(/\bevery (morning|night)\b/g, "$1")
        .replace(/\b(in|at) (the )?(morning|night)\b/g, "$3")
        .replace(/[^\p{L}\p{N}]/gu, "");
    case "quantity":
    case "refills":
      return String(Number(text));
    default:
      return text.replace(/[^\p{L}\p{N}]/gu, "");
  }
}

/** Digits, their points, slashes, hyphens and percent stay: they are the strength. */
function normalStrength(text: string): string {
  return text
    .replace(/(\d),(?=\d{3})/g, "$1")
    .replace(/micrograms?|μg|ug\b/g, "mcg")
    .replace(/milligrams?/g, "mg")
    .replace(/grams?|gm\b/g, "g")
    .replace(/units?/g, "unit")
    .replace(/\bhour|\bhr/g, "h")
    .replace(/[^\p{L}\p{N}./%-]/gu, "")
    .replace(/\.+$/, "");
}

const shortForms: Record<string, string> = {
  tab: "tablet",
  cap: "capsule",
  susp: "suspension",
  soln: "solution",
  oint: "ointment",
  inj: "injection",
  drop: "drop",
};

/** The form's own noun in the singular: "film-coated tabs" is a tablet. */
function normalForm(text: string): string {
  const word = (text.match(/\p{L}+/gu)?.at(-1) ?? "").replace(/(?<!s)s$/, "").replace(/patche$/, "patch");
  return shortForms[word] ?? word;
}
