import { type Attribute, bytesOf, type Model, type Node, openModel, type Tensor } from "./onnx-file.ts";

/** ONNX's number for 32-bit floats (TensorProto.DataType.FLOAT). */
const FLOAT = 1;

/** ONNX's numbers for the kinds of attribute (AttributeProto.AttributeType). */
const KIND = { float: 1, ints: 7, int: 2 };

/** A constant array of floats, in row-major order. */
export type Constant = { dims: number[]; values: Float32Array };

/** A network open for rewriting: its operations, and its constants by name. */
export class Network {
  readonly #model: Model;
  readonly #tensors = new Map<string, Tensor>();
  #added = 0;

  /** Reads an ONNX file. */
  constructor(bytes: Uint8Array) {
    this.#model = openModel(bytes);
    const { graph } = this.#model;
    for (const tensor of graph.initializer) this.#tensors.set(tensor.name ?? "", tensor);
    // Constants come as nodes of their own too; from here on there is one kind.
    graph.node = graph.node.filter((node) => {
      const tensor = node.opType === "Constant" ? node.attribute[0]?.t : undefined;
      const [name] = node.output;
      if (!tensor || name === undefined) return true;
      this.#tensors.set(name, tensor);
      return false;
    });
  }

  /** The operations, in an order in which they can run. */
  get nodes(): readonly Node[] {
    return this.#model.graph.node;
  }

  get outputName(): string {
    return this.#model.graph.output[0]?.name ?? "";
  }

  /** Leaves the output's shape to be found out again, after it was changed. */
  forgetOutputShape(): void {
    this.#model.graph.output = [{ name: this.outputName }];
  }

  /** A copy of the named constant; undefined for what is computed and for what is not floats. */
  constant(name: string | undefined): Constant | undefined {
    const tensor = this.#tensors.get(name ?? "");
    if (tensor?.dataType !== FLOAT) return undefined;
    const values = tensor.rawData
      ? new Float32Array(new Uint8Array(tensor.rawData).buffer)
      : Float32Array.from(tensor.floatData ?? []);
    return { dims: tensor.dims, values };
  }

  /** The number that a node's other input is combined with: `x * 3` and `3 * x` answer 3 and "x". */
  scalarOf(node: Node): { scalar: number; other: string } | undefined {
    const [left = "", right = ""] = node.input;
    for (const [name, other] of [
      [left, right],
      [right, left],
    ] as const) {
      const size = this.#tensors.get(name)?.dims.reduce((product, dim) => product * dim, 1);
      const scalar = size === 1 ? this.constant(name)?.values[0] : undefined;
      if (scalar !== undefined) return { scalar, other };
    }
    return undefined;
  }

  /** Adds a constant and answers its name. */
  add({ dims, values }: Constant): string {
    this.#added += 1;
    const name = `folded.${this.#added}`;
    const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.#tensors.set(name, { name, dims, dataType: FLOAT, rawData });
    return name;
  }

  /** The operations that take a value. */
  usersOf(value: string | undefined): Node[] {
    return this.nodes.filter((node) => value !== undefined && node.input.includes(value));
  }

  /** The one operation that takes a node's result; undefined where there are more or none. */
  onlyUserOf(node: Node): Node | undefined {
    const [user, ...more] = this.usersOf(node.output[0]);
    return more.length === 0 ? user : undefined;
  }

  /** Takes a node out; whoever took its result takes `value` instead. */
  bypass(node: Node, value: string): void {
    for (const user of this.usersOf(node.output[0])) {
      user.input = user.input.map((name) => (name === node.output[0] ? value : name));
    }
    this.replace([node], []);
  }

  /** Puts nodes in the place of the first of the given ones, and takes those out. */
  replace([first, ...rest]: Node[], replacements: Node[]): void {
    const { graph } = this.#model;
    graph.node = graph.node.flatMap((node) => {
      if (node === first) return replacements;
      return rest.includes(node) ? [] : [node];
    });
  }

  /** The ONNX file of the network as it is now, without the constants that nobody takes any more. */
  bytes(): Uint8Array {
    const { graph } = this.#model;
    const taken = new Set(graph.node.flatMap((node) => node.input));
    graph.initializer = [...this.#tensors]
      .filter(([name]) => taken.has(name))
      .map(([name, tensor]) => ({ ...tensor, name }));
    graph.input = graph.input.filter(({ name }) => !this.#tensors.has(name));
    return bytesOf(this.#model);
  }
}

export function floatAttribute(name: string, f: number): Attribute {
  return { name, type: KIND.float, f };
}

export function intAttribute(name: string, i: number): Attribute {
  return { name, type: KIND.int, i };
}

export function intsAttribute(name: string, ints: number[]): Attribute {
  return { name, type: KIND.ints, ints };
}

/** A node's attribute, where it has one of that name. */
export function attributeOf(node: Node | undefined, name: string): Attribute | undefined {
  return node?.attribute.find((attribute) => attribute.name === name);
}
