/**
 * How often a prescriber says a drug is taken: in words, as the contract's `schedule` has it, and as doses a day.
 * `code`: the same in the codes of prescriptions.
 */
export type Times = {
  words: string;
  schedule: string;
  dosesADay: number;
  code: { words: string; schedule: string };
};

type Saying = readonly [words: string, schedule: string];
type Spoken = { dosesADay: number; said: readonly Saying[]; code: Saying };

const hours = (each: number): Spoken => ({
  dosesADay: Math.ceil(24 / each),
  said: [[`every ${each} hours`, `Every ${each} hours`]],
  code: [`Q${each}H`, `Every ${each} hours`],
});

/** By the codes of usual-directions.txt. */
const spoken: Readonly<Record<string, Spoken>> = {
  "1": {
    dosesADay: 1,
    said: [
      ["once daily", "Once daily"],
      ["daily", "Once daily"],
      ["once a day", "Once daily"],
      ["every day", "Once daily"],
    ],
    code: ["QD", "Once daily"],
  },
  m: {
    dosesADay: 1,
    said: [
      ["every morning", "Every morning"],
      ["in the morning", "In the morning"],
    ],
    code: ["QAM", "Every morning"],
  },
  b: {
    dosesADay: 1,
    said: [
      ["at bedtime", "At bedtime"],
      ["every night at bedtime", "Every night at bedtime"],
      ["at night", "At night"],
    ],
    code: ["QHS", "Every night at bedtime"],
  },
  "2": {
    dosesADay: 2,
    said: [
      ["twice daily", "Twice daily"],
      ["2 times a day", "Twice daily"],
      ["twice a day", "Twice daily"],
      ["every 12 hours", "Every 12 hours"],
      ["in the morning and at bedtime", "In the morning and at bedtime"],
    ],
    code: ["BID", "Twice daily"],
  },
  "3": {
    dosesADay: 3,
    said: [
      ["three times a day", "Three times daily"],
      ["3 times daily", "Three times daily"],
      ["every 8 hours", "Every 8 hours"],
    ],
    code: ["TID", "Three times daily"],
  },
  "4": {
    dosesADay: 4,
    said: [
      ["four times a day", "Four times daily"],
      ["4 times daily", "Four times daily"],
      ["every 6 hours", "Every 6 hours"],
    ],
    code: ["QID", "Four times daily"],
  },
  "6h": hours(6),
  "8h": hours(8),
  "12h": hours(12),
  "72h": hours(72),
  "4-6h": {
    dosesADay: 6,
    said: [["every 4 to 6 hours", "Every 4 to 6 hours"]],
    code: ["Q4-6H", "Every 4 to 6 hours"],
  },
  w: {
    dosesADay: 1,
    said: [
      ["once weekly", "Once a week"],
      ["once a week", "Once a week"],
      ["every week", "Once a week"],
    ],
    code: ["once weekly", "Once a week"],
  },
  ww: { dosesADay: 1, said: [["twice a week", "Twice a week"]], code: ["twice a week", "Twice a week"] },
  mo: { dosesADay: 1, said: [["once a month", "Once a month"]], code: ["once a month", "Once a month"] },
};

/** British labels say a few of them in their own way. */
const british: Readonly<Record<string, readonly Saying[]>> = {
  "1": [
    ["ONCE a day", "Once daily"],
    ["each day", "Once daily"],
    ["daily", "Once daily"],
  ],
  m: [["in the morning", "In the morning"]],
  b: [["at night", "At night"]],
  "2": [["TWICE a day", "Twice daily"]],
  "3": [["THREE times a day", "Three times daily"]],
  "4": [["FOUR times a day", "Four times daily"]],
};

/** Every way to say a code of usual-directions.txt; as needed with its reason where there is one. */
export function timesOf(code: string, region: "us" | "uk" | "ca", reason: string): Times[] {
  const asNeeded = code.endsWith("n");
  const plain = asNeeded ? code.slice(0, -1) : code;
  const found = spoken[plain];
  if (!found) throw new Error(`usual-directions.txt: how often is "${code}"?`);
  const said = (region === "uk" ? british[plain] : undefined) ?? found.said;
  const tail = asNeeded ? ` as needed${reason && ` for ${reason}`}` : "";
  return said.map(([words, schedule]) => ({
    words: words + tail,
    schedule: schedule + tail,
    dosesADay: found.dosesADay,
    code: {
      words: found.code[0] + (asNeeded ? ` PRN${reason && ` ${reason}`}` : ""),
      schedule: found.code[1] + tail,
    },
  }));
}
