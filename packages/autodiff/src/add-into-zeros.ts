import type { Value } from '@entrgi/onnx';
import type { RuleRequest } from './rule.js';
import { rankOf } from './shapes.js';

/**
 * Zeros of a shape with `values` added at some places, as `scatter` says. Half precision is added up in float32: runtimes have no such
 * kernel for float16, and many small terms would be lost.
 */
export function addIntoZeros(
  { g }: RuleRequest,
  shape: Value,
  values: Value,
  scatter: (zeros: Value, values: Value) => Value,
): Value {
  const { type } = g.typeOf(values);
  const half = type === 'float16' || type === 'bfloat16';
  const wide = half ? g.Cast(values, 'float32') : values;
  const sum = scatter(g.Expand(g.scalarLike(0, wide), shape), wide);
  return half ? g.Cast(sum, type) : sum;
}

/** Adds slice i of `values` along an axis at position indices[i] of zeros of a shape. `indices` is a vector. */
export function addAlongAxis(
  request: RuleRequest,
  shape: Value,
  values: Value,
  indices: Value,
  axis: number,
): Value {
  const { g } = request;
  if (axis === 0) {
    const rows = g.Unsqueeze(indices, [-1]);
    return addIntoZeros(request, shape, values, (zeros, wide) =>
      g.ScatterND(zeros, rows, wide, { reduction: 'add' }),
    );
  }
  const others = Array.from({ length: rankOf(request, values) - 1 }, (_, i) => (i < axis ? i : i + 1));
  const places = g.Expand(g.Unsqueeze(indices, others), g.Shape(values));
  return addIntoZeros(request, shape, values, (zeros, wide) =>
    g.ScatterElements(zeros, places, wide, { axis, reduction: 'add' }),
  );
}
