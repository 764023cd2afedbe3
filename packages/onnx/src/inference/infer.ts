import { EntrgiError, InvalidModelError } from '@entrgi/core';
import type { Dimension, Initializer, Node, Value, ValueType } from '../model/model.js';
import { readAttribute } from '../model/read-attribute.js';
import { convolution } from './convolution.js';
import { elementwise } from './elementwise.js';
import { indexing } from './indexing.js';
import { type InferenceRule, MAXIMUM_RANK } from './inference-rule.js';
import { matrix } from './matrix.js';
import { normalization } from './normalization.js';
import { recurrent } from './recurrent.js';
import { reduction } from './reduction.js';
import { shape } from './shape.js';

const rules = new Map<string, InferenceRule>(
  [convolution, elementwise, indexing, matrix, normalization, recurrent, reduction, shape].flatMap((family) =>
    Object.entries(family),
  ),
);

/** Integer constants above this length are data, not shapes. */
export const MAXIMUM_CONTENTS = 64;

/** Elements of a value where they are known before the graph runs, symbols included. */
export type ContentsOf = (value: Value) => readonly Dimension[] | undefined;

/** Whether there is a rule for the operator. */
export const hasInference = ({ opType }: Node): boolean => rules.has(opType);

/**
 * What is known of a node's outputs: the element type of every operator in the canonical set, sizes as
 * numbers, symbols or null where they follow. Unknown operators yield nothing. Sizes that contradict each
 * other: InvalidModelError.
 */
export const inferNode = (
  node: Node,
  typeOf: (value: Value) => ValueType | undefined,
  initializerOf: (value: Value) => Initializer | undefined,
  contentsOf: ContentsOf = () => undefined,
): (ValueType | undefined)[] =>
  inferenceFrom(typeOf, (value) => integersOf(initializerOf(value)) ?? contentsOf(value))(node);

/** inferNode for many nodes, from what is known of the values when it is called. */
export function inferenceFrom(
  typeOf: (value: Value) => ValueType | undefined,
  contentsOf: ContentsOf,
): (node: Node) => (ValueType | undefined)[] {
  let node: Node;
  const input = (i: number) => node.inputs[i] ?? '';
  const asked = {
    type: (i: number) => (input(i) === '' ? undefined : typeOf(input(i))?.type),
    dims: (i: number) => (input(i) === '' ? undefined : typeOf(input(i))?.dims),
    contents: (i: number) => contentsOf(input(i)),
    int: (name: string, otherwise: number) => readAttribute(node, name, 'int') ?? otherwise,
    ints: (name: string) => readAttribute(node, name, 'ints'),
    string: (name: string, otherwise: string) => readAttribute(node, name, 'string') ?? otherwise,
  };
  return (asking) => {
    node = asking;
    const rule = node.domain === '' || node.domain === 'com.microsoft' ? rules.get(node.opType) : undefined;
    if (rule === undefined) return [];
    try {
      const types = [...rule({ node, ...asked })];
      const wide = types.find((type) => (type?.dims?.length ?? 0) > MAXIMUM_RANK);
      if (wide === undefined) return types;
      throw new InvalidModelError(`Expected a rank of at most ${MAXIMUM_RANK}, got ${wide.dims!.length}.`);
    } catch (error) {
      if (!EntrgiError.isInstance(error)) throw error;
      throw new InvalidModelError(`Node '${node.name}' (${node.opType}): ${error.message}`, {
        value: error.value,
        cause: error,
      });
    }
  };
}

/** The elements of a small integer constant of rank ≤ 1. */
export function integersOf(initializer: Initializer | undefined): readonly number[] | undefined {
  if (initializer?.data === undefined || initializer.dims.length > 1) return undefined;
  if (initializer.type !== 'int64' && initializer.type !== 'int32') return undefined;
  if (initializer.data.length > MAXIMUM_CONTENTS) return undefined;
  return Array.from(initializer.data as ArrayLike<bigint | number>, Number);
}
