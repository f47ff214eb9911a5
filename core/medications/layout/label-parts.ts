import { type DrugLine, drugLineOf, formIn, type Span } from "./drug-line.ts";
import type { Kind } from "./headings.ts";
import { type DirectionSet, joinDirections } from "./join-directions.ts";
import { kindOf } from "./kinds.ts";
import { below, type Places, placesOf, rightOf } from "./places.ts";
import { type Segment, segmentsOf } from "./segments.ts";
import { splitDirections } from "./split-directions.ts";
import { strengthsIn } from "./strength.ts";
import { unmarkedNumber, unmarkedPrescriber } from "./unmarked.ts";
import { countIn, numberIn, prescriberIn } from "./values.ts";
import type { LineLike } from "./whole-line.ts";
import { isOften, namesSomething } from "./word-kinds.ts";

/** A segment and what it is about. */
export type KindedSegment = { segment: Segment; kind: Kind };

/** A value that was found: the line that bears it, where it stands there, and its place in the label's order. */
export type Found<T> = Span<T> & { line: number; order: number };

/** A number that was found, whether a letter had to be taken for a digit, and whether a heading says what it counts. */
export type FoundCount = Found<number> & { repaired: boolean; headed: boolean };

/** Words that may name a drug, with the strength, form and quantity on their line, beside it or under it. */
export type Mention = {
  order: number;
  line: number;
  /** Its part of the line. */
  start: number;
  end: number;
  kind: Kind;
  name: Span<string> | null;
  strength: (Found<string> & { repaired: string | null }) | null;
  form: Found<string> | null;
  quantity: Found<number> | null;
};

/** What was found where on a label, before any of it is looked up. Each list in the label's order. */
export type LabelParts = {
  mentions: Mention[];
  directions: (DirectionSet & { order: number })[];
  quantities: FoundCount[];
  /** What stands under a heading for the quantity, where no number can be read there. */
  unreadQuantity: string | null;
  refills: FoundCount[];
  rxNumbers: Found<string>[];
  prescribers: Found<string>[];
  /** Whether a line that is no directions says how often or at what time of day. */
  saysWhen: boolean;
  /** What may be the prescription's number and the prescriber, where nothing on the label says which they are. */
  unmarked: { rxNumber: Found<string> | null; prescriber: Found<string> | null };
  equivalents: Found<string>[];
  /** Forms that stand apart from a drug: those in a corner or beside a quantity first, then those in directions. */
  forms: Found<string>[];
};

/** The values of every field of a kind, read on its own line or, from a heading alone, right of it or under it. */
function fieldsOf<T extends object>(
  kind: Kind,
  parts: readonly KindedSegment[],
  places: Places,
  read: (segment: Segment) => T | null,
): (T & { line: number; order: number })[] {
  return parts.flatMap(({ segment, kind: own }, order) => {
    if (own !== kind) return [];
    const here = read(segment);
    if (here) return [{ ...here, line: segment.line, order }];
    if (segment.words.length > 0) return [];
    for (const line of [rightOf(places, segment.line), below(places, segment.line)]) {
      const beside = parts.find((part) => part.segment.line === line)?.segment;
      const value = beside && !beside.heading ? read(beside) : null;
      if (value) return [{ ...value, line, order }];
    }
    return [];
  });
}

/** The kinds of segment whose words may name a drug. */
const naming = new Set<Kind>(["drug", "other", "pharmacy"]);

function mentionOf(
  at: number,
  parts: readonly KindedSegment[],
  texts: readonly string[],
  places: Places,
): Mention[] {
  const part = parts[at];
  if (!part || !naming.has(part.kind)) return [];
  const { segment, kind } = part;
  const { line } = segment;
  const drug: DrugLine = drugLineOf(segment.words, texts[line] ?? "");
  // Before a strength stands a name however short it is: "KCL 20 MEQ".
  const named = namesSomething(segment.words) || (kind === "drug" && drug.strength !== null);
  if (!drug.name || !named) return [];
  const on = <T extends object>(found: T | null, where: number) =>
    found && { ...found, line: where, order: at };
  const spanOf = (found: DrugLine["strength"]) =>
    found && { value: found.text, start: found.start, end: found.end, repaired: found.repaired };
  const mention: Mention = {
    order: at,
    line,
    start: segment.start,
    end: segment.end,
    kind,
    name: drug.name,
    strength: on(spanOf(drug.strength), line),
    form: on(drug.form, line),
    quantity: on(drug.quantity, line),
  };
  for (const where of [rightOf(places, line), below(places, line)]) {
    for (const beside of parts.filter((other) => other.segment.line === where)) {
      const { words, heading } = beside.segment;
      if (heading && heading !== "strength" && heading !== "form") continue;
      if (beside.kind === "strength") {
        const first = strengthsIn(words)[0];
        if (!mention.strength && first) mention.strength = on(spanOf(first), where);
        mention.form ??= on(formIn(words), where);
      } else if (beside.kind === "form" || beside.kind === "quantity") {
        mention.form ??= on(formIn(words), where);
      }
    }
  }
  mention.quantity ??= on(countBeside(parts, rightOf(places, line)), rightOf(places, line));
  return [mention];
}

/** A whole number that stands alone beside a drug's line: how many there are. */
function countBeside(parts: readonly KindedSegment[], line: number): Span<number> | null {
  const beside = parts.filter((part) => part.segment.line === line);
  const [word] = beside[0]?.segment.words ?? [];
  if (beside.length !== 1 || beside[0]?.segment.heading || beside[0]?.segment.words.length !== 1) return null;
  return word && word.value !== null && Number.isInteger(word.value)
    ? { value: word.value, start: word.start, end: word.end }
    : null;
}

function isHeaded(part: KindedSegment | undefined, kind: Kind): boolean {
  return part?.segment.heading === kind || part?.segment.words[0]?.text === "#";
}

/** The words under a heading that has figures in its value, none of them a number. */
function unreadUnder(kind: Kind, parts: readonly KindedSegment[], texts: readonly string[]): string | null {
  const under = parts.find(({ segment }) => segment.heading === kind && segment.words.length > 0)?.segment;
  const value = under && (texts[under.line] ?? "").slice(under.start, under.end);
  return value && /\d/.test(value) ? value : null;
}

/** The kinds of line that directions end up as when their first words were misread. */
const mayHoldDirections = new Set<Kind>(["drug", "other", "quantity", "address", "pharmacy"]);

function saysWhenElsewhere(parts: readonly KindedSegment[]): boolean {
  return parts.some(
    ({ segment, kind }) =>
      mayHoldDirections.has(kind) && segment.heading === null && segment.words.some(isOften),
  );
}

/** Finds the drug lines, the directions and the other fields of a label, by words and by place. */
export function labelParts(lines: readonly LineLike[]): LabelParts {
  const texts = lines.map((line) => line.text);
  const places = placesOf(lines);
  const parts = texts
    .flatMap((text, line) => segmentsOf(text, line))
    .flatMap(splitDirections)
    .map((segment) => ({ segment, kind: kindOf(segment, texts[segment.line] ?? "") }));
  const text = (segment: Segment) => texts[segment.line] ?? "";
  const counts = (kind: "quantity" | "refills") =>
    fieldsOf(kind, parts, places, (segment) => countIn(segment.words)).map((found) => ({
      ...found,
      // "#16" says itself that it counts what was dispensed.
      headed: isHeaded(parts[found.order], kind),
    }));
  const quantities = counts("quantity");
  const headedQuantities = quantities.filter(({ order }) => parts[order]?.segment.heading);
  const rxNumbers = fieldsOf("rx_number", parts, places, (segment) => numberIn(segment, text(segment)));
  const prescribers = fieldsOf("prescriber", parts, places, (segment) =>
    prescriberIn(segment, text(segment)),
  );
  return {
    mentions: parts.flatMap((_, at) => mentionOf(at, parts, texts, places)),
    directions: joinDirections(parts, places).map((set) => ({
      ...set,
      order: set.parts[0] ? parts.indexOf(set.parts[0]) : 0,
    })),
    quantities: headedQuantities.length > 0 ? headedQuantities : quantities,
    unreadQuantity: quantities.length === 0 ? unreadUnder("quantity", parts, texts) : null,
    refills: counts("refills"),
    saysWhen: saysWhenElsewhere(parts),
    rxNumbers,
    prescribers,
    unmarked: {
      rxNumber: rxNumbers.length === 0 ? unmarkedNumber(parts, texts) : null,
      prescriber: prescribers.length === 0 ? unmarkedPrescriber(parts, texts) : null,
    },
    equivalents: fieldsOf("equivalent", parts, places, (segment) =>
      segment.words.length > 0
        ? { value: text(segment).slice(segment.start, segment.end), start: segment.start, end: segment.end }
        : null,
    ),
    forms: (["form", "quantity", "directions"] as const).flatMap((kind) =>
      fieldsOf(kind, parts, places, (segment) => formIn(segment.words)),
    ),
  };
}
