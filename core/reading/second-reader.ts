import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createWorker, OEM, PSM } from "tesseract.js";
import type { Band } from "./geometry.ts";
import { type Grey, portableGraymap } from "./picture.ts";
import type { Reader, SeenLine } from "./reader.ts";
import { stripOf } from "./strip.ts";

/** Tesseract reads capitals best when they are some 30 px high; a strip's letters fill about half of it. */
const STRIP_HEIGHT = 56;

const WIDEST_STRIP = 2000;

/** White above, below and between stacked strips, in pixels: Tesseract drops text that touches the edge. */
const MARGIN = 12;

const LANGUAGE = "eng";

// Without a folder tesseract.js would fetch its trained data from a CDN.
const TRAINED_DATA = join(
  dirname(createRequire(import.meta.url).resolve(`@tesseract.js-data/${LANGUAGE}`)),
  "4.0.0_best_int",
);

/** Another opinion on lines that were found already. */
export type SecondReader = {
  name: string;
  /** Answers one reading for each band, in their order; an empty text where it sees none. */
  readBands(
    picture: Grey,
    bands: Band[],
    signal?: AbortSignal,
  ): Promise<{ text: string; confidence: number }[]>;
  close(): Promise<void>;
};

/**
 * Tesseract's LSTM (tesseract.js) over the given lines, straightened and stacked into one picture: one call costs
 * less than one for each line. It shares the lines' places with the first reader and nothing else.
 */
export async function openSecondReader(): Promise<SecondReader> {
  const reader = await openTesseractReader();
  return {
    name: reader.name,
    async readBands(picture, bands, signal) {
      if (bands.length === 0) return [];
      const strips = bands.map((band) =>
        stripOf(picture, band, { height: STRIP_HEIGHT, maxWidth: WIDEST_STRIP }),
      );
      const seen = await reader.read(stacked(strips), signal);
      return bands.map((_, place) => joined(seen.filter((line) => slotOf(line) === place)));
    },
    close: () => reader.close(),
  };
}

/** Strips one above another on white. */
function stacked(strips: Grey[]): Grey {
  const slot = STRIP_HEIGHT + MARGIN;
  const width = Math.max(...strips.map((strip) => strip.width)) + 2 * MARGIN;
  const height = strips.length * slot + MARGIN;
  const data = new Uint8Array(width * height).fill(255);
  strips.forEach((strip, place) => {
    for (let y = 0; y < strip.height; y += 1) {
      const row = strip.data.subarray(y * strip.width, (y + 1) * strip.width);
      data.set(row, (MARGIN + place * slot + y) * width + MARGIN);
    }
  });
  return { width, height, data };
}

/** Which strip of the stack a line was seen on. */
function slotOf(line: SeenLine): number {
  return Math.floor((line.band.centre.y - MARGIN / 2) / (STRIP_HEIGHT + MARGIN));
}

/** One reading of a strip on which Tesseract may have seen several pieces; as unsure as the least sure of them. */
function joined(lines: SeenLine[]): { text: string; confidence: number } {
  const inOrder = lines.toSorted((a, b) => a.band.centre.x - b.band.centre.x);
  const text = inOrder.map((line) => line.text).join(" ");
  return { text, confidence: text === "" ? 0 : Math.min(...inOrder.map(({ confidence }) => confidence)) };
}

/** Tesseract as a reader of a whole level picture, one block of text (`--psm 6`). */
export async function openTesseractReader(): Promise<Reader> {
  const worker = await createWorker(LANGUAGE, OEM.LSTM_ONLY, {
    langPath: TRAINED_DATA,
    // Nothing is written: a Lambda's root is read-only.
    cacheMethod: "none",
  });
  await worker.setParameters({ tessedit_pageseg_mode: PSM.SINGLE_BLOCK });
  return {
    name: "Tesseract LSTM eng best_int (tesseract.js 7.0.0)",
    async read(picture, signal) {
      signal?.throwIfAborted();
      const { data } = await worker.recognize(portableGraymap(picture), {}, { text: false, blocks: true });
      const blocks = data.blocks ?? [];
      const lines = blocks.flatMap((block) => block.paragraphs.flatMap((paragraph) => paragraph.lines));
      return lines.map(({ text, confidence, bbox }) => ({
        text: text.trim(),
        confidence: confidence / 100,
        band: levelBand(bbox),
      }));
    },
    async close() {
      await worker.terminate();
    },
  };
}

function levelBand({ x0, y0, x1, y1 }: { x0: number; y0: number; x1: number; y1: number }): Band {
  return {
    centre: { x: (x0 + x1) / 2, y: (y0 + y1) / 2 },
    angle: 0,
    halfLength: (x1 - x0) / 2,
    middle: { constant: 0, slope: 0, bend: 0 },
    halfHeight: { constant: (y1 - y0) / 2, slope: 0, bend: 0 },
  };
}
