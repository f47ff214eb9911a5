import fc from "fast-check";

/** A number as labels print it: 5, 500, 2.5, 0.125, .5, 1,000, 1/2. */
export const number = fc.oneof(
  fc.integer({ min: 1, max: 9999 }).map(String),
  fc
    .tuple(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 1, max: 999 }))
    .map(([whole, part]) => `${whole}.${part}`),
  fc.integer({ min: 1, max: 99 }).map((part) => `.${part}`),
  fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 9 }))
    .map(([thousands, rest]) => `${thousands},${rest}00`),
  fc.constantFrom("1/2", "1/4", "3/4"),
);

const unit = fc.constantFrom("MG", "mg", "MCG", "mcg", "G", "ML", "mL", "L", "l", "UNITS", "IU", "MEQ", "%");

/** A strength as labels print it: 500 MG, 2.5mg, 250 MG/5 ML, 5-325 MG. */
export const strength = fc.oneof(
  fc.tuple(number, fc.constantFrom("", " "), unit).map((parts) => parts.join("")),
  fc.tuple(number, number).map(([amount, volume]) => `${amount} MG/${volume} ML`),
  fc.tuple(number, number).map(([first, second]) => `${first}-${second} MG`),
);

const MISREADINGS: Record<string, string[]> = { 0: ["O", "o"], 1: ["I", "l"] };

/** A text together with a version in which some digits were read as the letters that look like them. */
export function misread(texts: fc.Arbitrary<string>) {
  return fc
    .tuple(texts, fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 24, maxLength: 24 }))
    .map(([printed, choices]) => ({
      printed,
      seen: [...printed]
        .map((character, i) => [character, ...(MISREADINGS[character] ?? [])][choices[i] ?? 0] ?? character)
        .join(""),
    }));
}
