import type { Part } from "./parts.ts";
import type { Words } from "./words.ts";

/** Reads what stands at a place, given what was read before it; nothing when it does not apply. */
export type Rule = (words: Words, at: number, before: readonly Part[]) => Part | undefined;

/** Has this kind of thing been read already? */
export const has = (parts: readonly Part[], ...kinds: Part["kind"][]) =>
  parts.some((one) => kinds.includes(one.kind));

const SAYS_NOTHING = new Set<Part["kind"]>(["filler", "comma"]);

/** The last part that said something. */
export const lastOf = (parts: readonly Part[]): Part | undefined =>
  parts.findLast((one) => !SAYS_NOTHING.has(one.kind));
