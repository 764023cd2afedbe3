import type { Dimension, GraphBuilder, Value } from '@entrgi/onnx';
import { int } from '@entrgi/onnx/internal';
import { reshapeTo } from './shapes.js';

type Dimensions = readonly Dimension[] | undefined;

/**
 * Sums a gradient over the axes along which an input was broadcast, so that it gets the input's shape.
 * Decided from the known shapes where they suffice; otherwise the axes are found when the graph runs.
 * @param dims what is known of the gradient's shape
 */
export function unBroadcast(
  g: GraphBuilder,
  dx: Value,
  dims: Dimensions,
  x: Value,
  shapeOf: (value: Value) => Value,
): Value {
  const target = g.typeOf(x).dims;
  const axes = broadcastAxes(dims, target);
  if (axes === undefined) return sumAtRunTime(g, dx, dims, x, shapeOf);
  if (axes.length === 0) return dx;
  const added = dims!.length - target!.length;
  if (axes.every((axis) => axis < added)) return g.ReduceSum(dx, axes, 0);
  const sum = g.ReduceSum(dx, axes, 1);
  return added === 0 ? sum : g.Squeeze(sum, axes.slice(0, added));
}

/** Axes of `dims` that `target` was broadcast along; undefined where the known shapes do not tell. */
export function broadcastAxes(dims: Dimensions, target: Dimensions): number[] | undefined {
  if (dims === undefined || target === undefined) return undefined;
  const added = dims.length - target.length;
  const axes: number[] = [];
  for (const [axis, size] of dims.entries()) {
    const own = axis < added ? 1 : target[axis - added]!;
    if (axis < added) axes.push(axis);
    else if (own === 1) {
      if (size !== 1) axes.push(axis);
    } else if (size !== 1 && typeof own !== 'number' && (own === null || own !== size)) return undefined;
  }
  return axes;
}

/** As many as a shape has sizes at most: models of more axes are refused. */
const mostOnes = new Array<number>(32).fill(1);

/** The axes are those where the input's shape, padded with leading ones, differs from the gradient's. */
function sumAtRunTime(
  g: GraphBuilder,
  dx: Value,
  dims: Dimensions,
  x: Value,
  shapeOf: (value: Value) => Value,
): Value {
  const wide = shapeOf(dx);
  const narrow = shapeOf(x);
  const rank = g.typeOf(x).dims?.length;
  const ones =
    dims !== undefined && rank !== undefined
      ? g.int64s(Array.from({ length: dims.length - rank }, () => 1))
      : g.Slice(g.int64s(mostOnes), [0], g.Sub(g.Shape(wide), g.Shape(narrow)), [0]);
  const padded = dims?.length === rank && rank !== undefined ? narrow : g.Concat([ones, narrow], 0);
  const [differing] = g.node('NonZero', [g.Not(g.Equal(padded, wide))]) as [Value];
  const [sum] = g.node('ReduceSum', [dx, g.Reshape(differing, [-1])], {
    keepdims: int(1),
    noop_with_empty_axes: int(1),
  }) as [Value];
  return dims?.length === rank && rank !== undefined ? sum : reshapeTo({ g }, sum, narrow);
}
