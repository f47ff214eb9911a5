import { readFile } from "node:fs/promises";
import path from "node:path";
import type { UnderstoodMedication } from "../../contract/medications.ts";
import type { PageReading } from "../../contract/reading.ts";
import { type LabelReader, openLabelReader } from "../../core/label-reader.ts";
import { decode } from "../../core/reading/decode.ts";
import { joinPages } from "../../core/reading/join-pages.ts";
import { PhotoRefused } from "../../core/reading/photo-refused.ts";
import type { Grey } from "../../core/reading/picture.ts";
import { readWithTesseract } from "./tesseract-cli.ts";
import type { TruePhoto } from "./truth.ts";

/** What came of one photo. Times in milliseconds. */
export type Measured = {
  photo: TruePhoto;
  text: string;
  medications: UnderstoodMedication[];
  /** Why the photo was not read at all. */
  refused: string | null;
  /** From the decoded picture to fields. */
  ms: number;
  /** From the file's bytes to fields, with the decoding. */
  wholeMs: number;
  /** From lines to medications. */
  understandMs: number;
  tesseract: { text: string; ms: number } | null;
};

/** Reads every photo as the worker does, one after the other; with `vs`, the CLI right after or before each. */
export async function measure(
  folder: string,
  photos: readonly TruePhoto[],
  vs: boolean,
): Promise<Measured[]> {
  const reader = await openLabelReader();
  try {
    const first = photos[0];
    // Kept workers are warm; the first photo of a process pays for what later ones do not.
    if (first) await readOne(reader, [await readFile(path.join(folder, first.file))]);
    const out: Measured[] = [];
    for (const [index, photo] of photos.entries()) {
      out.push(await measureOne(reader, folder, photo, vs, index % 2 === 1));
    }
    return out;
  } finally {
    await reader.close();
  }
}

/** Who goes first alternates, so that neither always finds the processor's caches as it likes them. */
async function measureOne(
  reader: LabelReader,
  folder: string,
  photo: TruePhoto,
  vs: boolean,
  cliFirst: boolean,
): Promise<Measured> {
  const files = await Promise.all(photo.files.map((file) => readFile(path.join(folder, file))));
  const decoded = await decodeAll(files);
  const askCli = async () => (vs ? readAllWithTesseract(decoded.pictures) : null);
  const before = cliFirst ? await askCli() : null;
  const ours = await readOne(reader, files);
  const ms = ours.refused === null ? ours.wholeMs - decoded.ms : ours.wholeMs;
  return { photo, ...ours, ms, tesseract: before ?? (await askCli()) };
}

/**
 * The pictures that the CLI is given, and the milliseconds it took to decode them, which the CLI is not asked to do. The two
 * pictures for people are not taken off: they are made while the networks run. What cannot be decoded is left out: the reader
 * says why.
 */
async function decodeAll(files: readonly Buffer[]): Promise<{ pictures: Grey[]; ms: number }> {
  const started = performance.now();
  const pictures: Grey[] = [];
  for (const bytes of files) {
    try {
      pictures.push((await decode(bytes)).grey);
    } catch (error) {
      if (!(error instanceof PhotoRefused)) throw error;
    }
  }
  return { pictures, ms: performance.now() - started };
}

async function readAllWithTesseract(pictures: readonly Grey[]): Promise<{ text: string; ms: number }> {
  const all = { text: "", ms: 0 };
  for (const picture of pictures) {
    const { text, ms } = await readWithTesseract(picture);
    all.text += `${text}\n`;
    all.ms += ms;
  }
  return all;
}

/** One label, from its photos' bytes to its medications. */
async function readOne(
  reader: LabelReader,
  files: readonly Buffer[],
): Promise<Omit<Measured, "photo" | "tesseract" | "ms">> {
  const started = performance.now();
  try {
    const readings: PageReading[] = [];
    for (const bytes of files) {
      readings.push((await reader.readPhoto(bytes)).reading);
    }
    const read = performance.now();
    const medications = reader.understand(readings);
    const understandMs = performance.now() - read;
    const wholeMs = performance.now() - started;
    const text = joinPages(readings)
      .map((line) => line.text)
      .join("\n");
    return {
      text,
      medications,
      refused: null,
      wholeMs,
      understandMs,
    };
  } catch (error) {
    if (!(error instanceof PhotoRefused)) throw error;
    const wholeMs = performance.now() - started;
    return { text: "", medications: [], refused: error.code, wholeMs, understandMs: 0 };
  }
}
