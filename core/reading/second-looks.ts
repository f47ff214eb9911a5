import type { Line } from "../../contract/reading.ts";
import type { Band } from "./geometry.ts";
import { inReadingOrder } from "./order.ts";
import type { SeenLine } from "./reader.ts";
import type { Opinion } from "./second-reader.ts";

/** Puts questions to the second reader while the first one still reads. */
export type SecondLooks = {
  /** Asks about those of the lines so far that decide something; what was asked before is not asked again. */
  ask(soFar: SeenLine[]): void;
  /** The lines in reading order, with the second reader's view of those that decide something. */
  finish(all: SeenLine[]): Promise<Line[]>;
  /** Waits for what was asked, however it ends. */
  settle(): Promise<void>;
};

/**
 * `deciding` answers, for lines in reading order, the indexes of those that decide something. What it says of all lines
 * counts; what it says earlier only starts work that would be done later, on a core that would wait.
 */
export function startSecondLooks({
  deciding,
  readBand,
  asLine,
}: {
  deciding: (lines: Line[]) => number[];
  readBand: (band: Band) => Promise<Opinion>;
  asLine: (line: SeenLine) => Line;
}): SecondLooks {
  const asked = new Map<Band, Promise<Opinion>>();

  function look(seen: SeenLine[]): { lines: Line[]; opinions: { line: Line; opinion: Promise<Opinion> }[] } {
    const ordered = inReadingOrder(seen);
    const lines = ordered.map(asLine);
    const opinions = [...new Set(deciding(lines))].flatMap((i) => {
      const [line, band] = [lines[i], ordered[i]?.band];
      return line && band ? [{ line, opinion: opinionOn(band) }] : [];
    });
    return { lines, opinions };
  }

  function opinionOn(band: Band): Promise<Opinion> {
    const known = asked.get(band) ?? readBand(band);
    if (!asked.has(band)) {
      // Whoever needs it sees how it fails; until then nobody may wait for it.
      known.catch(() => {});
      asked.set(band, known);
    }
    return known;
  }

  return {
    ask(soFar) {
      look(soFar);
    },
    async finish(all) {
      const { lines, opinions } = look(all);
      for (const { line, opinion } of opinions) line.second = await opinion;
      return lines;
    },
    async settle() {
      await Promise.allSettled(asked.values());
    },
  };
}
