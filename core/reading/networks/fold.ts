import { attributeOf, floatAttribute, intAttribute, intsAttribute, type Network } from "./network.ts";
import type { Node } from "./onnx-file.ts";

/**
 * Rewrites PP-LCNetV3, the trunk of both networks (Cui et al., "PP-LCNet", 2021), into fewer operations that
 * give the same numbers. Its converter wrote what training needed: each convolution is followed by a scaling, a
 * shift, a hard swish in four steps, and another scaling and shift. Run as they stand, those steps take longer than
 * the convolutions. Measured in docs/decisions/0031: 0.70 of the time, outputs equal to 1e-5.
 */
export function foldActivations(network: Network): void {
  joinHardSwishes(network);
  for (const node of [...network.nodes]) {
    if (node.opType === "Conv") absorbFollowers(network, node);
  }
  for (const node of [...network.nodes]) {
    if (node.opType === "Mul") passToConvolutions(network, node);
  }
}

/** `x * clip(x + 3, 0, 6) / 6` as HardSigmoid and Mul, which ONNX Runtime joins with the convolution before. */
function joinHardSwishes(network: Network): void {
  for (const add of [...network.nodes]) {
    const shifted = add.opType === "Add" ? network.scalarOf(add) : undefined;
    if (shifted?.scalar !== 3) continue;
    const clip = network.onlyUserOf(add);
    const times = clip?.opType === "Clip" ? network.onlyUserOf(clip) : undefined;
    const divide = times?.opType === "Mul" ? network.onlyUserOf(times) : undefined;
    if (!clip || !times || divide?.opType !== "Div" || network.scalarOf(divide)?.scalar !== 6) continue;
    const gate = `${divide.output[0]}.gate`;
    network.replace(
      [divide, add, clip, times],
      [
        {
          opType: "HardSigmoid",
          input: [shifted.other],
          output: [gate],
          attribute: [floatAttribute("alpha", 1 / 6), floatAttribute("beta", 0.5)],
        },
        { opType: "Mul", input: [shifted.other, gate], output: divide.output, attribute: [] },
      ],
    );
  }
}

/** A convolution's weights `[channel, ...]` and what is added to each channel. */
type Weights = { dims: number[]; values: Float32Array; bias: Float32Array };

function weightsOf(network: Network, convolution: Node): Weights | undefined {
  const weights = network.constant(convolution.input[1]);
  const channels = weights?.dims[0];
  if (!weights || channels === undefined) return undefined;
  const bias = network.constant(convolution.input[2])?.values ?? new Float32Array(channels);
  return { ...weights, bias };
}

function setWeights(network: Network, convolution: Node, { dims, values, bias }: Weights): void {
  const [input = ""] = convolution.input;
  convolution.input = [
    input,
    network.add({ dims, values }),
    network.add({ dims: [bias.length], values: bias }),
  ];
}

/** Scales the weights of each channel and moves its sum, in place. */
function scaleChannels(
  weights: Weights,
  scale: (channel: number) => number,
  shift: (channel: number) => number,
) {
  const { values, bias } = weights;
  const perChannel = values.length / bias.length;
  for (let channel = 0; channel < bias.length; channel += 1) {
    const factor = scale(channel);
    bias[channel] = (bias[channel] ?? 0) * factor + shift(channel);
    if (factor === 1) continue;
    // A plain loop: this runs over every weight whenever a process starts.
    for (let i = channel * perChannel; i < (channel + 1) * perChannel; i += 1) {
      values[i] = (values[i] ?? 0) * factor;
    }
  }
}

/** Takes normalizations, scalings and shifts that follow a convolution into its weights. */
function absorbFollowers(network: Network, convolution: Node): void {
  const weights = weightsOf(network, convolution);
  const [result] = convolution.output;
  if (!weights || result === undefined) return;
  for (;;) {
    const follower = network.onlyUserOf(convolution);
    if (!follower || !absorb(network, weights, follower)) break;
    network.bypass(follower, result);
  }
  setWeights(network, convolution, weights);
}

function absorb(network: Network, weights: Weights, follower: Node): boolean {
  if (follower.opType === "BatchNormalization") return absorbNormalization(network, weights, follower);
  const scalar = network.scalarOf(follower)?.scalar;
  if (scalar === undefined) return false;
  if (follower.opType === "Mul")
    scaleChannels(
      weights,
      () => scalar,
      () => 0,
    );
  else if (follower.opType === "Add")
    scaleChannels(
      weights,
      () => 1,
      () => scalar,
    );
  else return false;
  return true;
}

/** `(x - mean) / sqrt(variance + epsilon) * scale + shift`, for each channel. */
function absorbNormalization(network: Network, weights: Weights, normalization: Node): boolean {
  const [scale, shift, mean, variance] = normalization.input
    .slice(1)
    .map((name) => network.constant(name)?.values);
  if (!scale || !shift || !mean || !variance) return false;
  const epsilon = attributeOf(normalization, "epsilon")?.f ?? 1e-5;
  const factor = (channel: number) => (scale[channel] ?? 0) / Math.sqrt((variance[channel] ?? 0) + epsilon);
  scaleChannels(weights, factor, (channel) => (shift[channel] ?? 0) - (mean[channel] ?? 0) * factor(channel));
  return true;
}

/** A scaling and shift whose result only convolutions take, passed on into their weights. */
function passToConvolutions(network: Network, times: Node): void {
  const scaled = network.scalarOf(times);
  const plus = network.onlyUserOf(times);
  const shift = plus?.opType === "Add" ? network.scalarOf(plus)?.scalar : undefined;
  if (!scaled || !plus || shift === undefined) return;
  const users = network.usersOf(plus.output[0]);
  const onlyConvolutions = users.every(
    (user) => user.opType === "Conv" && user.input.lastIndexOf(plus.output[0] ?? "") === 0,
  );
  if (users.length === 0 || !onlyConvolutions) return;

  // Padding adds zeros after the shift, so a shift can only pass through a convolution that pads nothing.
  const padded = users.some((user) => attributeOf(user, "pads")?.ints?.some((pad) => pad > 0));
  for (const user of users) {
    const weights = weightsOf(network, user);
    if (!weights) return;
    const sums = padded ? [] : sumsOf(weights);
    const { bias } = weights;
    weights.values.set(weights.values.map((value) => value * scaled.scalar));
    if (!padded) weights.bias = bias.map((sum, channel) => sum + shift * (sums[channel] ?? 0));
    setWeights(network, user, weights);
  }
  network.bypass(times, scaled.other);
  if (padded) shiftBefore(network, plus, scaled.other, shift / scaled.scalar, channelsOf(network, users));
  else network.bypass(plus, scaled.other);
}

function sumsOf({ values, bias }: Weights): number[] {
  const perChannel = values.length / bias.length;
  return Array.from(bias, (_, channel) =>
    values.subarray(channel * perChannel, (channel + 1) * perChannel).reduce((sum, value) => sum + value, 0),
  );
}

/** How many channels the convolutions take: their weights' second dimension, times their groups. */
function channelsOf(network: Network, [convolution]: Node[]): number {
  const perGroup = network.constant(convolution?.input[1])?.dims[1] ?? 0;
  return perGroup * (attributeOf(convolution, "group")?.i ?? 1);
}

/**
 * What is left of a shift, as a convolution of one pixel and one channel: ONNX Runtime keeps its blocked layout
 * through convolutions, and would copy everything twice around a plain addition.
 */
function shiftBefore(network: Network, plus: Node, input: string, shift: number, channels: number): void {
  const ones = network.add({ dims: [channels, 1, 1, 1], values: new Float32Array(channels).fill(1) });
  const shifts = network.add({ dims: [channels], values: new Float32Array(channels).fill(shift) });
  network.replace(
    [plus],
    [
      {
        opType: "Conv",
        input: [input, ones, shifts],
        output: plus.output,
        attribute: [
          intAttribute("group", channels),
          intsAttribute("kernel_shape", [1, 1]),
          intsAttribute("strides", [1, 1]),
          intsAttribute("pads", [0, 0, 0, 0]),
          intsAttribute("dilations", [1, 1]),
        ],
      },
    ],
  );
}
