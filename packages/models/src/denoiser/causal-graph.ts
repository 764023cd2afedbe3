import type { Model } from '@entrgi/onnx';
import { GraphBuilder } from '@entrgi/onnx/graphs';
import { keptTensors } from '../cache/kept-tensors.js';
import type { BlockNetwork } from '../contracts/network.js';
import type { Weights } from '../contracts/weights.js';

/**
 * What is kept of the tokens that all sequences begin with, of those that each has behind them, and of the
 * graph's own.
 */
export const sharedTensors = keptTensors('shared', { batch: 1, length: 'shared' });
export const ownTensors = keptTensors('own', { batch: 'batch', length: 'own' });
export const nextTensors = keptTensors('next', { batch: 'batch', length: 'length' });

/**
 * Tokens that see their block and those before it, behind others that all of them see: inputs `ids` int64
 * [batch, length], flat `positions` int64 [rows], `start` int64 [1], the place of the first, `offset` int64
 * [1], how many tokens the sequence's first block lacks, the pieces `shared`, of one sequence, and `own`, of
 * each; outputs `logits` float32 [rows, vocabulary] and the piece `next`, of these tokens.
 */
export const causalGraph = (network: BlockNetwork, weights: Weights, blockLength: number): Model => {
  const g = new GraphBuilder();
  const ids = g.input('ids', 'int64', ['batch', 'length']);
  const positions = g.input('positions', 'int64', ['rows']);
  const start = g.input('start', 'int64', [1]);
  const blocks = { length: blockLength, offset: g.input('offset', 'int64', [1]) };
  const past = [sharedTensors.inputs(g, network), ownTensors.inputs(g, network)];
  const { kept, logits } = network.decode(g, weights, { ids, positions, start, past, blocks });
  g.output(logits(), 'logits');
  nextTensors.outputs(g, kept);
  return g.model();
};
