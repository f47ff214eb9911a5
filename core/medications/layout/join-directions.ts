import type { KindedSegment } from "./label-parts.ts";
import { below, type Places, seenTogether } from "./places.ts";
import { directionShare, isConnector, isCount, isTime, opensDirections, spoken } from "./word-kinds.ts";
import { fold, type Word } from "./words.ts";

/** Directions over one or more lines, in reading order. */
export type DirectionSet = { parts: KindedSegment[] };

/** A line under directions goes on with them when more than this share of its words are directions' words. */
const goesOnShare = 0.6;

/** "Take with or just after food": advice printed under directions, with neither an amount nor a time of its own. */
function onlyAdvises({ segment: { words } }: KindedSegment): boolean {
  return opensDirections(words) && !words.some(saysAmountOrTime);
}

function saysHowMuchOrWhen({ segment: { words } }: KindedSegment): boolean {
  return words.some(saysAmountOrTime);
}

function saysAmountOrTime(word: Word): boolean {
  return word.kind === "number" || isCount(word) || isTime(word);
}

/** "rhythm" under "... for heart": one small word, where people's names have capitals. */
function endsPurpose(above: KindedSegment, { segment: { words } }: KindedSegment): boolean {
  const ending = spoken(above.segment.words).slice(-lastWordsOfPurpose);
  return (
    words.length === 1 &&
    /^\p{Ll}+$/u.test(words[0]?.text ?? "") &&
    ending.some((word) => word.folded === FOR)
  );
}

/** How near to a line's end its "for" stands where the purpose goes on below. */
const lastWordsOfPurpose = 3;
const FOR = fold("for");

/** Whether a line under `above` goes on with its directions. */
function goesOn(above: KindedSegment, under: KindedSegment): boolean {
  if (under.segment.heading) return false;
  if (under.kind === "directions") return !onlyAdvises(under);
  if (under.kind !== "other") return false;
  const lastWord = spoken(above.segment.words).at(-1);
  // "32" alone under them counts what is in the pack.
  if (under.segment.words.length === 1 && under.segment.words[0]?.kind === "number" && !isConnector(lastWord))
    return false;
  const [firstWord] = spoken(under.segment.words);
  const carriedOn = isConnector(lastWord) || isConnector(firstWord) || endsPurpose(above, under);
  return carriedOn || directionShare(under.segment.words) > goesOnShare;
}

/**
 * Joins the lines of each set of directions. A set begins with a line of directions or under a heading ("Sig:"), and
 * goes on with the lines right below it that speak like directions.
 */
function setsOf(parts: readonly KindedSegment[], places: Places): DirectionSet[] {
  const firstOfLine = new Map<number, KindedSegment>();
  for (const part of parts) if (!firstOfLine.has(part.segment.line)) firstOfLine.set(part.segment.line, part);
  const used = new Set<KindedSegment>();
  return parts.flatMap((start) => {
    if (start.kind !== "directions" || used.has(start)) return [];
    const set = [start];
    used.add(start);
    for (;;) {
      const last = set.at(-1) ?? start;
      const next = onTheSameLine(parts, last) ?? firstOfLine.get(lineUnder(places, last.segment.line));
      if (!next || used.has(next)) break;
      const sameLine = next.segment.line === last.segment.line;
      if (sameLine ? next.kind !== "directions" : !goesOn(last, next)) break;
      set.push(next);
      used.add(next);
    }
    const said = set.filter((part) => part.segment.words.length > 0);
    return said.length > 0 ? [{ parts: said }] : [];
  });
}

function onTheSameLine(parts: readonly KindedSegment[], last: KindedSegment): KindedSegment | undefined {
  const next = parts[parts.indexOf(last) + 1];
  return next?.segment.line === last.segment.line && next.kind === "directions" ? next : undefined;
}

/** The line below; where no photo shows this line and the next one together, the next one. */
function lineUnder(places: Places, line: number): number {
  const under = below(places, line);
  return under === -1 && line + 1 < places.length && !seenTogether(places, line, line + 1) ? line + 1 : under;
}

/** The sets of directions on a label. Advice is left out where there are directions that say how much or when. */
export function joinDirections(parts: readonly KindedSegment[], places: Places): DirectionSet[] {
  const sets = setsOf(parts, places);
  const advises = ({ parts: [first, ...more] }: DirectionSet) =>
    first !== undefined && onlyAdvises(first) && !more.some(saysHowMuchOrWhen);
  const directing = sets.filter((set) => !advises(set));
  return directing.length > 0 ? directing : sets;
}
