import protobuf from "protobufjs";

/**
 * The parts of an ONNX file (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto) that its rewriting touches.
 * What it only carries along (types, shapes) is declared as bytes. A part missing here would be lost in writing: the
 * networks' outputs are compared before and after by a test.
 */
const root = protobuf.Root.fromJSON({
  nested: {
    Model: {
      fields: {
        irVersion: { id: 1, type: "int64" },
        producerName: { id: 2, type: "string" },
        graph: { id: 7, type: "Graph" },
        opsetImport: { id: 8, type: "bytes", rule: "repeated" },
      },
    },
    Graph: {
      fields: {
        node: { id: 1, type: "Node", rule: "repeated" },
        name: { id: 2, type: "string" },
        initializer: { id: 5, type: "Tensor", rule: "repeated" },
        input: { id: 11, type: "Value", rule: "repeated" },
        output: { id: 12, type: "Value", rule: "repeated" },
      },
    },
    Node: {
      fields: {
        input: { id: 1, type: "string", rule: "repeated" },
        output: { id: 2, type: "string", rule: "repeated" },
        name: { id: 3, type: "string" },
        opType: { id: 4, type: "string" },
        attribute: { id: 5, type: "Attribute", rule: "repeated" },
        domain: { id: 7, type: "string" },
      },
    },
    Attribute: {
      fields: {
        name: { id: 1, type: "string" },
        f: { id: 2, type: "float" },
        i: { id: 3, type: "int64" },
        s: { id: 4, type: "bytes" },
        t: { id: 5, type: "Tensor" },
        floats: { id: 7, type: "float", rule: "repeated" },
        ints: { id: 8, type: "int64", rule: "repeated" },
        type: { id: 20, type: "int32" },
      },
    },
    Tensor: {
      fields: {
        dims: { id: 1, type: "int64", rule: "repeated" },
        dataType: { id: 2, type: "int32" },
        floatData: { id: 4, type: "float", rule: "repeated" },
        int32Data: { id: 5, type: "int32", rule: "repeated" },
        int64Data: { id: 7, type: "int64", rule: "repeated" },
        name: { id: 8, type: "string" },
        rawData: { id: 9, type: "bytes" },
      },
    },
    Value: {
      fields: { name: { id: 1, type: "string" }, type: { id: 2, type: "bytes" } },
    },
  },
});
const modelType = root.lookupType("Model");

/** An attribute of a node; which of the values is set follows from `type`. */
export type Attribute = { name: string; type: number; f?: number; i?: number; ints?: number[]; t?: Tensor };

/** One operation: it takes values by name and gives values by name. */
export type Node = { input: string[]; output: string[]; opType: string; attribute: Attribute[] };

/** A constant as it lies in the file. */
export type Tensor = {
  name?: string;
  dims: number[];
  dataType: number;
  rawData?: Uint8Array;
  floatData?: number[];
};

type Value = { name: string };

/** An ONNX file, opened. Its nodes stand in an order in which they can run. */
export type Model = {
  graph: { node: Node[]; initializer: Tensor[]; input: Value[]; output: Value[] };
};

export function openModel(bytes: Uint8Array): Model {
  return modelType.toObject(modelType.decode(bytes), { longs: Number, arrays: true }) as Model;
}

export function bytesOf(model: Model): Uint8Array {
  return modelType.encode(model).finish();
}
