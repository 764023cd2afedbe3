import type { Model } from '@entrgi/onnx';
import { GraphBuilder } from '@entrgi/onnx/graphs';
import type { DenoiserNetwork } from '../contracts/network.js';
import type { Weights } from '../contracts/weights.js';

/**
 * Inputs `ids` int64 [batch, length] and flat `positions` int64 [rows], and with blocks `offset` int64 [1],
 * how many tokens the first lacks; output `logits` float32 [rows, vocabulary].
 */
export const denoiserGraph = (network: DenoiserNetwork, weights: Weights, blockLength?: number): Model => {
  const g = new GraphBuilder();
  const ids = g.input('ids', 'int64', ['batch', 'length']);
  const positions = g.input('positions', 'int64', ['rows']);
  const blocks =
    blockLength === undefined ? undefined : { length: blockLength, offset: g.input('offset', 'int64', [1]) };
  g.output(network.logits(g, weights, { ids, positions, blocks }), 'logits');
  return g.model();
};
