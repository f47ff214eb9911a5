import { normaliseStrength } from "./strength.ts";

/** What a product's name in RxNorm says, such as "24 HR metformin hydrochloride 500 MG Extended Release Oral Tablet". */
export type Product = {
  /** Lower case, with their salts. */
  ingredients: string[];
  /** Normalised; null where it is of a kind that labels do not print. */
  strength: string | null;
  /** One of forms.ts; null for any other. */
  form: string | null;
};

const PART = /^(?:[\d.]+ (?:HR|ML|ACTUAT) )*(.+?) ([\d.]+ [A-Z%]+(?:\/[A-Z]+)?)(?: (.*))?$/;

/** Null when the name is not made as RxNorm makes the names of its products (SCD, and SBD without the brand). */
export function parseProduct(name: string): Product | null {
  const ingredients: { name: string; strength: string }[] = [];
  let form = "";
  for (const part of name.split(" / ")) {
    const parted = PART.exec(part);
    if (parted === null) return null;
    ingredients.push({ name: (parted[1] ?? "").toLowerCase(), strength: parted[2] ?? "" });
    form = parted[3] ?? "";
  }
  return {
    ingredients: ingredients.map(({ name: ingredient }) => ingredient),
    strength: normaliseStrength(ingredients.map(({ strength }) => strength).join("/")),
    form: formOf(form),
  };
}

/** Words of RxNorm's dose forms, most telling first, with the form of forms.ts. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/Extended Release Oral Tablet/, "extended-release tablet"],
  [/Extended Release Oral Capsule/, "extended-release capsule"],
  [/Extended Release Suspension/, "extended-release suspension"],
  [/Delayed Release Oral Tablet/, "delayed-release tablet"],
  [/Delayed Release Oral Capsule/, "delayed-release capsule"],
  [/Disintegrating Oral Tablet/, "orally disintegrating tablet"],
  [/Chewable Tablet/, "chewable tablet"],
  [/Sublingual Tablet/, "sublingual tablet"],
  [/Effervescent/, "effervescent tablet"],
  [/Vaginal (?:Tablet|Insert)/, "vaginal tablet"],
  [/Vaginal Cream/, "vaginal cream"],
  [/Vaginal Gel/, "vaginal gel"],
  [/Buccal (?:Tablet|Film)/, "buccal tablet"],
  [/Oral Tablet/, "tablet"],
  [/Oral Capsule/, "capsule"],
  [/Oral Suspension/, "oral suspension"],
  [/Oral Solution|Oral Liquid/, "oral solution"],
  [/Oral Powder/, "oral powder"],
  [/Oral Granules/, "granules"],
  [/Oral Lozenge/, "lozenge"],
  [/Ophthalmic (?:Solution|Suspension)/, "eye drops"],
  [/Ophthalmic Ointment/, "eye ointment"],
  [/Ophthalmic Gel/, "eye gel"],
  [/Otic (?:Solution|Suspension)/, "ear drops"],
  [/Nasal (?:Spray|Inhaler)/, "nasal spray"],
  [/Metered Dose Inhaler/, "inhaler"],
  [/Dry Powder Inhaler|Inhalation Powder/, "inhalation powder"],
  [/Inhalation Solution|Inhalation Suspension/, "inhalation solution"],
  [/Transdermal System|Medicated Patch/, "patch"],
  [/Rectal Suppository/, "suppository"],
  [/Enema/, "enema"],
  [/Topical Cream/, "cream"],
  [/Topical Ointment/, "ointment"],
  [/Topical Gel/, "gel"],
  [/Topical Lotion/, "lotion"],
  [/Topical Foam/, "foam"],
  [/Topical (?:Solution|Spray)/, "topical solution"],
  [/Shampoo/, "shampoo"],
  [/Inject|Prefilled Syringe|Cartridge/, "injection"],
];

function formOf(doseForm: string): string | null {
  return FORMS.find(([words]) => words.test(doseForm))?.[1] ?? null;
}
