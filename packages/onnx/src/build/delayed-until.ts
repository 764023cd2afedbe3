import type { Value } from '../model/model.js';
import type { GraphBuilder } from './graph-builder.js';

/**
 * `value` in its own shape, but not before `after`, of one axis at least, is there; and to no optimizer the
 * same as `value`: of a weight, no runtime makes a copy in another layout or type while loading. The shape is
 * 0 · (a size of after) + the shape, or the zeros that Reshape takes for it.
 */
export const delayedUntil = (g: GraphBuilder, value: Value, after: Value): Value => {
  const rank = g.typeOf(value).dims?.length;
  const zeros = (count: number) =>
    g.Mul(g.Shape(after, { start: 0, end: 1 }), g.int64s(new Array<number>(count).fill(0)));
  const shape = rank === undefined ? g.Add(zeros(1), g.Shape(value)) : zeros(rank);
  return g.node('Reshape', [value, shape], {}, { like: [value] })[0]!;
};
