import type { Classifier, ClassifierPrefix } from '@entrgi/models';
import type { Model } from '@entrgi/onnx';
import { GraphBuilder } from '@entrgi/onnx/graphs';
import { prefixTensors } from './prefix-graph.js';

/**
 * The forward-only graph: `ids` and `segments`, int64 [batch, length], to `rewards`, float32 [batch]. Every
 * token counts. With `prefix`, they begin with the response, and what comes before it is read as the prefix
 * graph wrote it.
 */
export const scoreGraph = (network: Classifier, prefix?: ClassifierPrefix): Model => {
  const g = new GraphBuilder();
  const ids = g.input('ids', 'int64', ['batch', 'length']);
  const segments = g.input('segments', 'int64', ['batch', 'length']);
  const attention = g.Expand(g.int64s([1]), g.Shape(ids));
  const embeds = network.embed(g, ids);
  const past = prefix === undefined ? undefined : [prefixTensors.inputs(g, prefix)];
  g.output(network.rewards(g, { embeds, attention, segments, ids, past }), 'rewards');
  return g.model();
};
