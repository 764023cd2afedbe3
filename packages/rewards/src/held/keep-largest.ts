import type { FilterRule } from '@entrgi/core';
import type { GraphBuilder, Value } from '@entrgi/onnx';

/**
 * Halvings of a range of at most 88: what is left of it is less than the distance between two float32 of that
 * size.
 */
const HALVINGS = 24;
/** e^−69 is lost in a float32 sum of at least 1: what filters do not see. */
const LOWEST = -69;

/**
 * What a filter leaves of the weights e^z, float32 [rows, size], where the largest z of a row is 0. The
 * smallest z to be kept is searched by halving, as no device sorts: of tokens as probable as the last one
 * kept, all stay, where the filter itself drops those of higher ids. `number` is the filter's, a scalar of
 * the graph; `size` that of the vocabulary.
 */
export const keepLargest = (
  g: GraphBuilder,
  { z, weights }: { readonly z: Value; readonly weights: Value },
  { kind, number, size }: { readonly kind: FilterKind; readonly number: Value; readonly size: number },
): Value => {
  const nothing = g.scalar(0, 'float32');
  const half = g.scalar(0.5, 'float32');
  const counted = kind === 'topP' ? weights : g.Cast(g.Greater(weights, nothing), 'float32');
  const needed = kind === 'topP' ? g.Mul(number, g.ReduceSum(weights, [1])) : number;
  // Tokens below a share (1 − p)/V of all hold less than 1 − p together, and those of the largest more than that share.
  const lowest =
    kind === 'topP'
      ? g.Log(g.Mul(g.Sub(g.scalar(1, 'float32'), number), g.scalar(0.5 / size, 'float32')))
      : g.scalar(LOWEST, 'float32');
  const column = g.Mul(g.ReduceMax(z, [1]), nothing);
  let low = g.Add(column, lowest);
  // Above the largest.
  let high = g.Add(column, half);
  for (let i = 0; i < HALVINGS; i++) {
    const middle = g.Mul(g.Add(low, high), half);
    const mass = g.ReduceSum(g.Where(g.GreaterOrEqual(z, middle), counted, nothing), [1]);
    const isEnough = g.GreaterOrEqual(mass, needed);
    low = g.Where(isEnough, middle, low);
    high = g.Where(isEnough, high, middle);
  }
  return g.Where(g.GreaterOrEqual(z, low), weights, nothing);
};

export type FilterKind = 'topP' | 'topK';

/**
 * A filter's kind, of which graphs are made, and its number, which they are fed. Undefined where it excludes
 * nothing.
 */
export const filterOf = (rule: FilterRule): { kind: FilterKind; number: number } | undefined => {
  if ('topK' in rule) return { kind: 'topK', number: rule.topK };
  return rule.topP === 1 ? undefined : { kind: 'topP', number: rule.topP };
};
