import type { DataType, TensorData } from '@entrgi/core';

/** The name of a value in a graph; '' stands for an optional input or output that is absent. */
export type Value = string;

/** A dimension: a fixed size, a named symbol, or null where nothing is known. */
export type Dimension = number | string | null;

/** Element type and, where known, shape of a value. `dims` undefined means unknown rank. */
export interface ValueType {
  readonly type: DataType;
  readonly dims?: readonly Dimension[] | undefined;
}

/** Where the bytes of an initializer lie outside the model file. */
export interface ExternalData {
  /** Path relative to the model's folder. */
  readonly location: string;
  /** Byte offset and length in that file. */
  readonly offset: number;
  readonly length: number;
}

/** A constant tensor: its elements in memory, or a reference to external data, never both. */
export type Initializer = InlineInitializer | ExternalInitializer;

/** A constant whose elements are held in memory. */
export type InlineInitializer = {
  [K in DataType]: {
    readonly type: K;
    readonly dims: readonly number[];
    readonly data: TensorData[K];
    readonly external?: undefined;
  };
}[DataType];

/** A constant whose bytes lie in another file than the model. */
export interface ExternalInitializer {
  readonly type: DataType;
  readonly dims: readonly number[];
  readonly data?: undefined;
  readonly external: ExternalData;
}

/**
 * An attribute value. Integers and floats are told apart by the tag, since ONNX does. A `graph`, the body of
 * a Scan, reads nothing but its own inputs and initializers; models may be written with one, but are not
 * read.
 */
export type Attribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'tensor'; readonly value: InlineInitializer }
  | { readonly kind: 'graph'; readonly value: Graph }
  /** A subgraph, of which nothing is known; only a model that was decoded to be looked at has one. */
  | { readonly kind: 'subgraph'; readonly value: null };

/** One application of an operator. */
export interface Node {
  readonly opType: string;
  /** '' is ai.onnx. */
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A graph in topological order. Every value has exactly one producer: a node, an input or an initializer. */
export interface Graph {
  name: string;
  nodes: Node[];
  /** Types of the graph's inputs, in order. */
  inputs: Map<Value, ValueType>;
  outputs: Map<Value, ValueType>;
  initializers: Map<Value, Initializer>;
  /** What the file says about intermediate values; may be incomplete. */
  valueTypes: Map<Value, ValueType>;
}

/** An ONNX model as plain data. */
export interface Model {
  irVersion: number;
  /** Version by domain; '' is ai.onnx. */
  opsets: Map<string, number>;
  producer: string;
  metadata: Map<string, string>;
  graph: Graph;
}
