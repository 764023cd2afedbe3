import { GraphBuilder, type Model } from '@entrgi/onnx';
import type { RewardNetwork } from './reward-network.js';

/** The forward-only graph: `ids` and `segments`, int64 [batch, length], to `rewards`, float32 [batch]. Every token counts. */
export const scoreGraph = (network: RewardNetwork): Model => {
  const g = new GraphBuilder();
  const ids = g.input('ids', 'int64', ['batch', 'length']);
  const segments = g.input('segments', 'int64', ['batch', 'length']);
  const attention = g.Expand(g.int64s([1]), g.Shape(ids));
  const embeds = g.Gather(network.embeddingTable(g), ids);
  g.output(network.rewards(g, { embeds, attention, segments, ids }), 'rewards');
  return g.model();
};
