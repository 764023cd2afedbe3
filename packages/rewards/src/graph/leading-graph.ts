import type { Classifier, ClassifierPrefix } from '@entrgi/models';
import { keptTensors } from '@entrgi/models/internal';
import type { Model } from '@entrgi/onnx';
import { GraphBuilder } from '@entrgi/onnx/graphs';
import { embedTokens } from './embed-tokens.js';
import { prefixTensors } from './prefix-graph.js';

/**
 * What each layer keeps of the tokens that responses begin with, each trajectory's own; and of more of them.
 */
export const leadingTensors = keptTensors('leading', { batch: 'trajectories', length: 'leading' });
const nextTensors = keptTensors('next', { batch: 'trajectories', length: 'length' });

/**
 * The graph of more tokens that responses begin with: `ids` int64 [trajectories, length], −1 where a token
 * has no embedding, after the outputs of the prefix graph and what is kept of the leading tokens so far.
 * Outputs: what is kept of these, the piece `next`.
 */
export const leadingGraph = (network: Classifier, prefix: ClassifierPrefix): Model => {
  const g = new GraphBuilder();
  const slots = ['trajectories', 'length'];
  const ids = g.input('ids', 'int64', slots);
  const before = [prefixTensors.inputs(g, prefix), leadingTensors.inputs(g, prefix)];
  const embedded = embedTokens(g, network, g.Reshape(ids, [-1]));
  const width = g.Shape(embedded, { start: 1, end: 2 });
  const embeds = g.Reshape(embedded, g.Concat([g.Shape(ids), width], 0));
  nextTensors.outputs(g, prefix.append(g, embeds, before));
  return g.model();
};
