import { Tensor } from "onnxruntime-node";
import { type Models, nameOf } from "./networks/models.ts";
import type { Grey } from "./picture.ts";
import { type Glyph, type ReadText, withSpaces } from "./spaces.ts";

/** Height in pixels that the recognizer was trained on. */
export const STRIP_HEIGHT = 48;

/** The recognizer looks at the strip in columns of this many pixels, one answer each. */
const COLUMN = 8;

/**
 * Reads one level strip of text, 48 px high, with PP-OCR's recognizer (SVTR-LCNet with CTC; Du et al., IJCAI
 * 2022). An empty strip answers an empty text with confidence 0.
 */
export async function recognize(models: Models, strip: Grey): Promise<ReadText> {
  const { recognizer, alphabet } = models;
  const width = Math.ceil(strip.width / COLUMN) * COLUMN;
  const input = new Tensor("float32", planesOf(strip, width), [1, 3, STRIP_HEIGHT, width]);
  const outputs = await recognizer.run({ [nameOf(recognizer.inputNames)]: input });
  const output = outputs[nameOf(recognizer.outputNames)];
  if (!(output?.data instanceof Float32Array)) throw new Error("The recognizer answered no probabilities");
  return withSpaces(spell(output.data, alphabet, strip.width / COLUMN));
}

/** The strip in three equal colour planes from -1 to 1, grey to its right. */
function planesOf(strip: Grey, width: number): Float32Array {
  const plane = width * STRIP_HEIGHT;
  const planes = new Float32Array(3 * plane);
  for (let y = 0; y < STRIP_HEIGHT; y += 1) {
    for (let x = 0; x < strip.width; x += 1) {
      planes[y * width + x] = (strip.data[y * strip.width + x] ?? 0) / 127.5 - 1;
    }
  }
  planes.copyWithin(plane, 0, plane);
  planes.copyWithin(2 * plane, 0, plane);
  return planes;
}

/**
 * Greedy CTC: the likeliest character of each column, repeats and blanks dropped. `length` is the strip's, in columns.
 * A character stands where its columns begin and end; its place is accurate to about a column.
 */
function spell(probabilities: Float32Array, alphabet: string[], length: number): Glyph[] {
  const classes = alphabet.length;
  const columns = probabilities.length / classes;
  const glyphs: Glyph[] = [];
  const space = alphabet.indexOf(" ");
  let previous = 0;
  let spaceBefore = 0;
  let begin = 0;
  for (let column = 0; column < columns; column += 1) {
    const start = column * classes;
    let best = 0;
    let bestProbability = -1;
    for (let candidate = 0; candidate < classes; candidate += 1) {
      const probability = probabilities[start + candidate] ?? 0;
      if (probability > bestProbability) {
        best = candidate;
        bestProbability = probability;
      }
    }
    const spaceHere = probabilities[start + space] ?? 0;
    if (spaceHere > spaceBefore) spaceBefore = spaceHere;
    const last = glyphs.at(-1);
    if (best === previous && best !== 0 && last) last.middle = Math.min(1, (begin + column + 1) / 2 / length);
    if (best !== previous && best !== 0) {
      begin = column;
      glyphs.push({
        character: alphabet[best] ?? "",
        confidence: Math.min(1, bestProbability),
        spaceBefore,
        middle: Math.min(1, (column + 0.5) / length),
      });
      spaceBefore = spaceHere;
    }
    previous = best;
  }
  return glyphs;
}
