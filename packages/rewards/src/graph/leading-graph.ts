import type { Tensor } from '@entrgi/core';
import type { ClassifierPrefix, KeysAndValues } from '@entrgi/models';
import { GraphBuilder, type Model } from '@entrgi/onnx';
import { pastInputs } from './prefix-graph.js';
import type { RewardNetwork } from './reward-network.js';

/**
 * The graph of more tokens that responses begin with: `ids` int64 [trajectories, length] and `present` float32 (0 where a token has no embedding),
 * after the outputs of the prefix graph and what is kept of the leading tokens so far. Outputs, under the names of the latter after `next/`: what is kept
 * of both, float32 [trajectories, keyValueHeads, leading + length, headWidth].
 */
export const leadingGraph = (network: RewardNetwork, prefix: ClassifierPrefix): Model => {
  const g = new GraphBuilder();
  const slots = ['trajectories', 'length'];
  const ids = g.input('ids', 'int64', slots);
  const present = g.input('present', 'float32', slots);
  const before = pastInputs(g, prefix);
  const leading = leadingInputs(g, prefix);
  const embeds = g.Mul(network.embed(g, ids), g.Unsqueeze(present, [2]));
  prefix.append(g, embeds, [before, leading]).forEach((own, layer) => {
    for (const what of ['keys', 'values'] as const) {
      g.output(g.Concat([leading[layer]![what], own[what]], 2), `next/${nameOf(layer, what)}`);
    }
  });
  return g.model();
};

/** Declares what is kept of the tokens that the responses begin with as inputs of a graph of what follows: each trajectory has its own. */
export const leadingInputs = (
  g: GraphBuilder,
  { layers, keyValueHeads, headWidth }: ClassifierPrefix,
): KeysAndValues[] => {
  const input = (layer: number, what: keyof KeysAndValues) =>
    g.input(nameOf(layer, what), 'float32', ['trajectories', keyValueHeads, 'leading', headWidth]);
  return Array.from({ length: layers }, (_, layer) => ({
    keys: input(layer, 'keys'),
    values: input(layer, 'values'),
  }));
};

/** What is kept of the tokens that the responses begin with, by the names of those inputs. */
export type LeadingFeeds = Readonly<Record<string, Tensor<'float32'>>>;

/** What is kept where no response begins with anything. */
export const noLeading = (
  { layers, keyValueHeads, headWidth }: ClassifierPrefix,
  trajectories: number,
): LeadingFeeds => {
  const dims = [trajectories, keyValueHeads, 0, headWidth];
  const nothing: Tensor<'float32'> = { type: 'float32', dims, data: new Float32Array(0) };
  const names = Array.from({ length: layers }, (_, layer) => [
    nameOf(layer, 'keys'),
    nameOf(layer, 'values'),
  ]);
  return Object.fromEntries(names.flat().map((name) => [name, nothing]));
};

/** The outputs of the leading graph as feeds. */
export const asLeading = (outputs: Readonly<Record<string, Tensor>>): LeadingFeeds =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, tensor]) => [
      name.replace(/^next\//, ''),
      tensor as Tensor<'float32'>,
    ]),
  );

/** What is kept of the first `length` tokens of some trajectories, in that order. */
export const selectLeading = (
  leading: LeadingFeeds,
  trajectories: readonly number[],
  length: number,
): LeadingFeeds =>
  Object.fromEntries(
    Object.entries(leading).map(([name, { dims, data }]) => {
      const [, heads, held, width] = dims as [number, number, number, number];
      const selected = new Float32Array(trajectories.length * heads * length * width);
      trajectories.forEach((trajectory, k) => {
        for (let head = 0; head < heads; head++) {
          const from = (trajectory * heads + head) * held * width;
          selected.set(data.subarray(from, from + length * width), (k * heads + head) * length * width);
        }
      });
      return [name, { type: 'float32', dims: [trajectories.length, heads, length, width], data: selected }];
    }),
  );

const nameOf = (layer: number, what: keyof KeysAndValues) => `leading/${layer}/${what}`;
