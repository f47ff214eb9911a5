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
 * A bottle's edge cuts its lines: one photo shows their beginnings and another their ends. Two lines are parts of one
 * when the end of one agrees with the beginning of the other so well, over so many letters, and over so much of the
 * shorter one.
 */
const SAME_PART = { likeness: 0.8, letters: 6, share: 0.6 };

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

type Pair = { line: Line; known: LabelLine; alike: number };

/** Which of a new photo's lines shows which line of the label: whole lines first, then parts, the most alike first. */
function pairUp(joined: LabelLine[], lines: Line[]): Map<Line, LabelLine> {
  const partners = new Map<Line, LabelLine>();
  const taken = new Set<LabelLine>();
  const pair = (how: (a: string, b: string) => number, least: number) => {
    const pairs = lines
      .filter((line) => !partners.has(line))
      .flatMap((line): Pair[] =>
        joined
          .filter((known) => !taken.has(known))
          .map((known) => ({ line, known, alike: how(line.text, known.text) })),
      )
      .filter(({ alike }) => alike >= least)
      .toSorted((one, other) => other.alike - one.alike);
    for (const { line, known } of pairs) {
      if (partners.has(line) || taken.has(known)) continue;
      partners.set(line, known);
      taken.add(known);
    }
  };
  pair(likeness, SAME_LINE);
  pair(partLikeness, SAME_PART.likeness);
  return partners;
}

/**
 * One line of two readings: the surer one, or the longer one where the other is a part of it; with the other (and all
 * that it stood for) in `also`.
 */
function merged(known: LabelLine, seen: LabelLine): LabelLine {
  const whole = likeness(known.text, seen.text) >= SAME_LINE;
  const seenIsBetter = whole
    ? seen.confidence > known.confidence
    : lettersOf(seen.text).length > lettersOf(known.text).length;
  const [best, other] = seenIsBetter ? [seen, known] : [known, seen];
  const { page, text, confidence, box } = other;
  const also = [...(known.also ?? []), { page, text, confidence, box }];
  return { ...best, also: also.toSorted((a, b) => a.page - b.page) };
}

/** How alike the end of one text and the beginning of the other are, where they lie over each other best: 0 to 1. */
function partLikeness(a: string, b: string): number {
  const [left, right] = [lettersOf(a), lettersOf(b)];
  const shorter = Math.min(left.length, right.length);
  let best = 0;
  for (let length = shorter; length >= Math.max(SAME_PART.letters, SAME_PART.share * shorter); length--) {
    best = Math.max(
      best,
      1 - distance(left.slice(-length), right.slice(0, length)) / length,
      1 - distance(right.slice(-length), left.slice(0, length)) / length,
    );
  }
  return best;
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
