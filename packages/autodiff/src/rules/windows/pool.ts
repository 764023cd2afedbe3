import type { Value } from '@entrgi/onnx';
import { elementCount, int } from '@entrgi/onnx/internal';
import type { RuleRequest } from '../../rule/rule.js';
import { shapeOf } from '../../rule/shapes.js';
import { addIntoZeros } from '../indexing/add-into-zeros.js';
import { attributesOf, extended, spaceOf, spread, type Windows, windowsOf } from './windows.js';

const kernelOf = ({ attrs, unsupported }: RuleRequest): readonly number[] => {
  const sizes = attrs.ints('kernel_shape');
  if (sizes === undefined) throw unsupported('it has no kernel_shape');
  return sizes;
};

/**
 * dy goes to the (first) highest element of its window, whose place in all of x the operator tells when it is
 * asked again.
 */
export const MaxPool = (request: RuleRequest) => {
  const { g, node, attrs, unsupported } = request;
  const [x] = request.x;
  const [dy] = request.dy;
  if (attrs.int('storage_order', 0) !== 0) throw unsupported('storage_order has no rule');
  const [, places] = g.node('MaxPool', [x], node.attributes, { outputs: 2 }) as [Value, Value];
  const flat = (value: Value) => g.Reshape(value, [-1]);
  const shape = shapeOf(request, x);
  const scatter = (zeros: Value, values: Value) =>
    g.Reshape(
      g.ScatterElements(flat(zeros), flat(places), flat(values), { axis: 0, reduction: 'add' }),
      shape,
    );
  return [addIntoZeros(request, shape, dy, scatter)];
};

/** dy, over how many elements its window has, to all of them. */
export const AveragePool = (request: RuleRequest) => {
  const { g } = request;
  const [x] = request.x;
  const [dy] = request.dy;
  const windows = windowsOf(request, kernelOf(request));
  // Every channel on its own: [N · C, 1, …]
  const alone = (value: Value) => {
    const space = spaceOf(request, value);
    return g.Reshape(
      value,
      typeof space === 'string' ? g.Concat([g.int64s([-1, 1]), space], 0) : [-1, 1, ...space],
    );
  };
  const share = alone(g.Div(dy, countOf(request, windows)));
  return [g.Reshape(spread(request, share, ones(request, windows), windows, x), shapeOf(request, x))];
};

/** A kernel of ones, [1, 1, …kernel] */
const ones = ({ g, x: [x] }: RuleRequest, { kernel }: Windows): Value =>
  g.Expand(g.scalarLike(1, x), [1, 1, ...kernel]);

/**
 * How many elements each window has: all of the kernel's, or those that lie on x, or on x and its padding.
 */
function countOf(request: RuleRequest, windows: Windows): Value {
  const { g, attrs } = request;
  const [x] = request.x;
  const [y] = request.y;
  const { kernel, before, after, strides, dilations } = windows;
  const ceil = attrs.int('ceil_mode', 0) !== 0;
  const padding = attrs.int('count_include_pad', 0) !== 0;
  const bare = [...before, ...after].every((amount) => amount === 0);
  if (!ceil && (padding || bare)) return g.scalarLike(elementCount(kernel), x);
  const space = spaceOf(request, x);
  const shape = typeof space === 'string' ? g.Concat([g.int64s([1, 1]), space], 0) : [1, 1, ...space];
  const own = g.Expand(g.scalarLike(1, x), shape);
  const padded = g.Pad(own, [0, 0, ...before, 0, 0, ...after], g.scalarLike(padding ? 1 : 0, x));
  // As far as the last window reaches: a stride may end before the end, ceil_mode goes past it.
  const taken = spaceOf(request, y);
  const last = kernel.map((size, i) => (size - 1) * dilations[i]! + 1 - strides[i]!);
  const reach =
    typeof taken === 'string'
      ? g.Add(g.Mul(taken, g.int64s(strides)), g.int64s(last))
      : taken.map((count, i) => count * strides[i]! + last[i]!);
  const reached = extended(
    request,
    padded,
    kernel.map(() => 0),
    reach,
  );
  return g.node('Conv', [reached, ones(request, windows)], {
    ...attributesOf(windows, false),
    group: int(1),
  })[0]!;
}
