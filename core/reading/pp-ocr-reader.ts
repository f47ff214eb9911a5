import { detect } from "./detect.ts";
import { type Band, heightOf, turnedAround } from "./geometry.ts";
import { repairLookAlikes } from "./look-alikes.ts";
import { loadModels, type Models } from "./networks/models.ts";
import type { Grey } from "./picture.ts";
import { estimatedPitch } from "./pitch.ts";
import type { Reader, SeenLine } from "./reader.ts";
import { recognize, STRIP_HEIGHT } from "./recognize.ts";
import type { ReadText } from "./spaces.ts";
import { narrowed, stripOf } from "./strip.ts";

/** Strips wider than this are squeezed: a label's longest line is 60 characters, some 1100 px. */
const WIDEST_STRIP = 1600;

/** How many of the widest lines decide which way up the photo is. */
const DECIDING_LINES = 3;

/** Text that stands the right way up reads at least this surely; upside down it never did (docs/decisions/0031). */
const SURELY_UPRIGHT = 0.85;

/** A line read less surely than this is read from its other end too: not all on a photo stands the same way up. */
const UNSURE = 0.7;

/** Less sure than this is noise: patterns, edges and logos that the detector took for text. */
const LEAST_CONFIDENCE = 0.5;

/**
 * Characters narrower than this, in pixels of a strip, are read again with their strip stretched until they have the
 * easy width. The recognizer answers once in 8 px and needs a blank between two equal letters (docs/decisions/0037).
 */
const NARROW_CHARACTER = 15;
const EASY_CHARACTER = 18;

/** A strip is stretched this much at most: thinner letters have too few pixels on the photo. */
const MOST_STRETCH = 2;

/** Wide letters are narrowed to this part of their strip at most, and not at all where less than a twentieth is saved. */
const MOST_NARROWED = 0.6;
const LEAST_NARROWED = 0.95;

/** A narrow line read at least this surely is left as it is: reading these too found 2 words more in 1,155, for 5% more width. */
const SURELY_READ = 0.96;

/**
 * A line read less surely than this may be narrow with many of its letters lost, so their width says nothing ("2984 Cop vuh"
 * for a whole address). 0.9 found 9 words more than 0.8 on the 12 drawn photos that have such lines (docs/decisions/0070).
 */
const LOST_LETTERS = 0.9;

/** How far such a line is stretched. */
const BLIND_STRETCH = 1.7;

/** Lines read between two reports of all that were read so far. */
const LINES_BETWEEN_NEWS = 4;

type Candidate = { band: Band; read: ReadText };

/** Reads one strip. */
type Recognized = (strip: Grey) => Promise<ReadText>;

/** The first reader: PP-OCRv4's detector and recognizer on ONNX Runtime. */
export async function openPpOcrReader(threads: number): Promise<Reader> {
  const models = await loadModels(threads);
  return {
    name: "PP-OCRv4 mobile (onnxruntime-node 1.30.0)",
    read: (picture, options) => read(models, picture, options),
    async close() {
      await Promise.all([models.detector.release(), models.recognizer.release()]);
    },
  };
}

async function read(
  models: Models,
  picture: Grey,
  { signal, onLines }: Parameters<Reader["read"]>[1] = {},
): Promise<SeenLine[]> {
  const found = await detect(models.detector, picture);
  const recognized: Recognized = async (strip) => {
    signal?.throwIfAborted();
    return recognize(models, strip);
  };
  const readBand: ReadBand = async (band, stretch) => {
    const options = { height: STRIP_HEIGHT, maxWidth: WIDEST_STRIP };
    const read = stretch
      ? await recognized(stripOf(picture, band, { ...options, squeeze: stretch }))
      : await readNarrowed(stripOf(picture, band, options), recognized);
    return { band, read };
  };
  const widest = found.toSorted((a, b) => b.halfLength - a.halfLength);
  const { deciding, turned } = await decideDirection(widest.slice(0, DECIDING_LINES), readBand);
  const lines: SeenLine[] = [];
  for (const [i, band] of widest.entries()) {
    const candidate = deciding[i] ?? (await readBand(turned ? turnedAround(band) : band));
    const line = asLine(await orFromOtherEnd(await orStretched(candidate, readBand), readBand));
    if (line) lines.push(line);
    if ((i + 1) % LINES_BETWEEN_NEWS === 0) onLines?.([...lines]);
  }
  return lines;
}

/** What was read as a line, or nothing where it is noise. */
function asLine({ band, read: { text, confidence, characters, middles } }: Candidate): SeenLine | undefined {
  if (text === "" || confidence < LEAST_CONFIDENCE) return undefined;
  return { text: repairLookAlikes(text), confidence, characters, middles, band };
}

/** Reads a band's strip stretched that much; where nothing is said, as wide as its letters need (`readNarrowed`). */
type ReadBand = (band: Band, stretch?: number) => Promise<Candidate>;

/**
 * Reads a strip of wide letters narrowed until they have the easy width, since reading takes as long as the strip is wide.
 * Where that reads unsurely, or its letters prove narrow, the strip is read as it is (docs/decisions/0099).
 */
async function readNarrowed(strip: Grey, recognized: Recognized): Promise<ReadText> {
  const part = Math.max(MOST_NARROWED, EASY_CHARACTER / estimatedPitch(strip));
  if (part > LEAST_NARROWED) return recognized(strip);
  const narrow = narrowed(strip, Math.round(strip.width * part));
  const read = await recognized(narrow);
  const isNarrow = narrow.width / read.text.length < NARROW_CHARACTER && read.confidence < SURELY_READ;
  return read.confidence < LOST_LETTERS || isNarrow ? recognized(strip) : read;
}

/**
 * Whether the photo stands upside down, by reading a few lines: text read the right way up is sure of itself. Only
 * when it is not are the same lines read from their other end.
 */
async function decideDirection(
  bands: Band[],
  readBand: ReadBand,
): Promise<{ deciding: Candidate[]; turned: boolean }> {
  const upright = await inTurn(bands, readBand);
  const { sum, length } = evidenceOf(upright);
  if (sum >= SURELY_UPRIGHT * length && length > 0) return { deciding: upright, turned: false };
  const turned = await inTurn(bands.map(turnedAround), readBand);
  return evidenceOf(turned).sum > sum
    ? { deciding: turned, turned: true }
    : { deciding: upright, turned: false };
}

/**
 * The candidate, or what its band reads stretched: in any case if its letters are narrow, where stretching was right
 * even when less sure; only if surer where their width is not known, which is so as long as letters may be lost.
 */
async function orStretched(candidate: Candidate, readBand: ReadBand): Promise<Candidate> {
  const { band, read } = candidate;
  const pixels = (STRIP_HEIGHT * 2 * band.halfLength) / heightOf(band) / read.text.length;
  const isNarrow = pixels < NARROW_CHARACTER && read.confidence < SURELY_READ;
  const stretch = Math.min(MOST_STRETCH, EASY_CHARACTER / pixels);
  const fitted = isNarrow ? await readBand(band, stretch) : candidate;
  if (fitted.read.confidence >= LOST_LETTERS || (isNarrow && stretch >= BLIND_STRETCH)) return fitted;
  const blind = await readBand(band, BLIND_STRETCH);
  return blind.read.confidence > fitted.read.confidence ? blind : fitted;
}

/** The candidate, or what its band reads from the other end, whichever is surer. */
async function orFromOtherEnd(candidate: Candidate, readBand: ReadBand): Promise<Candidate> {
  if (candidate.read.confidence >= UNSURE) return candidate;
  const other = await readBand(turnedAround(candidate.band));
  return evidenceOf([other]).sum > evidenceOf([candidate]).sum ? other : candidate;
}

/** The characters that were read, and the sum of their confidences: text upside down gives few and unsure ones. */
function evidenceOf(candidates: Candidate[]): { sum: number; length: number } {
  const characters = candidates.flatMap(({ read: text }) => text.characters);
  return { sum: characters.reduce((sum, confidence) => sum + confidence, 0), length: characters.length };
}

async function inTurn<T, U>(items: T[], work: (item: T) => Promise<U>): Promise<U[]> {
  const results: U[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
