import type { Constant, Network } from "./network.ts";

/**
 * Leaves a classifier only the given classes, in the given order: the last matrix and what is added to it lose the
 * other columns. The probabilities that remain sum to 1 again.
 *
 * @throws Error when the network does not end in MatMul, Add and Softmax
 */
export function restrictClasses(network: Network, classes: number[]): void {
  const softmax = network.nodes.find((node) => node.output[0] === network.outputName);
  const add = network.nodes.find((node) => node.output[0] === softmax?.input[0]);
  const product = add?.input.find((name) => network.constant(name) === undefined);
  const matMul = network.nodes.find((node) => node.output[0] === product);
  const weights = network.constant(matMul?.input[1]);
  const bias = network.constant(add?.input.find((name) => name !== product));
  if (
    softmax?.opType !== "Softmax" ||
    add?.opType !== "Add" ||
    matMul?.opType !== "MatMul" ||
    !weights ||
    !bias
  ) {
    throw new Error("The network does not end in MatMul, Add and Softmax");
  }
  matMul.input = [matMul.input[0] ?? "", network.add(columns(weights, classes))];
  add.input = [product ?? "", network.add(columns(bias, classes))];
  network.forgetOutputShape();
}

/** The chosen columns: of the last dimension. */
function columns({ dims, values }: Constant, chosen: number[]): Constant {
  const width = dims.at(-1) ?? 0;
  const rows = values.length / width;
  const kept = new Float32Array(rows * chosen.length);
  for (let row = 0; row < rows; row += 1) {
    chosen.forEach((column, i) => {
      kept[row * chosen.length + i] = values[row * width + column] ?? 0;
    });
  }
  return { dims: [...dims.slice(0, -1), chosen.length], values: kept };
}
