import { directionShare, kindOf } from "./kinds.ts";
import type { Place } from "./places.ts";
import { below } from "./places.ts";
import type { Segment } from "./segments.ts";

/** Directions over one or more lines, in reading order. */
export type Directions = { parts: Segment[] };

/** A line under directions goes on with them when at least this share of its words are directions' words. */
const goesOnShare = 0.5;

/**
 * Joins the lines of each set of directions. A set begins at a line that opens like directions, or under a
 * heading ("Sig:"), and goes on with the lines right below that speak like directions.
 */
export function joinDirections(
  segments: readonly Segment[],
  texts: readonly string[],
  places: readonly Place[],
): Directions[] {
  const sets: Directions[] = [];
  const used = new Set<Segment>();
  const goesOn = (segment: Segment) => {
    const kind = kindOf(segment, texts[segment.line] ?? "");
    if (segment.heading) return false;
    if (kind === "directions") return true;
    return kind === "other" && directionShare(segment.words) >= goesOnShare;
  };
  for (const segment of segments) {
    if (used.has(segment) || kindOf(segment, texts[segment.line] ?? "") !== "directions") continue;
    const parts = segment.words.length > 0 ? [segment] : [];
    used.add(segment);
    for (let at = segment.line; ; ) {
      const next = below(places, at);
      const under = segments.find((candidate) => candidate.line === next);
      if (!under || used.has(under) || !goesOn(under)) break;
      parts.push(under);
      used.add(under);
      at = next;
    }
    if (parts.length > 0) sets.push({ parts });
  }
  return sets;
}
