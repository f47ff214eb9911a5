import type { LabelLine } from "../../../contract/reading.ts";
import { type DrugLine, drugLineOf, formIn, type Span } from "./drug-line.ts";
import { joinDirections } from "./join-directions.ts";
import { kindOf } from "./kinds.ts";
import { below, type Place, placesOf, rightOf } from "./places.ts";
import { type Segment, segmentsOf } from "./segments.ts";
import { strengthsIn } from "./strength.ts";
import { type Count, countIn, numberIn, prescriberIn } from "./values.ts";
import type { Kind } from "./vocabulary.ts";

/** A value with the line that bears it. */
export type Part<T> = T & { line: number };

/** A drug's line, with what stands beside or under it. */
export type DrugPart = {
  line: number;
  start: number;
  end: number;
  drug: DrugLine;
  strengthLine: number;
  formLine: number;
  quantityLine: number;
};

/** What was found where on a label, before any of it is looked up. */
export type LabelParts = {
  drugs: DrugPart[];
  directions: Segment[][];
  quantity: Part<Count> | null;
  refills: Part<Count> | null;
  rxNumber: Part<Span<string>> | null;
  prescriber: Part<Span<string>> | null;
};

type Kinded = { segment: Segment; kind: Kind };

/** Finds the first field of a kind whose value can be read on its own line, right of it or under it. */
function field<T>(
  kind: Kind,
  parts: readonly Kinded[],
  places: readonly Place[],
  read: (segment: Segment) => T | null,
): Part<T> | null {
  for (const { segment } of parts.filter((part) => part.kind === kind)) {
    const here = read(segment);
    if (here) return { ...here, line: segment.line };
    if (segment.words.length > 0) continue;
    for (const line of [rightOf(places, segment.line), below(places, segment.line)]) {
      const beside = parts.find((part) => part.segment.line === line && !part.segment.heading)?.segment;
      const value = beside ? read(beside) : null;
      if (beside && value) return { ...value, line: beside.line };
    }
  }
  return null;
}

/** A drug's line joined with the strength, form and quantity that stand beside or under it. */
function withNeighbours(
  segment: Segment,
  parts: readonly Kinded[],
  texts: readonly string[],
  places: readonly Place[],
): DrugPart {
  const drug = drugLineOf(segment.words, texts[segment.line] ?? "");
  const part = {
    line: segment.line,
    start: segment.start,
    end: segment.end,
    drug,
    strengthLine: segment.line,
    formLine: segment.line,
    quantityLine: segment.line,
  };
  for (const line of [rightOf(places, segment.line), below(places, segment.line)]) {
    const beside = parts.find((candidate) => candidate.segment.line === line && !candidate.segment.heading);
    if (!beside) continue;
    const words = beside.segment.words;
    if (!drug.strength && (beside.kind === "strength" || beside.kind === "drug")) {
      drug.strength = strengthsIn(words)[0] ?? null;
      part.strengthLine = line;
    }
    if (!drug.form && ["strength", "form", "quantity", "drug"].includes(beside.kind)) {
      drug.form = formIn(words);
      part.formLine = line;
    }
    if (!drug.quantity && beside.kind === "quantity") {
      const count = countIn(words);
      drug.quantity = count;
      part.quantityLine = line;
    }
  }
  return part;
}

/** Finds the drug lines, the directions and the other fields of a label, by words and by place. */
export function labelParts(lines: readonly LabelLine[]): LabelParts {
  const texts = lines.map((line) => line.text);
  const places = placesOf(lines);
  const segments = texts.flatMap((text, line) => segmentsOf(text, line));
  const parts = segments.map((segment) => ({ segment, kind: kindOf(segment, texts[segment.line] ?? "") }));
  const text = (segment: Segment) => texts[segment.line] ?? "";
  return {
    drugs: parts
      .filter((part) => part.kind === "drug")
      .map((part) => withNeighbours(part.segment, parts, texts, places)),
    directions: joinDirections(segments, texts, places).map((set) => set.parts),
    quantity: field("quantity", parts, places, (segment) => countIn(segment.words)),
    refills: field("refills", parts, places, (segment) => countIn(segment.words)),
    rxNumber: field("rx_number", parts, places, (segment) => numberIn(segment, text(segment))),
    prescriber: field("prescriber", parts, places, (segment) => prescriberIn(segment, text(segment))),
  };
}
