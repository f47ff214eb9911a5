import { type InferenceSession, Tensor } from "onnxruntime-node";
import sharp from "sharp";
import { blobsOf } from "./blobs.ts";
import { bandOf } from "./fit-band.ts";
import { type Band, heightOf, median } from "./geometry.ts";
import { nameOf } from "./networks/models.ts";
import { type GrownBand, partNeighbours } from "./part-neighbours.ts";
import type { Grey } from "./picture.ts";
import { betterView, fromView, pictureOf } from "./view.ts";

/** Long edge in pixels of what the detector sees. Chosen in docs/decisions/0031. */
const DETECTION_EDGE = 736;

/** The detector halves its input five times, so each side is a multiple of this. */
const STRIDE = 32;

// Mean and deviation of ImageNet's colours, which PP-OCR's detector was trained with (PaddleOCR's det config).
const MEAN = [0.485, 0.456, 0.406];
const DEVIATION = [0.229, 0.224, 0.225];

/** A blob whose mean probability of being text is lower than this is something else (PaddleOCR's 0.6 loses faint lines). */
const LEAST_TEXT = 0.5;

/** Texts this many times longer than high know their own direction; shorter ones take the photo's. */
const SURE_OF_DIRECTION = 2;

/**
 * Finds the lines of text by PP-OCR's DB detector (Liao et al., "Real-time Scene Text Detection with
 * Differentiable Binarization", AAAI 2020): a probability of text for each pixel, cut into blobs, each of them
 * fitted with a curved band. Where the text proves slanted or small, the detector looks again at a level and closer view of
 * it. Bands are in pixels of `picture`; which end they are read from is not known yet.
 */
export async function detect(session: InferenceSession, picture: Grey): Promise<Band[]> {
  const found = await detectOn(session, picture);
  const view = betterView(found.bands, picture, DETECTION_EDGE, found.common);
  if (!view) return found.bands;
  const again = await detectOn(session, pictureOf(view, picture));
  return again.bands.map((band) => fromView(view, band));
}

/** The bands on a picture, and the direction that most of them have, in radians. */
async function detectOn(
  session: InferenceSession,
  picture: Grey,
): Promise<{ bands: Band[]; common: number }> {
  const { width, height, probabilities } = await textProbability(session, picture);
  const blobs = blobsOf(probabilities, width, height).filter((blob) => blob.meanProbability >= LEAST_TEXT);
  const stretch = { x: picture.width / width, y: picture.height / height };
  const alone = blobs.map((blob) => bandOf(blob, stretch));
  const isSure = ({ band }: GrownBand) => band.halfLength > (SURE_OF_DIRECTION * heightOf(band)) / 2;
  const sure = alone.filter(isSure);
  const common = median(sure.map(({ band }) => band.angle));
  const found = blobs.map((blob, i) => {
    const own = alone[i];
    return own && (isSure(own) || sure.length === 0) ? own : bandOf(blob, stretch, common);
  });
  return { bands: partNeighbours(found), common };
}

type ProbabilityMap = { width: number; height: number; probabilities: Float32Array };

/** A probability of text for each pixel of the picture, shrunk to the detector's size. */
async function textProbability(session: InferenceSession, picture: Grey): Promise<ProbabilityMap> {
  const shrink = Math.min(1, DETECTION_EDGE / Math.max(picture.width, picture.height));
  const width = nearestStride(picture.width * shrink);
  const height = nearestStride(picture.height * shrink);
  const small = await sharp(picture.data, {
    raw: { width: picture.width, height: picture.height, channels: 1 },
  })
    .resize(width, height, { fit: "fill" })
    .toColourspace("b-w")
    .raw()
    .toBuffer();
  const input = new Tensor("float32", normalized(small, width * height), [1, 3, height, width]);
  const output = await session.run({ [nameOf(session.inputNames)]: input });
  const map = output[nameOf(session.outputNames)];
  if (!(map?.data instanceof Float32Array)) throw new Error("The detector answered no probabilities");
  return { width, height, probabilities: map.data };
}

function nearestStride(pixels: number): number {
  return Math.max(STRIDE, Math.round(pixels / STRIDE) * STRIDE);
}

/** What a grey byte is in each of the detector's three colour planes. */
const LEVELS = MEAN.map((mean, plane) =>
  Float32Array.from({ length: 256 }, (_, byte) => (byte / 255 - mean) / (DEVIATION[plane] ?? 1)),
);

/** Grey bytes as three equal colour planes in the detector's own scale. */
function normalized(bytes: Uint8Array, pixels: number): Float32Array {
  const planes = new Float32Array(LEVELS.length * pixels);
  for (const [plane, levels] of LEVELS.entries()) {
    const start = plane * pixels;
    for (let i = 0; i < pixels; i += 1) planes[start + i] = levels[bytes[i] ?? 0] ?? 0;
  }
  return planes;
}
