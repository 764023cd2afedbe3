import type { Tensor } from '@entrgi/core';
import type { Classifier, ClassifierPrefix } from '@entrgi/models';
import { keptTensors } from '@entrgi/models/internal';
import { GraphBuilder, type Model } from '@entrgi/onnx';
import { prefixTensors } from './prefix-graph.js';

/** What each layer keeps of the tokens that responses begin with: each trajectory has its own. */
export const leadingTensors = keptTensors('leading', { batch: 'trajectories', length: 'leading' });

/**
 * The graph of more tokens that responses begin with: `ids` int64 [trajectories, length] and `present` float32 (0 where a token has no embedding),
 * after the outputs of the prefix graph and what is kept of the leading tokens so far. Outputs, under the names of the latter after `next/`: what is kept
 * of both, float32 [trajectories, keyValueHeads, leading + length, headWidth].
 */
export const leadingGraph = (network: Classifier, prefix: ClassifierPrefix): Model => {
  const g = new GraphBuilder();
  const slots = ['trajectories', 'length'];
  const ids = g.input('ids', 'int64', slots);
  const present = g.input('present', 'float32', slots);
  const before = prefixTensors.inputs(g, prefix);
  const leading = leadingTensors.inputs(g, prefix);
  const embeds = g.Mul(network.embed(g, ids), g.Unsqueeze(present, [2]));
  const own = prefix.append(g, embeds, [before, leading]);
  const longer = own.map(({ keys, values }, layer) => ({
    keys: g.Concat([leading[layer]!.keys, keys], 2),
    values: g.Concat([leading[layer]!.values, values], 2),
  }));
  leadingTensors.outputs(g, longer, 'next/');
  return g.model();
};

/** What is kept of the tokens that the responses begin with, by the names of those inputs. */
export type LeadingFeeds = Readonly<Record<string, Tensor<'float32'>>>;

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
