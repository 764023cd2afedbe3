import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { KeysAndValues } from '../../contracts/network.js';
import type { Weights } from '../../contracts/weights.js';
import { linear } from '../layers/linear.js';
import type { Rotary } from './rotary.js';

/** What the attention of every layer shares. */
export interface AttentionShape {
  /** Batch size and length, each a 1-D value with one element. */
  readonly batch: Value;
  readonly length: Value;
  readonly heads: number;
  /** Fewer than `heads`: each key/value head serves heads / keyValueHeads query heads. */
  readonly keyValueHeads: number;
  readonly headWidth: number;
  /** Turns queries and keys by their positions. */
  readonly rotary?: Rotary;
  /**
   * What scores are multiplied by.
   * @default 1 / √headWidth
   */
  readonly scale?: number | undefined;
  /**
   * Keeps scores within ± cap: cap · tanh(score / cap).
   * @default they have no bounds
   */
  readonly cap?: number | undefined;
}

/**
 * The names of one layer's projections, and what is done to each query and key head [batch, length, heads,
 * headWidth].
 */
export interface AttentionLayer {
  /** One projection to the queries of all heads, then keys, then values, in place of three. */
  readonly qkv?: string | undefined;
  readonly q: string;
  readonly k: string;
  readonly v: string;
  readonly o: string;
  readonly normalize?: { readonly q: (x: Value) => Value; readonly k: (x: Value) => Value };
  /**
   * Added to the scores, broadcast to [batch, heads, length, length]; absent: every token sees every token.
   * All see all of the past.
   */
  readonly mask?: Value | undefined;
  /**
   * Of the tokens before these, piece by piece, each as long in all layers and one for the whole batch (its
   * batch size is 1) or one for each.
   */
  readonly past?: readonly KeysAndValues[] | undefined;
  /**
   * Flat rows to return, int64 [wanted].
   * @default all
   */
  readonly wanted?: Value | undefined;
}

/**
 * softmax(q kᵀ · scale + mask) v, from and to rows [batch · length, width] (or [wanted, width]); one function
 * for all layers. Query heads that share a key head are stacked along the length, so that keys and values are
 * never repeated. Nor is the past: its products are its own, so that it need not be copied for the batch, and
 * that a gradient, of which it gets none, costs it only two products.
 */
export const attention = (g: GraphBuilder, weights: Weights, shape: AttentionShape) => {
  const { batch, length, heads, keyValueHeads, headWidth, rotary, cap, scale = headWidth ** -0.5 } = shape;
  const perHead = (count: number) => g.Concat([batch, length, g.int64s([count, headWidth])], 0);
  const queryShape = perHead(heads);
  const keyShape = heads === keyValueHeads ? queryShape : perHead(keyValueHeads);
  const stacked = g.int64s([0, keyValueHeads, -1, headWidth]);
  const scoreShape = g.Concat([batch, g.int64s([heads]), length, length], 0);
  const stackedScores = g.Concat([batch, g.int64s([keyValueHeads, -1]), length], 0);
  const unstacked = g.Concat([batch, g.int64s([heads]), length, g.int64s([headWidth])], 0);
  const grouped = heads !== keyValueHeads;
  const widths = [heads, keyValueHeads, keyValueHeads].map((count) => count * headWidth);
  const rotate: Rotary =
    rotary ?? ((x, factor = 1) => (factor === 1 ? x : g.Mul(x, g.scalar(factor, 'float32'))));

  const stack = (scores: Value) => (grouped ? g.Reshape(scores, stackedScores) : scores);
  let parts: Value | undefined;

  return (x: Value, layer: AttentionLayer): { readonly rows: Value; readonly own: KeysAndValues } => {
    const [ofQueries, ofKeys, ofValues] =
      layer.qkv === undefined
        ? [layer.q, layer.k, layer.v].map((name) => linear(g, weights, name, x))
        : g.Split(linear(g, weights, layer.qkv, x), widths, 1, 3);
    const queries = g.Reshape(ofQueries!, queryShape);
    const keys = g.Reshape(ofKeys!, keyShape);
    const values = g.Reshape(ofValues!, keyShape);
    const q = rotate(g.Transpose(layer.normalize?.q(queries) ?? queries, [0, 2, 1, 3]), scale);
    const k = rotate(g.Transpose(layer.normalize?.k(keys) ?? keys, [0, 2, 1, 3]));
    const v = g.Transpose(values, [0, 2, 1, 3]);

    const queried = grouped ? g.Reshape(q, stacked) : q;
    const scoresOf = (seen: Value) => {
      const products = g.MatMul(queried, g.Transpose(seen, [0, 1, 3, 2]));
      if (cap === undefined) return products;
      const limit = g.scalar(cap, 'float32');
      return g.Mul(g.Tanh(g.Div(products, limit)), limit);
    };
    const products = scoresOf(k);
    const scores = grouped ? g.Reshape(products, scoreShape) : products;
    const { mask, past = [] } = layer;
    const masked = mask === undefined ? scores : g.Add(scores, mask);
    let mixed: Value;
    if (past.length === 0) mixed = g.MatMul(stack(g.Softmax(masked)), v);
    else {
      parts ??= g.Concat([...past.map(({ keys }) => g.Shape(keys, { start: 2, end: 3 })), length], 0);
      const all = [...past.map(({ keys }) => scoresOf(keys)), stack(masked)];
      const shares = g.Split(g.Softmax(g.Concat(all, -1)), parts, -1, all.length);
      const seen = [...past.map(({ values }) => values), v];
      mixed = shares.map((share, i) => g.MatMul(share, seen[i]!)).reduce((sum, part) => g.Add(sum, part));
    }
    const context = g.Transpose(grouped ? g.Reshape(mixed, unstacked) : mixed, [0, 2, 1, 3]);
    const contexts = g.Reshape(context, [-1, heads * headWidth]);
    const { wanted } = layer;
    const rows = linear(g, weights, layer.o, wanted === undefined ? contexts : g.Gather(contexts, wanted));
    return { rows, own: { keys: k, values: v } };
  };
};
