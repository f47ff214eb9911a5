import type { Review } from "../../../../contract/medications.ts";
import type { Day, Meaning, UnitOfTime } from "../vocabulary.ts";

export type DoseAmount = {
  low?: number;
  high?: number;
  unit?: string;
  code?: string;
  /** Milligrams, millilitres ...: not counted in pieces. */
  measure?: boolean;
  /** SNOMED CT code of the only route that such a unit is given by. */
  route?: string;
};

export type Frequency = {
  frequency?: number;
  frequencyMax?: number;
  period: number;
  periodMax?: number;
  periodUnit: UnitOfTime;
  /** "daily" beside "every 6 hours" says nothing new; "once daily" does. */
  soft?: boolean;
};

export type Span = { low?: number; high?: number; unit: UnitOfTime };

/** What one rule of the grammar read. */
export type Content =
  | { kind: "verb"; meaning: Meaning<"verb"> }
  | { kind: "dose"; dose: DoseAmount; restated?: boolean }
  | { kind: "thing"; unit?: DoseAmount; route?: string }
  | { kind: "named"; name: string }
  | { kind: "pattern"; doses: { when: string; value: number }[] }
  | { kind: "route"; meaning: Meaning<"route"> }
  | { kind: "site"; meaning: Meaning<"site"> }
  | { kind: "side"; code: string }
  /** `total`: "a day" and the like, which after "3 tablets" may be the amount in all. */
  | { kind: "frequency"; frequency: Frequency; when?: string; dose?: DoseAmount; total?: string }
  | { kind: "rate"; amount: number; frequency: Frequency }
  | { kind: "divided"; frequency?: Frequency }
  | { kind: "when"; when: string[]; offset?: number; general: boolean; text: string }
  | { kind: "clock"; minutes: number[] }
  | { kind: "days"; days: Day[]; others?: boolean; weekly: boolean }
  | { kind: "phase"; unit: UnitOfTime; from: number; to: number }
  | { kind: "duration"; span: Span }
  | { kind: "count"; count: number; countMax?: number; bare: boolean }
  | { kind: "asNeeded"; reason?: string }
  | { kind: "purpose"; reason: string; text: string }
  | { kind: "maximum"; dose: DoseAmount; per?: { value: number; unit: UnitOfTime } }
  | { kind: "maximumPerDose"; dose: DoseAmount }
  | { kind: "instruction"; text: string }
  | { kind: "then" }
  | { kind: "stop"; text: string }
  | { kind: "and" }
  | { kind: "comma" }
  | { kind: "sentence" }
  | { kind: "filler" }
  | { kind: "unknown"; text: string };

/** A stretch of tokens that one rule read; `end` is the place after it. */
export type Part = Content & { start: number; end: number; doubts: Review[] };

export const part = (start: number, end: number, content: Content, doubts: Review[] = []): Part => ({
  ...content,
  start,
  end,
  doubts,
});

export const notUnderstood = (words: readonly string[]): Review => ({
  code: "directions_not_understood",
  message: `Not all of the directions was understood: "${words.join(" ")}". Read them on the label.`,
  readings: [...new Set(words)],
});

export const conflict = (text: string): Review => ({
  code: "directions_conflict",
  message: `The directions say two things about ${text}. Read them on the label.`,
});

/**
 * The most of a unit that any common direction asks for at once: 60 g of resin, 4 L of a bowel preparation by
 * 240 mL, 20 tablets of methotrexate or prednisone, 100 units of U-500 insulin by the syringe and more by the pen.
 */
const MOST_AT_ONCE: Readonly<Record<string, number>> = {
  g: 60,
  L: 4,
  mL: 500,
  tablet: 20,
  capsule: 20,
  puff: 12,
  drop: 20,
  unit: 300,
  teaspoon: 6,
  tablespoon: 4,
  patch: 4,
};

/** A dose beyond that is a misprint first: "500 g" for "500 mg". */
export function tooMuch(dose: DoseAmount | undefined): Review[] {
  const amount = dose?.high ?? dose?.low;
  const most = MOST_AT_ONCE[dose?.unit ?? ""];
  if (amount === undefined || most === undefined || amount <= most) return [];
  const raw = `${amount} ${dose?.unit}`;
  return [
    {
      code: "directions_large_dose",
      message: `The directions ask for ${raw} at once, which is unusually much. Check the number and the unit on the label.`,
      readings: [raw],
    },
  ];
}

/** A code that safety bodies ask nobody to write, with what its entry in the vocabulary warns of. */
export const unsafeAbbreviation = (raw: string, warn: string | undefined): Review[] =>
  warn === undefined
    ? []
    : [
        {
          code: "directions_unsafe_abbreviation",
          message: `${warn.charAt(0).toUpperCase()}${warn.slice(1)}. Check the directions on the label.`,
          readings: [raw],
        },
      ];

export const ambiguous = (raw: string, because: string): Review => ({
  code: "directions_ambiguous",
  message: `"${raw}" in the directions: ${because}. Ask the prescriber or the pharmacist.`,
  readings: [raw],
});
