import type { DataType } from '@entrgi/core';
import { causalMask } from '../../build/causal-mask.js';
import { countUp } from '../../build/count-up.js';
import type { GraphBuilder } from '../../build/graph-builder.js';
import type { Value } from '../../model/model.js';
import { lowestFloat } from '../../values/lowest-float.js';

/** Scaled dot-product attention over heads, in plain operators. */
export interface AttentionParts {
  /** [B, N, S, H] */
  readonly query: Value;
  /** [B, M, T, H], where M divides N */
  readonly key: Value;
  /** [B, M, T, V] */
  readonly value: Value;
  /** N / M: how many query heads share one key head. */
  readonly groups: number;
  readonly scale: number | undefined;
  /** Scores become softcap · tanh(scores / softcap); 0: they do not. */
  readonly softcap: number;
  /** Added to the scores; broadcasts to [B, N, S, T]. */
  readonly biases: readonly Value[];
  /** True where a query may look; broadcasts to [B, N, S, T]. */
  readonly allowed: readonly Value[];
}

/** What attention computes on its way, each [B, N, S, T]. */
export interface AttentionStages {
  /** scale · Q Kᵀ */
  readonly product: Value;
  readonly capped: Value;
  /** With biases added, and the lowest finite number where a query may not look. */
  readonly masked: Value;
  readonly probabilities: Value;
  /** [B, N, S, V] */
  readonly result: Value;
}

/** [B, N, S, V] = softmax(scale · Q Kᵀ + biases) V; a query that may look nowhere gets zeros. */
export const attention = (g: GraphBuilder, parts: AttentionParts): Value => attentionStages(g, parts).result;

/** The same, with what it goes through. */
export function attentionStages(g: GraphBuilder, parts: AttentionParts): AttentionStages {
  const { query, groups, softcap, biases, allowed } = parts;
  const { type } = g.typeOf(query);
  const key = repeatHeads(g, parts.key, groups);
  const value = repeatHeads(g, parts.value, groups);
  const scaled = g.Mul(query, scaleOf(g, query, parts.scale, type));
  const product = g.MatMul(scaled, g.Transpose(key, [0, 1, 3, 2]));
  const cap = () => g.scalar(softcap, type);
  const capped = softcap === 0 ? product : g.Mul(g.Tanh(g.Div(product, cap())), cap());
  const scores = biases.reduce((sum, bias) => g.Add(sum, bias), capped);
  if (allowed.length === 0) {
    const probabilities = g.Softmax(scores, -1);
    return { product, capped, masked: scores, probabilities, result: g.MatMul(probabilities, value) };
  }
  const mask = allowed.reduce((all, one) => g.And(all, one));
  // The lowest finite number, not −∞: a row of −∞ would make NaN, and a NaN that is hidden afterwards still spoils gradients.
  const masked = g.Where(mask, scores, g.scalar(lowestFloat(type), type));
  const probabilities = g.Where(mask, g.Softmax(masked, -1), g.scalar(0, type));
  return { product, capped, masked, probabilities, result: g.MatMul(probabilities, value) };
}

function scaleOf(g: GraphBuilder, query: Value, scale: number | undefined, type: DataType): Value {
  if (scale !== undefined) return g.scalar(scale, type);
  const size = g.typeOf(query).dims?.at(-1);
  if (typeof size === 'number') return g.scalar(1 / Math.sqrt(size), type);
  return g.Reciprocal(g.Sqrt(g.Cast(g.Shape(query, { start: 3, end: 4 }), type)));
}

/** [B, M, T, H] → [B, M · groups, T, H], each head `groups` times in a row. */
function repeatHeads(g: GraphBuilder, x: Value, groups: number): Value {
  if (groups === 1) return x;
  const wide = g.Expand(g.Unsqueeze(x, [2]), [1, 1, groups, 1, 1]);
  const shape = g.Concat(
    [
      g.Shape(x, { start: 0, end: 1 }),
      g.Mul(g.Shape(x, { start: 1, end: 2 }), g.int64s([groups])),
      g.Shape(x, { start: 2, end: 4 }),
    ],
    0,
  );
  return g.Reshape(wide, shape);
}

/** [B, S, heads · H] → [B, heads, S, H] */
export const splitHeads = (g: GraphBuilder, x: Value, heads: number): Value =>
  g.Transpose(g.Reshape(x, [0, 0, heads, -1]), [0, 2, 1, 3]);

/** [B, heads, S, H] → [B, S, heads · H] */
export const joinHeads = (g: GraphBuilder, x: Value): Value =>
  g.Reshape(g.Transpose(x, [0, 2, 1, 3]), [0, 0, -1]);

/**
 * [S, T]: true where key t is not after query s, and fewer than `window` positions before it where that is
 * above 0. Keys count from 0, queries from `first`, which broadcasts to [.., S, T]; default: 0.
 */
export function causalHeadMask(g: GraphBuilder, query: Value, key: Value, window = 0, first?: Value): Value {
  const position = g.Unsqueeze(countUp(g, lengthOf(g, query)), [1]);
  const queries = first === undefined ? position : g.Add(position, first);
  return causalMask(g, queries, g.Unsqueeze(countUp(g, lengthOf(g, key)), [0]), window);
}

/** Size of axis 2, as a scalar. */
export const lengthOf = (g: GraphBuilder, x: Value): Value =>
  g.Squeeze(g.Shape(x, { start: 2, end: 3 }), [0]);
