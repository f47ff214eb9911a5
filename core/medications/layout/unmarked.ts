import type { Found, KindedSegment } from "./label-parts.ts";

/** Fewer figures are a count or a house, more a telephone or a barcode. */
const bareNumber = /^\d{6,8}$/;

/** 20261123 and 11232026 are days. */
const dateLike = /^(?:(?:19|20)\d\d[01]\d[0-3]\d|[0-3]\d[0-3]\d(?:19|20)\d\d)$/;

/** The kinds of part that stand on every label, under the prescription's number. */
const about = new Set(["drug", "directions"]);

/**
 * A number that stands alone above the drug or its directions, on a label that has no other like it: a prescription's
 * number whose "#" was not read, or another number. Shown, never trusted.
 */
export function unmarkedNumber(
  parts: readonly KindedSegment[],
  texts: readonly string[],
): Found<string> | null {
  const last = parts.findLastIndex(({ kind }) => about.has(kind));
  const bare = parts.flatMap(({ segment }, order) => {
    const value = (texts[segment.line] ?? "").trim();
    const alone = segment.heading === null && bareNumber.test(value) && !dateLike.test(value);
    return alone ? [{ value, start: segment.start, end: segment.end, line: segment.line, order }] : [];
  });
  const [only, ...more] = bare;
  return only && more.length === 0 && only.order < last ? only : null;
}

/** Two or three words with capitals, nothing else: "Rasmussen Wilfred". */
const personLike = /^\p{Lu}[\p{L}'’-]+(?:,? \p{Lu}[\p{L}'’.-]*){1,2}$/u;

/**
 * The name that heads a typed prescription, over an address or a telephone: its prescriber, where the patient is named
 * elsewhere and the letters behind the name were not read. Shown, never trusted.
 */
export function unmarkedPrescriber(
  parts: readonly KindedSegment[],
  texts: readonly string[],
): Found<string> | null {
  const [first, second] = parts;
  if (first?.kind !== "other" || (second?.kind !== "address" && second?.kind !== "phone")) return null;
  const { line, start, end, words } = first.segment;
  const value = (texts[line] ?? "").trim();
  const prescribed = parts.some(({ segment }) => segment.heading === "directions");
  const patient = parts.some(({ segment }) => segment.heading === "patient");
  if (!prescribed || !patient || !personLike.test(value) || words.some((word) => word.kind === "number"))
    return null;
  return { value, start, end, line, order: 0 };
}
