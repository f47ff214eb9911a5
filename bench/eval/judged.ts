import judged from "./judged.json" with { type: "json" };

/** What printed directions mean was judged by hand, in judged.json, where a corpus does not say it itself. */

const ends = Object.entries(judged.schedules).toSorted(([a], [b]) => b.length - a.length);

/** The schedule of directions whose end was judged, in the contract's plain words. */
export function judgedSchedule(instructions: string): string | undefined {
  const said = instructions.toUpperCase();
  return ends.find(([end]) => said.endsWith(` ${end}`))?.[1];
}

/** Whether these directions for this drug and strength were judged to be over its usual most a day. */
export function isJudgedOver(fields: Partial<Record<string, string | number>>): boolean {
  return judged.over_maximum.some(({ name, dosage, instructions }) =>
    Object.entries({ name, dosage, instructions }).every(
      ([field, value]) => String(fields[field] ?? "").toUpperCase() === value,
    ),
  );
}
