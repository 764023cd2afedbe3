import type { Dimension, Value } from '@entrgi/onnx';
import { broadcasting, type RuleRequest } from '../../rule/rule.js';
import {
  constantOf,
  rankOf,
  reshapeLike,
  reshapeTo,
  shapeOf,
  sizesOf,
  zerosLike,
} from '../../rule/shapes.js';

/** Past every size: 'to the end' in a Slice. */
const END = 2 ** 31 - 1;

/** The elements stay in order: dy in the shape of x. */
const sameElements = (request: RuleRequest) => [reshapeLike(request, request.dy[0], request.x[0])];

export const Reshape = sameElements;
export const Flatten = sameElements;
export const Squeeze = sameElements;
export const Unsqueeze = sameElements;

/** The inverse permutation */
export const Transpose = (request: RuleRequest) => {
  const { g, attrs } = request;
  const [x] = request.x;
  const [dy] = request.dy;
  const perm = attrs.ints('perm') ?? Array.from({ length: rankOf(request, x) }, (_, i) => i).reverse();
  return [
    g.Transpose(
      dy,
      perm.map((_, axis) => perm.indexOf(axis)),
    ),
  ];
};

export const Expand = broadcasting(({ dy: [dy] }) => [dy]);

/** y repeats x: the repetitions get an axis of their own, [r₀, d₀, r₁, d₁, …], and are summed over. */
export const Tile = (request: RuleRequest) => {
  const { g } = request;
  const [x, repeats] = request.x;
  const [dy] = request.dy;
  const rank = rankOf(request, x);
  const { dims } = g.typeOf(x);
  const constant = constantOf(request, repeats);
  const fixed = dims?.every((size) => typeof size === 'number') && constant !== undefined;
  const column = (vector: Value) => g.Unsqueeze(vector, [1]);
  const shape = fixed
    ? g.int64s(dims!.flatMap((size, axis) => [constant[axis]!, size as number]))
    : g.Reshape(g.Concat([column(repeats), column(shapeOf(request, x))], 1), [-1]);
  const axes = Array.from({ length: rank }, (_, axis) => 2 * axis);
  return [g.ReduceSum(reshapeTo(request, dy, shape), axes, 0)];
};

/** Each input gets its stretch of dy. */
export const Concat = (request: RuleRequest) => {
  const { g, x, attrs, needs } = request;
  const [dy] = request.dy;
  const inputs = x.filter((input) => input !== '');
  const axis = attrs.int('axis', 0);
  const edges = stretchEdges(inputs.map((input) => g.knownTypeOf(input)?.dims?.at(axis) ?? null));
  if (inputs.every((_, i) => !needs(i) || (edges[i] !== undefined && edges[i + 1] !== undefined))) {
    return inputs.map((_, i) => () => g.Slice(dy, [edges[i]!], [edges[i + 1]!], [axis]));
  }
  const lengths = inputs.map((input) => sizesOf(request, input, [axis]));
  return g.Split(dy, g.Concat(lengths, 0), axis, inputs.length);
};

/**
 * Where stretches begin and end, counted from the front or, negative, from the back, whichever sizes are
 * known.
 */
function stretchEdges(sizes: readonly Dimension[]): (number | undefined)[] {
  const total = (part: readonly Dimension[]) =>
    part.reduce<number>((sum, size) => (typeof size === 'number' ? sum + size : Number.NaN), 0);
  const edges = sizes.map((_, i) => {
    const [before, behind] = [total(sizes.slice(0, i)), total(sizes.slice(i))];
    return before >= 0 ? before : behind > 0 ? -behind : undefined;
  });
  return [...edges, END];
}

/** The parts' gradients side by side, zeros for a part that has none */
export const Split = (request: RuleRequest) => {
  const { g, y, dy, attrs } = request;
  const parts = y.filter((output) => output !== '');
  return [
    g.Concat(
      parts.map((part, i) => dy[i] || zerosLike(request, part)),
      attrs.int('axis', 0),
    ),
  ];
};

/** Padding is cut off again; in `constant` mode the padding value gets what lay on the padding. */
export const Pad = (request: RuleRequest) => {
  const { g, attrs, needs, unsupported } = request;
  const [, pads, , axes] = request.x;
  const [dy] = request.dy;
  const mode = attrs.string('mode', 'constant');
  if (mode !== 'constant') throw unsupported(`mode '${mode}' has no rule`);
  const zero = g.scalarLike(0, dy);
  const [dx] = g.node('Pad', [dy, g.Neg(pads), zero, axes].slice(0, axes === '' ? 3 : 4)) as [Value];
  const reach = () => g.Sub(g.ReduceSum(dy, null, 0), g.ReduceSum(dx, null, 0));
  return [dx, null, needs(2) ? reach() : null];
};
