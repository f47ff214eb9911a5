import type { LexiconEntry } from "./entry.ts";

/**
 * The project's own entries with what a full lexicon adds: names of its own, RXCUIs, and strengths and forms that the
 * own entry lacks. What the own entry says of ingredients and daily maximum stands.
 */
export function mergeLexicons(own: readonly LexiconEntry[], full: readonly LexiconEntry[]): LexiconEntry[] {
  const merged = new Map(own.map((entry) => [nameKey(entry), entry]));
  for (const entry of full) {
    const key = nameKey(entry);
    const ours = merged.get(key);
    merged.set(key, ours === undefined ? entry : joinEntries(ours, entry));
  }
  return [...merged.values()];
}

/** Combinations are the same whatever the order of their ingredients. */
function nameKey({ name }: LexiconEntry): string {
  return name.toLowerCase().split("/").sort().join("/");
}

function joinEntries(ours: LexiconEntry, theirs: LexiconEntry): LexiconEntry {
  return {
    ...ours,
    forms: union(ours.forms, theirs.forms),
    routes: union(ours.routes, theirs.routes),
    strengths: union(ours.strengths, theirs.strengths),
    ...(theirs.rxcui === undefined ? {} : { rxcui: theirs.rxcui }),
  };
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])];
}
