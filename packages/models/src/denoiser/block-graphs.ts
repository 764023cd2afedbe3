import { GraphBuilder, type Model } from '@entrgi/onnx';
import type { BlockNetwork, KeysAndValues } from '../contracts/network.js';
import type { Weights } from '../contracts/weights.js';

/**
 * What each layer keeps of the tokens around a block: inputs `ids` int64 [batch, length], `start` and `end` int64 [1], the block's; outputs
 * float32 [batch, keyValueHeads, length − (end − start), headWidth], under the names that the block graph reads them by.
 */
export const aroundGraph = (network: BlockNetwork, weights: Weights): Model => {
  const g = new GraphBuilder();
  const ids = g.input('ids', 'int64', ['batch', 'length']);
  const start = g.input('start', 'int64', [1]);
  const end = g.input('end', 'int64', [1]);
  const length = g.Shape(ids, { start: 1, end: 2 });
  network.kept(g, weights, ids).forEach((kept, layer) => {
    for (const what of ['keys', 'values'] as const) {
      const before = g.Slice(kept[what], g.int64s([0]), start, [2]);
      const after = g.Slice(kept[what], end, length, [2]);
      g.output(g.Concat([before, after], 2), nameOf(layer, what));
    }
  });
  return g.model();
};

/**
 * A block's logits: inputs `ids` int64 [batch, block], flat `positions` int64 [rows], `start` int64 [1], the place of the first, and the outputs of the
 * graph above, for each sequence or one for all; output `logits` float32 [rows, vocabulary].
 */
export const blockGraph = (network: BlockNetwork, weights: Weights): Model => {
  const g = new GraphBuilder();
  const ids = g.input('ids', 'int64', ['batch', 'block']);
  const positions = g.input('positions', 'int64', ['rows']);
  const start = g.input('start', 'int64', [1]);
  const dims = [null, network.keyValueHeads, 'around', network.headWidth];
  const around = Array.from({ length: network.layers }, (_, layer) => ({
    keys: g.input(nameOf(layer, 'keys'), 'float32', dims),
    values: g.input(nameOf(layer, 'values'), 'float32', dims),
  }));
  g.output(network.logits(g, weights, { ids, positions, start, past: [around] }), 'logits');
  return g.model();
};

const nameOf = (layer: number, what: keyof KeysAndValues) => `around/${layer}/${what}`;
