import type { GraphBuilder, Value } from '@entrgi/onnx';

/** Writes a checkpoint's tensors into a graph, each once, as references into the weight files. */
export interface Weights {
  has(name: string): boolean;
  /**
   * The tensor as float32. One that is kept in half precision is unpacked for the whole run or, with `after`,
   * a value of two or more axes that is computed shortly before, only then.
   */
  value(g: GraphBuilder, name: string, after?: Value): Value;
  /** Rows of a table [rows, width], for indices of any shape, as float32. */
  rows(g: GraphBuilder, name: string, indices: Value): Value;
  /** x Wᵀ + bias for x [rows, in] and the weight W [out, in]. */
  product(g: GraphBuilder, name: string, x: Value, bias: Value | null): Value;
}
