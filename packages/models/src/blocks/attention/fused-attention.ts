import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { Weights } from '../../contracts/weights.js';
import { linear } from '../layers/linear.js';
import type { Rotary } from './rotary.js';

/**
 * One layer's attention whose queries, keys and values come from one product: x W → [batch, length, 3, heads,
 * headWidth].
 */
export interface FusedAttentionLayer {
  readonly qkv: string;
  readonly o: string;
  readonly rotary: Rotary;
  /** Added to the scores, broadcast to [batch, heads, length, length]. */
  readonly mask?: Value;
}

/**
 * softmax(q kᵀ / √headWidth + mask) v, from and to rows [batch · length, width]; one function for all layers.
 */
export const fusedAttention = (
  g: GraphBuilder,
  weights: Weights,
  { batch, length, heads, headWidth }: { batch: Value; length: Value; heads: number; headWidth: number },
) => {
  const apart = g.Concat([batch, length, g.int64s([heads, headWidth])], 0);
  const width = heads * headWidth;
  const scale = headWidth ** -0.5;

  return (x: Value, { qkv, o, rotary, mask }: FusedAttentionLayer): Value => {
    const parts = g.Split(linear(g, weights, qkv, x), [width, width, width], 1, 3);
    const [queries, keys, v] = parts.map((part) => g.Transpose(g.Reshape(part, apart), [0, 2, 1, 3]));
    const q = rotary(queries!, scale);
    const scores = g.MatMul(q, g.Transpose(rotary(keys!), [0, 1, 3, 2]));
    const probs = g.Softmax(mask === undefined ? scores : g.Add(scores, mask));
    const context = g.Transpose(g.MatMul(probs, v!), [0, 2, 1, 3]);
    return linear(g, weights, o, g.Reshape(context, [-1, width]));
  };
};
