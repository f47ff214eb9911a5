import { distance } from "fastest-levenshtein";
import type { LabelLine, Line, PageReading } from "../../contract/reading.ts";

/**
 * Two lines of different photos are the same line of the label when this part of their letters agrees. Lower, two
 * drugs' lines would meet; higher, a blurred photo's line would stand beside its sharp twin as a second line.
 */
const SAME_LINE = 0.75;

/** Shorter texts than this agree by chance. */
const LEAST_LETTERS = 3;

/**
 * Joins the readings of several photos of one label (a bottle turned in the hand) into the label's lines. Each line
 * appears once, in its surest reading; what the other photos showed of it stays in `also`, whether it agrees or
 * not: a reading is never dropped. Lines that only one photo shows keep their place after the line above them.
 */
export function joinPages(readings: PageReading[]): LabelLine[] {
  const joined: LabelLine[] = [];
  readings.forEach((reading, index) => {
    addPage(joined, reading.lines, index + 1);
  });
  return joined;
}

function addPage(joined: LabelLine[], lines: Line[], page: number): void {
  const partners = pairUp(joined, lines);
  let place = joined.length === 0 ? 0 : -1;
  const unplaced: LabelLine[] = [];
  for (const line of lines) {
    const partner = partners.get(line);
    if (partner) {
      const index = joined.indexOf(partner);
      joined[index] = merged(partner, { ...line, page });
      place = index + 1;
    } else if (place < 0) {
      unplaced.push({ ...line, page });
    } else {
      joined.splice(place, 0, { ...line, page });
      place += 1;
    }
  }
  // Lines above the first one that both photos show belong in front of it.
  const firstShared = joined.findIndex(
    (line) => line.page === page || line.also?.some((a) => a.page === page),
  );
  joined.splice(firstShared < 0 ? joined.length : firstShared, 0, ...unplaced);
}

/** Which of a new photo's lines shows which line of the label; the most alike are paired first. */
function pairUp(joined: LabelLine[], lines: Line[]): Map<Line, LabelLine> {
  const pairs = lines
    .flatMap((line) => joined.map((known) => ({ line, known, alike: likeness(line.text, known.text) })))
    .filter(({ alike }) => alike >= SAME_LINE)
    .toSorted((a, b) => b.alike - a.alike);
  const partners = new Map<Line, LabelLine>();
  const taken = new Set<LabelLine>();
  for (const { line, known } of pairs) {
    if (partners.has(line) || taken.has(known)) continue;
    partners.set(line, known);
    taken.add(known);
  }
  return partners;
}

/** One line of two readings: the surer one, with the other (and all that it stood for) in `also`. */
function merged(known: LabelLine, seen: LabelLine): LabelLine {
  const [best, other] = seen.confidence > known.confidence ? [seen, known] : [known, seen];
  const { page, text, confidence, box } = other;
  const also = [...(known.also ?? []), { page, text, confidence, box }];
  return { ...best, also: also.toSorted((a, b) => a.page - b.page) };
}

/** From 0 (nothing alike) to 1 (the same), over letters and digits only. */
function likeness(a: string, b: string): number {
  const [left, right] = [lettersOf(a), lettersOf(b)];
  const longest = Math.max(left.length, right.length);
  if (Math.min(left.length, right.length) < LEAST_LETTERS) return left === right && longest > 0 ? 1 : 0;
  return 1 - distance(left, right) / longest;
}

function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}
