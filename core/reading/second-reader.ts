import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createWorker, OEM, PSM } from "tesseract.js";
import type { Band } from "./geometry.ts";
import { type Grey, portableGraymap } from "./picture.ts";
import type { Reader, SeenLine } from "./reader.ts";
import { stripOf } from "./strip.ts";

/** Height in pixels of the strips. 40 px reads as well as 56 px, in less time (docs/decisions/0034). */
const STRIP_HEIGHT = 40;

const WIDEST_STRIP = 2000;

/** White around a strip, in pixels: Tesseract drops text that touches the edge. */
const MARGIN = 10;

const LANGUAGE = "eng";

// Without a folder tesseract.js would fetch its trained data from a CDN.
const TRAINED_DATA = join(
  dirname(createRequire(import.meta.url).resolve(`@tesseract.js-data/${LANGUAGE}`)),
  "4.0.0_best_int",
);

export type Opinion = { text: string; confidence: number };

/** Another opinion on lines that were found already. */
export type SecondReader = {
  name: string;
  /** One line, anew; an empty text where it sees none. Lines that are asked for together are read in turn. */
  readBand(picture: Grey, band: Band, signal?: AbortSignal): Promise<Opinion>;
  close(): Promise<void>;
};

/**
 * Tesseract's LSTM (tesseract.js) over the given lines, each straightened into a strip of its own. It shares the lines'
 * places with the first reader and nothing else.
 */
export async function openSecondReader(): Promise<SecondReader> {
  const reader = await openTesseractReader();
  return {
    name: reader.name,
    async readBand(picture, band, signal) {
      const strip = stripOf(picture, band, { height: STRIP_HEIGHT, maxWidth: WIDEST_STRIP });
      return joined(await reader.read(framed(strip), signal ? { signal } : {}));
    },
    close: () => reader.close(),
  };
}

/** A strip with white around it. */
function framed(strip: Grey): Grey {
  const width = strip.width + 2 * MARGIN;
  const height = strip.height + 2 * MARGIN;
  const data = new Uint8Array(width * height).fill(255);
  for (let y = 0; y < strip.height; y += 1) {
    data.set(strip.data.subarray(y * strip.width, (y + 1) * strip.width), (MARGIN + y) * width + MARGIN);
  }
  return { width, height, data };
}

/** One reading of a strip on which several pieces may have been seen; as unsure as the least sure of them. */
function joined(lines: SeenLine[]): Opinion {
  const inOrder = lines.toSorted((a, b) => a.band.centre.x - b.band.centre.x);
  const text = inOrder.map((line) => line.text).join(" ");
  return { text, confidence: text === "" ? 0 : Math.min(...inOrder.map(({ confidence }) => confidence)) };
}

/** Tesseract as a reader of a picture of one level line (`--psm 7`). */
async function openTesseractReader(): Promise<Reader> {
  const worker = await createWorker(LANGUAGE, OEM.LSTM_ONLY, {
    langPath: TRAINED_DATA,
    // Nothing is written: a Lambda's root is read-only.
    cacheMethod: "none",
  });
  await worker.setParameters({ tessedit_pageseg_mode: PSM.SINGLE_LINE });
  return {
    name: "Tesseract LSTM eng best_int (tesseract.js 7.0.0)",
    async read(picture, { signal } = {}) {
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
