import { type DataType, UnsupportedError } from '@entrgi/core';
import type { GraphBuilder } from '../build/graph-builder.js';
import { type AttributeReader, attributeReader } from '../model/attribute-reader.js';
import type { Dimension, Node, Value } from '../model/model.js';

/** What a rewrite rule is told about one node. */
export interface RewriteRequest extends AttributeReader {
  /** Appends nodes to the canonical graph. */
  readonly g: GraphBuilder;
  /** The node, its inputs already canonical. */
  readonly node: Node;
  /** The operator set of ai.onnx that the model was written for. */
  readonly opset: number;
  /** Input i; '' where it is absent. */
  readonly input: (i: number) => Value;
  readonly type: (value: Value) => DataType;
  readonly rank: (value: Value) => number | undefined;
  readonly dims: (value: Value) => readonly Dimension[] | undefined;
  /** Whether output i is there and something reads it. */
  readonly used: (output: number) => boolean;
  readonly unsupported: (what: string) => UnsupportedError;
}

/**
 * Appends the canonical form of a node and returns the values of its outputs, in order ('' for outputs that
 * nothing uses); null where the node is canonical as it is.
 */
export type RewriteRule = (request: RewriteRequest) => Value | readonly Value[] | null;

export function rewriteRequest(
  g: GraphBuilder,
  node: Node,
  opset: number,
  isUsed: (value: Value) => boolean,
): RewriteRequest {
  const unsupported = (what: string) =>
    new UnsupportedError(`Node '${node.name}' (${node.opType}): ${what}.`, { value: node.opType });
  return {
    g,
    node,
    opset,
    input: (i) => node.inputs[i] ?? '',
    type: (value) => g.typeOf(value).type,
    rank: (value) => g.knownTypeOf(value)?.dims?.length,
    dims: (value) => g.knownTypeOf(value)?.dims,
    ...attributeReader(node),
    used: (output) => {
      const name = node.outputs[output] ?? '';
      return name !== '' && isUsed(name);
    },
    unsupported,
  };
}

/** Attributes of a node without some. */
export function without(node: Node, ...names: readonly string[]): Node['attributes'] {
  return Object.fromEntries(Object.entries(node.attributes).filter(([name]) => !names.includes(name)));
}
