import type { Classifier, ClassifierPrefix } from '@entrgi/models';
import { keptTensors } from '@entrgi/models/internal';
import { GraphBuilder, type Model } from '@entrgi/onnx';
import { prefixTensors } from './prefix-graph.js';

/** What each layer keeps of the tokens that responses begin with, each trajectory's own; and of more of them. */
export const leadingTensors = keptTensors('leading', { batch: 'trajectories', length: 'leading' });
const nextTensors = keptTensors('next', { batch: 'trajectories', length: 'length' });

/**
 * The graph of more tokens that responses begin with: `ids` int64 [trajectories, length] and `present` float32 (0 where a token has no embedding),
 * after the outputs of the prefix graph and what is kept of the leading tokens so far. Outputs: what is kept of these, the piece `next`.
 */
export const leadingGraph = (network: Classifier, prefix: ClassifierPrefix): Model => {
  const g = new GraphBuilder();
  const slots = ['trajectories', 'length'];
  const ids = g.input('ids', 'int64', slots);
  const present = g.input('present', 'float32', slots);
  const before = [prefixTensors.inputs(g, prefix), leadingTensors.inputs(g, prefix)];
  const embeds = g.Mul(network.embed(g, ids), g.Unsqueeze(present, [2]));
  nextTensors.outputs(g, prefix.append(g, embeds, before));
  return g.model();
};
