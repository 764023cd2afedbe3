import type { Value } from '@entrgi/onnx';
import type { RuleRequest } from '../../rule/rule.js';
import { expandTo, rankOf } from '../../rule/shapes.js';
import { inSinglePrecision } from '../../rule/single-precision.js';

/**
 * Zeros of a shape with `values` added at some places, as `scatter` says. Half precision is added up in
 * float32: runtimes have no such kernel for float16, and many small terms would be lost.
 */
export function addIntoZeros(
  request: RuleRequest,
  shape: Value,
  values: Value,
  scatter: (zeros: Value, values: Value) => Value,
): Value {
  const { g } = request;
  const { wide, widen, back } = inSinglePrecision(request, values);
  return back(scatter(g.Expand(g.scalar(0, wide), shape), widen(values)));
}

/**
 * Adds slice i of `values` along an axis at position indices[i] of zeros of a shape. `indices` is a vector.
 */
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
  const places = expandTo(request, g.Unsqueeze(indices, others), values);
  return addIntoZeros(request, shape, values, (zeros, wide) =>
    g.ScatterElements(zeros, places, wide, { axis, reduction: 'add' }),
  );
}
