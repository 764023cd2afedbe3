import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { Weights } from '../../contracts/weights.js';
import { linear } from '../layers/linear.js';
import type { AttentionLayer } from './attention.js';
import { logBucket } from './log-bucket.js';
import { positions } from './rotary.js';

export interface DisentangledAttentionShape {
  /** Batch size and length, each a 1-D value with one element. */
  readonly batch: Value;
  readonly length: Value;
  readonly heads: number;
  readonly headWidth: number;
  /** Longest sequence in tokens. */
  readonly maxLength: number;
  /** Number of buckets to either side, and the distance from which all fall into the last. */
  readonly buckets: number;
  readonly reach: number;
  /** Embeddings of relative positions as rows [2 · buckets, width]. */
  readonly relative: Value;
  /** Added to the scores, broadcast to [batch, heads, length, length]. */
  readonly mask: Value;
}

/**
 * softmax((q·k + q·kᵣ + k·qᵣ) / √(3 headWidth) + mask) v, from and to rows [batch · length, width], where kᵣ
 * and qᵣ are the projections of the embedding of the distance from query to key, made with the weights of
 * keys and queries; one function for all layers. Source: He et al., "DeBERTa: Decoding-enhanced BERT with
 * Disentangled Attention" (arXiv 2006.03654) §3.1.
 */
export const disentangledAttention = (
  g: GraphBuilder,
  weights: Weights,
  shape: DisentangledAttentionShape,
) => {
  const { batch, length, heads, headWidth, relative, mask } = shape;
  const apart = g.Concat([batch, length, g.int64s([heads, headWidth])], 0);
  const scale = g.scalar((3 * headWidth) ** -0.5, 'float32');
  const everywhere = g.Concat([batch, g.int64s([heads]), length, length], 0);
  const fromQuery = distanceRows(g, shape);
  const byQuery = g.Expand(fromQuery, everywhere);
  const byKey = g.Expand(g.Transpose(fromQuery, [1, 0]), everywhere);

  const split = (rows: Value) => g.Transpose(g.Reshape(rows, apart), [0, 2, 1, 3]);
  const relativeHeads = (name: string) =>
    g.Transpose(g.Reshape(linear(g, weights, name, relative), [-1, heads, headWidth]), [1, 2, 0]);

  return (x: Value, layer: AttentionLayer): Value => {
    const q = g.Mul(split(linear(g, weights, layer.q, x)), scale);
    const k = split(linear(g, weights, layer.k, x));
    const v = split(linear(g, weights, layer.v, x));
    const content = g.MatMul(q, g.Transpose(k, [0, 1, 3, 2]));
    const toPosition = g.GatherElements(g.MatMul(q, relativeHeads(layer.k)), byQuery, 3);
    const keysToPosition = g.MatMul(g.Mul(k, scale), relativeHeads(layer.q));
    const fromPosition = g.Transpose(g.GatherElements(keysToPosition, byKey, 3), [0, 1, 3, 2]);
    const scores = g.Add(g.Add(content, toPosition), fromPosition);
    const probs = g.Softmax(g.Add(scores, mask));
    const context = g.Transpose(g.MatMul(probs, v), [0, 2, 1, 3]);
    return linear(g, weights, layer.o, g.Reshape(context, [-1, heads * headWidth]));
  };
};

/**
 * The row of the relative embeddings for each query and key, int64 [length, length]; looked up by distance in
 * a constant.
 */
const distanceRows = (
  g: GraphBuilder,
  { length, maxLength, buckets, reach }: DisentangledAttentionShape,
): Value => {
  const rows = BigInt64Array.from({ length: 2 * maxLength - 1 }, (_, i) => {
    const row = logBucket(i - (maxLength - 1), buckets, reach) + buckets;
    return BigInt(Math.min(Math.max(row, 0), 2 * buckets - 1));
  });
  const table = g.constant({ type: 'int64', dims: [rows.length], data: rows });
  const order = positions(g, length);
  const distance = g.Sub(g.Unsqueeze(order, [1]), g.Unsqueeze(order, [0]));
  return g.Gather(table, g.Add(distance, g.scalar(maxLength - 1, 'int64')));
};
