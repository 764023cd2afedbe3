import type { Value } from '@entrgi/onnx';
import type { RuleRequest } from '../../rule/rule.js';
import { positionsAlong, rankOf, reshapeTo, shapeOf, sizesOf } from '../../rule/shapes.js';
import { addAlongAxis, addIntoZeros } from './add-into-zeros.js';

/** Every gathered slice adds to the place it came from. */
export const Gather = (request: RuleRequest) => {
  const { g, attrs } = request;
  const [x, indices] = request.x;
  const [dy] = request.dy;
  const rank = rankOf(request, x);
  const axis = (attrs.int('axis', 0) + rank) % rank;
  const shape = shapeOf(request, x);
  if (axis === 0) {
    const rows = g.Unsqueeze(indices, [-1]);
    return [
      addIntoZeros(request, shape, dy, (zeros, wide) => g.ScatterND(zeros, rows, wide, { reduction: 'add' })),
    ];
  }
  const indexRank = rankOf(request, indices);
  if (indexRank === 1) return [addAlongAxis(request, shape, dy, indices, axis)];
  // dy has the axes of the indices in place of `axis`: they become one.
  const flat = g.Reshape(indices, [-1]);
  const rows = reshapeTo(request, dy, mergedShape(request, axis, indexRank, flat));
  return [addAlongAxis(request, shape, rows, flat, axis)];
};

/** The shape of x, but on the axis the number of indices. */
function mergedShape(request: RuleRequest, axis: number, indexRank: number, flat: Value): Value {
  const { g } = request;
  const sizes = g.typeOf(request.x[0]).dims?.with(axis, g.typeOf(flat).dims?.[0] ?? null);
  if (sizes?.every((size) => typeof size === 'number')) return g.int64s(sizes);
  const shape = shapeOf(request, request.dy[0]);
  const before = g.Slice(shape, [0], [axis], [0]);
  const after = g.Slice(shape, [axis + indexRank], [2 ** 31 - 1], [0]);
  return g.Concat([before, shapeOf(request, flat), after], 0);
}

export const GatherElements = (request: RuleRequest) => {
  const { g, x, dy, attrs } = request;
  const axis = attrs.int('axis', 0);
  const scatter = (zeros: Value, values: Value) =>
    g.ScatterElements(zeros, x[1], values, { axis, reduction: 'add' });
  return [addIntoZeros(request, shapeOf(request, x[0]), dy[0], scatter)];
};

export const GatherND = (request: RuleRequest) => {
  const { g, x, dy, attrs } = request;
  const places = withBatchPositions(request, x[1], attrs.int('batch_dims', 0));
  const scatter = (zeros: Value, values: Value) => g.ScatterND(zeros, places, values, { reduction: 'add' });
  return [addIntoZeros(request, shapeOf(request, x[0]), dy[0], scatter)];
};

/**
 * Index tuples that start with the position on each batch axis, which GatherND implies and ScatterND wants
 * spelt out.
 */
function withBatchPositions(request: RuleRequest, indices: Value, batchAxes: number): Value {
  const { g } = request;
  if (batchAxes === 0) return indices;
  const rank = rankOf(request, indices);
  const outer = Array.from({ length: rank - 1 }, (_, axis) => axis);
  const one = g.Concat([sizesOf(request, indices, outer), g.int64s([1])], 0);
  const positions = outer.slice(0, batchAxes).map((axis) => {
    const shape = Array.from({ length: rank }, (_, other) => (other === axis ? -1 : 1));
    return g.Expand(g.Reshape(positionsAlong(request, indices, axis), shape), one);
  });
  return g.Concat([...positions, indices], -1);
}
