import { EntrgiError, InvalidModelError } from '@entrgi/core';
import { inferNode, integersOf } from './infer.js';
import { inferContents } from './infer-contents.js';
import type { Dimension, Graph, Value, ValueType } from './model.js';

/** 2³⁴ elements: 64 GB of float32. No value of a real model comes near. */
const MAXIMUM_ELEMENTS = 2 ** 34;

/**
 * Refuses graphs whose values blow up: a few dozen Concats of a value with itself, or one Expand, ask for more memory than there is.
 * Shapes are inferred with every free size at its smallest, 1; what does not follow from the graph alone is not judged.
 */
export function checkSizes(graph: Graph): void {
  const types = new Map<Value, ValueType>();
  const contents = new Map<Value, readonly Dimension[]>();
  const typeOf = (value: Value) => types.get(value);
  const contentsOf = (value: Value) => contents.get(value) ?? integersOf(graph.initializers.get(value));
  for (const [name, { type, dims }] of graph.inputs) {
    types.set(name, { type, dims: dims?.map((size) => (typeof size === 'number' ? size : 1)) });
  }
  for (const [name, { type, dims }] of graph.initializers) types.set(name, { type, dims });
  for (const node of graph.nodes) {
    let inferred: readonly (ValueType | undefined)[] = [];
    try {
      inferred = inferNode(node, typeOf, () => undefined, contentsOf);
      const known = inferContents(node, typeOf, contentsOf);
      if (known !== undefined && node.outputs[0] !== undefined) contents.set(node.outputs[0], known);
    } catch (error) {
      // Free sizes of 1 may contradict the graph where 7 would not.
      if (!(error instanceof EntrgiError)) throw error;
    }
    for (const [i, output] of node.outputs.entries()) {
      const type = inferred[i];
      if (output === '' || type === undefined) continue;
      types.set(output, type);
      const elements = (type.dims ?? []).reduce<number>(
        (n, size) => (typeof size === 'number' ? n * size : n),
        1,
      );
      if (elements > MAXIMUM_ELEMENTS) {
        throw new InvalidModelError(
          `Node '${node.name}' (${node.opType}): its output of shape [${type.dims}] has more than 2³⁴ elements.`,
          { value: type.dims },
        );
      }
    }
  }
}
