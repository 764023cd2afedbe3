import type { Model, Value } from '@entrgi/onnx';
import { GraphBuilder } from '@entrgi/onnx/graphs';
import { keptTensors } from '../cache/kept-tensors.js';
import type { BlockNetwork, KeysAndValues } from '../contracts/network.js';
import type { Weights } from '../contracts/weights.js';

/** What is kept of the tokens around a block: of one sequence for all, or of each. */
const around = keptTensors('around', { batch: null, length: 'around' });

/**
 * What each layer keeps of the tokens around a block: inputs `ids` int64 [batch, length], `start` and `end`
 * int64 [1], the block's; outputs float32 [batch, keyValueHeads, length − (end − start), headWidth], under
 * the names that the block graph reads them by.
 */
export const aroundGraph = (network: BlockNetwork, weights: Weights): Model => {
  const g = new GraphBuilder();
  const ids = g.input('ids', 'int64', ['batch', 'length']);
  const start = g.input('start', 'int64', [1]);
  const end = g.input('end', 'int64', [1]);
  const length = g.Shape(ids, { start: 1, end: 2 });
  const outside = (all: Value) => {
    const before = g.Slice(all, g.int64s([0]), start, [2]);
    const after = g.Slice(all, end, length, [2]);
    return g.Concat([before, after], 2);
  };
  const kept = network
    .decode(g, weights, { ids })
    .kept.map(({ keys, values }): KeysAndValues => ({ keys: outside(keys), values: outside(values) }));
  around.outputs(g, kept);
  return g.model();
};

/**
 * A block's logits: inputs `ids` int64 [batch, block], flat `positions` int64 [rows], `start` int64 [1], the
 * place of the first, and the outputs of the graph above, for each sequence or one for all; output `logits`
 * float32 [rows, vocabulary].
 */
export const blockGraph = (network: BlockNetwork, weights: Weights): Model => {
  const g = new GraphBuilder();
  const ids = g.input('ids', 'int64', ['batch', 'block']);
  const positions = g.input('positions', 'int64', ['rows']);
  const start = g.input('start', 'int64', [1]);
  const past = [around.inputs(g, network)];
  g.output(network.decode(g, weights, { ids, positions, start, past }).logits(), 'logits');
  return g.model();
};
