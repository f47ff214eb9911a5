/** A drug name that can stand on a label, with what is usual for it. */
export type LexiconEntry = {
  /** As pharmacists write it: generics in small letters, brands with their capitals. */
  name: string;
  kind: "generic" | "brand";
  /**
   * The ingredients, in the generic names this lexicon uses: of a brand, of a combination, and of a generic's other
   * name (paracetamol is `["acetaminophen"]`). An ingredient's own entry has none.
   */
  generics: string[];
  forms: string[];
  routes: string[];
  /** Normalised: "10 mg", "250 mg/5 mL", "5 mg/325 mg". Empty when not known. */
  strengths: string[];
  /**
   * The usual most that an adult takes in a day, where one figure holds for all uses; `once` that of a first or single
   * day, where it is more.
   */
  maxDailyDose?: { value: number; unit: string; once?: number };
  rxcui?: string;
};

/** The ingredients of any entry, sorted, as one string: equal exactly when two names mean the same drug. */
export function ingredientsOf(entry: LexiconEntry): string {
  const list = entry.generics.length > 0 ? entry.generics : [entry.name.toLowerCase()];
  return [...list].sort().join("/");
}
