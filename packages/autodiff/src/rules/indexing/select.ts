import type { Value } from '@entrgi/onnx';
import type { RuleRequest } from '../../rule/rule.js';
import { shapeOf } from '../../rule/shapes.js';
import { addIntoZeros } from './add-into-zeros.js';

/** The highest (or lowest) k along an axis: each goes back to its place. */
export const TopK = (request: RuleRequest) => {
  const { g, attrs } = request;
  const [x] = request.x;
  const [dy] = request.dy;
  const [, places] = request.y;
  const scatter = (zeros: Value, values: Value) =>
    g.ScatterElements(zeros, places, values, { axis: attrs.int('axis', -1), reduction: 'add' });
  return [addIntoZeros(request, shapeOf(request, x), dy, scatter)];
};

/** The value off has the sum of dy where it stands, on that of the other places. */
export const OneHot = (request: RuleRequest) => {
  const { g, node, x, dy, needs } = request;
  if (!needs(2)) return [];
  const bounds = g.Cast(g.int64s([0, 1]), g.typeOf(dy[0]).type);
  const [on] = g.node('OneHot', [x[0], x[1], bounds], node.attributes) as [Value];
  const total = g.ReduceSum(dy[0], null, 0);
  const onTotal = g.ReduceSum(g.Mul(dy[0], on), null, 0);
  return [
    null,
    null,
    g.Concat(
      [g.Sub(total, onTotal), onTotal].map((sum) => g.Reshape(sum, [1])),
      0,
    ),
  ];
};
