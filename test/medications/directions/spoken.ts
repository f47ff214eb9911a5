import fc from "fast-check";

/** What a direction says, to be put into words in several styles and read back. */
export type Said = {
  verb: string;
  /** One of the unit, more than one, and its code. */
  unit: { name: string; many: string; code: string };
  low: number;
  high?: number;
  route?: { words: string; code: string };
  times:
    | { kind: "a day"; count: number }
    | { kind: "every hours"; low: number; high?: number }
    | { kind: "every days"; days: number }
    | { kind: "a week"; count: number }
    | { kind: "at"; when: "MORN" | "HS" | "NIGHT" | "EVE" };
  food?: boolean;
  reason?: string;
  duration?: { value: number; unit: "day" | "week" };
  max?: number;
};

const ORAL = { words: "by mouth", code: "po" };
const THINGS = [
  {
    verb: "Take",
    unit: { name: "tablet", many: "tablets", code: "tab" },
    route: ORAL,
    doses: [0.5, 1, 1.5, 2, 3],
  },
  { verb: "Take", unit: { name: "capsule", many: "capsules", code: "cap" }, route: ORAL, doses: [1, 2, 3] },
  { verb: "Give", unit: { name: "mL", many: "mL", code: "mL" }, route: ORAL, doses: [2.5, 5, 7.5, 10, 15] },
  { verb: "Inhale", unit: { name: "puff", many: "puffs", code: "puff" }, doses: [1, 2] },
  {
    verb: "Inject",
    unit: { name: "unit", many: "units", code: "units" },
    route: { words: "under the skin", code: "subq" },
    doses: [4, 10, 12, 25],
  },
  {
    verb: "Insert",
    unit: { name: "suppository", many: "suppositories", code: "supp" },
    route: { words: "rectally", code: "pr" },
    doses: [1],
  },
] as const;

const times: fc.Arbitrary<Said["times"]> = fc.oneof(
  fc.record({ kind: fc.constant("a day" as const), count: fc.constantFrom(1, 2, 3, 4) }),
  fc
    .record({ low: fc.constantFrom(2, 4, 6, 8, 12), more: fc.constantFrom(0, 0, 2) })
    .map(({ low, more }) => ({
      kind: "every hours" as const,
      low,
      ...(more > 0 ? { high: low + more } : {}),
    })),
  fc.record({ kind: fc.constant("every days" as const), days: fc.constantFrom(2, 3) }),
  fc.record({ kind: fc.constant("a week" as const), count: fc.constantFrom(1, 2, 3) }),
  fc.record({ kind: fc.constant("at" as const), when: fc.constantFrom("MORN", "HS", "NIGHT", "EVE") }),
);

/** Any direction that can be said without doubt. */
export const said: fc.Arbitrary<Said> = fc
  .record(
    {
      thing: fc.constantFrom(...THINGS),
      dose: fc.nat(4),
      more: fc.boolean(),
      times,
      food: fc.boolean(),
      reason: fc.constantFrom("pain", "fever", "nausea or vomiting", "shortness of breath"),
      duration: fc.record({ value: fc.constantFrom(3, 5, 7, 10), unit: fc.constantFrom("day", "week") }),
      max: fc.constantFrom(6, 8),
    },
    { requiredKeys: ["thing", "dose", "more", "times"] },
  )
  .map(({ thing, dose, more, times, food, reason, duration, max }) => {
    const low = thing.doses[dose % thing.doses.length] ?? 1;
    const range = more && Number.isInteger(low) && thing.unit.name !== "suppository";
    return {
      verb: thing.verb,
      unit: thing.unit,
      low,
      ...(range ? { high: low + 1 } : {}),
      ...("route" in thing ? { route: thing.route } : {}),
      times,
      ...(food && thing.verb === "Take" && times.kind === "a day" ? { food } : {}),
      ...(reason ? { reason } : {}),
      ...(duration ? { duration } : {}),
      ...(max ? { max } : {}),
    };
  });

const WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
const word = (value: number) => WORDS[value] ?? String(value);
const COUNTS = ["", "once", "twice", "three times", "four times"];

const amount = (value: number) =>
  value === 0.5 ? "1/2" : Number.isInteger(value) || value > 2 ? String(value) : `${Math.floor(value)} 1/2`;

const list = (parts: (string | number | undefined | false)[]) => parts.filter(Boolean).join(" ");
const span = (low: number, high: number | undefined, joint: string) =>
  high === undefined ? `${low}` : `${low}${joint}${high}`;

function usTimes(times: Said["times"]): string {
  switch (times.kind) {
    case "a day":
      return `${COUNTS[times.count]} daily`;
    case "every hours":
      return `every ${span(times.low, times.high, " to ")} hours`;
    case "every days":
      return times.days === 2 ? "every other day" : `every ${times.days} days`;
    case "a week":
      return `${COUNTS[times.count]} weekly`;
    case "at":
      return {
        MORN: "every morning",
        HS: "every day at bedtime",
        NIGHT: "every night",
        EVE: "every evening",
      }[times.when];
  }
}

function ukTimes(times: Said["times"]): string {
  switch (times.kind) {
    case "a day":
      return `${COUNTS[times.count]?.toUpperCase()} a day`;
    case "every hours":
      return `every ${span(times.low, times.high, "-")} hours`;
    case "every days":
      return times.days === 2 ? "on alternate days" : `every ${word(times.days)} days`;
    case "a week":
      return `${COUNTS[times.count]?.toUpperCase()} a week`;
    case "at":
      return { MORN: "each morning", HS: "each day at bedtime", NIGHT: "each night", EVE: "each evening" }[
        times.when
      ];
  }
}

function codeTimes(times: Said["times"]): string {
  switch (times.kind) {
    case "a day":
      return ["", "daily once", "bid", "tid", "qid"][times.count] ?? "";
    case "every hours":
      return `q${span(times.low, times.high, "-")}h`;
    case "every days":
      return `q${times.days}d`;
    case "a week":
      return ["", "once weekly", "biw", "tiw"][times.count] ?? "";
    case "at":
      return { MORN: "qam", HS: "qhs", NIGHT: "nightly", EVE: "qpm" }[times.when];
  }
}

/** The styles of US labels, UK labels and prescribers. */
export const STYLES: Record<string, (said: Said) => string> = {
  "a US label": ({ verb, unit, low, high, route, times, food, reason, duration, max }) =>
    list([
      verb,
      high ? `${low}-${high}` : amount(low),
      (high ?? low) > 1 ? unit.many : unit.name,
      route?.words,
      usTimes(times),
      food && "with food",
      reason && `as needed for ${reason}`,
      duration && `for ${duration.value} ${duration.unit}s.`,
      max && `Max ${max} ${unit.many} in 24 hours`,
    ]).toUpperCase(),
  "a UK label": ({ verb, unit, low, high, route, times, food, reason, duration, max }) =>
    list([
      verb,
      Number.isInteger(low) ? word(low).toUpperCase() : amount(low),
      high && `or ${word(high).toUpperCase()}`,
      (high ?? low) > 1 ? unit.many : unit.name,
      route?.words,
      ukTimes(times),
      food && "with food",
      reason && `when required for ${reason}`,
      duration && `for ${word(duration.value)} ${duration.unit}s.`,
      max && `Do not take more than ${max} ${unit.many} in 24 hours`,
    ]),
  "a prescriber": ({ unit, low, high, route, times, food, reason, duration, max }) =>
    list([
      high ? `${low}-${high}` : String(low),
      unit.code,
      route?.code,
      codeTimes(times),
      food && "with food",
      reason && `prn ${reason}`,
      duration && `x ${duration.value}${duration.unit === "day" ? "d" : "wk"}`,
      max && `max ${max} ${unit.code}/24h`,
    ]),
};

/** The same in the notation of `compact`. */
export function meant({ unit, low, high, route, times, food, reason, duration, max }: Said): string {
  const how = {
    "a day": () => `${times.kind === "a day" ? times.count : ""}/d`,
    "every hours": () => (times.kind === "every hours" ? `1/${span(times.low, times.high, "-")}h` : ""),
    "every days": () => (times.kind === "every days" ? `1/${times.days}d` : ""),
    "a week": () => `${times.kind === "a week" ? times.count : ""}/wk`,
    at: () => (times.kind === "at" ? `1/d; [${times.when}]` : ""),
  }[times.kind]();
  return [
    `${span(low, high, "-")} ${unit.name}`,
    route?.words ?? "by inhalation",
    how,
    food && "[C]",
    duration && `for ${duration.value}${duration.unit === "day" ? "d" : "wk"}`,
    reason && `prn ${reason}`,
    max && `max ${max} ${unit.name}/24h`,
  ]
    .filter(Boolean)
    .join("; ");
}
