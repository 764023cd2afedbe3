import type { DataType } from '@entrgi/core';
import type { Dimension, Node, ValueType } from '../model/model.js';
import type { Dimensions } from '../values/dimensions.js';

/**
 * Ranks above this are refused: no real model has them, and ranks that grow from node to node cost quadratic
 * time.
 */
export const MAXIMUM_RANK = 32;

/** What a rule may ask about one node. Inputs are numbered from 0; an absent one has no type. */
export interface InferenceRequest {
  readonly node: Node;
  readonly type: (input: number) => DataType | undefined;
  readonly dims: (input: number) => Dimensions;
  /** The elements of an integer input of rank ≤ 1, as far as they are known before the graph runs. */
  readonly contents: (input: number) => readonly Dimension[] | undefined;
  readonly int: (name: string, otherwise: number) => number;
  readonly ints: (name: string) => readonly number[] | undefined;
  readonly string: (name: string, otherwise: string) => string;
}

/** From what is known of a node's inputs, what is known of its outputs, in order. */
export type InferenceRule = (request: InferenceRequest) => readonly (ValueType | undefined)[];

/** One output of a known element type. */
export const typed = (type: DataType | undefined, dims?: Dimensions): readonly (ValueType | undefined)[] => [
  type === undefined ? undefined : { type, dims },
];

/** The element type that some inputs (default: all) share, from the first of which it is known. */
export const commonType = (
  { node, type }: InferenceRequest,
  inputs?: readonly number[],
): DataType | undefined => {
  for (const i of inputs ?? node.inputs.keys()) {
    const known = type(i);
    if (known !== undefined) return known;
  }
  return undefined;
};
