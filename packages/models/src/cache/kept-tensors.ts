import type { Tensor } from '@entrgi/core';
import type { Dimension, GraphBuilder } from '@entrgi/onnx';
import type { KeysAndValues, PrefixNetwork } from '../contracts/network.js';
import type { Piece } from './piece.js';

/** How much each layer keeps of a token. */
export type KeptShape = Pick<PrefixNetwork, 'layers' | 'keyValueHeads' | 'headWidth'>;

/**
 * What each layer keeps of some tokens, as it goes from one graph to another: tensors float32 [batch,
 * keyValueHeads, length, headWidth].
 */
export interface KeptTensors {
  /** Declares them as inputs of a graph. */
  inputs(g: GraphBuilder, shape: KeptShape): KeysAndValues[];
  /** Makes them outputs of a graph. */
  outputs(g: GraphBuilder, kept: readonly KeysAndValues[]): void;
  /** What they are called, to be fetched. */
  names(shape: KeptShape): string[];
  /** What is kept of no tokens, for feeds. */
  empty(shape: KeptShape, batch: number): Piece;
  /** The outputs of a graph that calls them otherwise as feeds of one that calls them so. */
  renamed(outputs: Readonly<Record<string, Tensor>>): Piece;
}

/** The tensors called `name`/layer/keys and `name`/layer/values, with these sizes of their axes 0 and 2. */
export const keptTensors = (
  name: string,
  { batch, length }: { readonly batch: Dimension; readonly length: Dimension },
): KeptTensors => {
  const nameOf = (layer: number, what: keyof KeysAndValues) => `${name}/${layer}/${what}`;
  const layersOf = ({ layers }: KeptShape) => Array.from({ length: layers }, (_, layer) => layer);
  const names = (shape: KeptShape) =>
    layersOf(shape).flatMap((layer) => [nameOf(layer, 'keys'), nameOf(layer, 'values')]);
  return {
    inputs(g, shape) {
      const dims = [batch, shape.keyValueHeads, length, shape.headWidth];
      const input = (layer: number, what: keyof KeysAndValues) =>
        g.input(nameOf(layer, what), 'float32', dims);
      return layersOf(shape).map((layer) => ({ keys: input(layer, 'keys'), values: input(layer, 'values') }));
    },
    outputs(g, kept) {
      kept.forEach(({ keys, values }, layer) => {
        g.output(keys, nameOf(layer, 'keys'));
        g.output(values, nameOf(layer, 'values'));
      });
    },
    names,
    empty(shape, rows) {
      const dims = [rows, shape.keyValueHeads, 0, shape.headWidth];
      const nothing: Tensor<'float32'> = { type: 'float32', dims, data: new Float32Array(0) };
      return Object.fromEntries(names(shape).map((each) => [each, nothing]));
    },
    renamed: (outputs) =>
      Object.fromEntries(
        Object.entries(outputs as Piece).map(([other, tensor]) => [
          `${name}${other.slice(other.indexOf('/'))}`,
          tensor,
        ]),
      ),
  };
};
