import { nameTails } from "./layout/vocabulary.ts";

/** A drug's name in usual capitals: "METFORMIN HCL" is "Metformin HCl", "OMEPRAZOLE DR" "Omeprazole DR". */
export function usualCapitals(name: string): string {
  return name.replace(/[\p{L}\p{N}][\p{L}\p{N}'’]*/gu, (word) => {
    const tail = nameTails.get(word.toLowerCase());
    if (tail) return tail;
    const mixed = word !== word.toUpperCase() && word !== word.toLowerCase();
    if (mixed) return word;
    return word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
  });
}
