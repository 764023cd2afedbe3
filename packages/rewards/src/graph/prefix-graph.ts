import type { Tensor } from '@entrgi/core';
import type { ClassifierPrefix, KeysAndValues } from '@entrgi/models';
import { GraphBuilder, type Model } from '@entrgi/onnx';
import type { RewardNetwork } from './reward-network.js';

/**
 * The graph of what comes before the response: `prefix`, int64 [prefix], to what each layer keeps of it, float32
 * [1, keyValueHeads, prefix, headWidth], under the names that the graphs of what follows read it by.
 */
export const prefixGraph = (network: RewardNetwork, prefix: ClassifierPrefix): Model => {
  const g = new GraphBuilder();
  const ids = g.input('prefix', 'int64', ['prefix']);
  const embeds = network.embed(g, g.Unsqueeze(ids, [0]));
  prefix.append(g, embeds).forEach(({ keys, values }, layer) => {
    g.output(keys, nameOf(layer, 'keys'));
    g.output(values, nameOf(layer, 'values'));
  });
  return g.model();
};

/** Declares the outputs of the prefix graph as inputs of a graph of what follows. */
export const pastInputs = (
  g: GraphBuilder,
  { layers, keyValueHeads, headWidth }: ClassifierPrefix,
): KeysAndValues[] => {
  const input = (layer: number, what: keyof KeysAndValues) =>
    g.input(nameOf(layer, what), 'float32', [1, keyValueHeads, 'prefix', headWidth]);
  return Array.from({ length: layers }, (_, layer) => ({
    keys: input(layer, 'keys'),
    values: input(layer, 'values'),
  }));
};

/** What is kept of no tokens, which the prefix graph cannot be given. */
export const emptyPast = ({ layers, keyValueHeads, headWidth }: ClassifierPrefix): Record<string, Tensor> => {
  const nothing: Tensor = {
    type: 'float32',
    dims: [1, keyValueHeads, 0, headWidth],
    data: new Float32Array(0),
  };
  return Object.fromEntries(
    Array.from({ length: layers }, (_, layer) => [
      [nameOf(layer, 'keys'), nothing],
      [nameOf(layer, 'values'), nothing],
    ]).flat(),
  );
};

const nameOf = (layer: number, what: keyof KeysAndValues) => `past/${layer}/${what}`;
