import type { GraphBuilder, Value } from '@entrgi/onnx';
import { int } from '@entrgi/onnx/internal';
import type { GradientCase } from './gradient-case.js';
import { randomNumbers } from './numbers.js';

/**
 * Grows values of shape [2, 3] (or what broadcasts to it) from others; each step is smooth and keeps
 * magnitudes near 1.
 */
const steps: readonly ((g: GraphBuilder, a: Value, b: Value) => Value)[] = [
  (g, a, b) => g.Add(a, b),
  (g, a, b) => g.Sub(a, b),
  (g, a, b) => g.Mul(a, g.Tanh(b)),
  (g, a, b) => g.Div(a, g.Add(g.Mul(b, b), g.scalarLike(1, b))),
  (g, a) => g.Tanh(a),
  (g, a) => g.Sigmoid(a),
  (g, a, b) => g.Softmax(g.Add(a, b)),
  (g, a, b) => g.Sub(a, g.ReduceMean(b, [-1])),
  (g, a) => g.Mul(a, g.Reciprocal(g.Sqrt(g.Add(g.ReduceMean(g.Mul(a, a), [-1]), g.scalarLike(0.5, a))))),
  (g, a, b) => g.MatMul(g.Softmax(g.MatMul(whole(g, a), g.Transpose(whole(g, b), [1, 0]))), whole(g, a)),
  (g, a, b) => {
    const joined = g.Concat([whole(g, a), whole(g, b)], 1);
    const [first, last] = g.Split(joined, [2, 4], 1, 2) as [Value, Value];
    return g.Concat([g.Slice(last, [1], [2], [1]), first], 1);
  },
  (g, a) => g.Transpose(g.Reshape(whole(g, a), [3, 2]), [1, 0]),
  (g, a) => g.Gather(whole(g, a), g.int64s([1, 1]), 0),
  (g, a) => g.Gather(whole(g, a), g.int64s([2, 0, 2]), 1),
  (g, a, b) => g.Where(g.Greater(b, g.scalarLike(0, b)), a, g.Mul(a, g.scalarLike(0.5, a))),
  (g, a) => g.Squeeze(g.Unsqueeze(whole(g, a), [1]), [1]),
  // Slices that stride, to bounds far outside.
  (g, a, b) => strided(g, pair(g, a, b), 0n, far, 2n),
  (g, a, b) => strided(g, pair(g, a, b), -1n, -far - 1n, -2n),
  (g, a) => strided(g, whole(g, a), -1n, -far - 1n, -1n),
  // Letters and ellipses that broadcast.
  (g, a, b) => g.Einsum('...i,...i->...i', g.Tanh(whole(g, a)), g.ReduceMean(whole(g, b), [0])),
  (g, a, b) =>
    g.Einsum('ij,jk->ik', whole(g, a), g.Tanh(g.Expand(g.ReduceMean(whole(g, b), [0, 1]), [1, 3]))),
  (g, a, b) =>
    g.Tanh(g.Einsum('i...,i...,...->i...', whole(g, a), whole(g, b), g.ReduceMean(whole(g, b), [0], 0))),
  // Axes that are empty, and mean all or none.
  (g, a, b) => g.Sub(a, g.ReduceMean(b, [], 0)),
  (g, a, b) => g.Sub(a, reduced(g, 'ReduceMean', b)),
  (g, a, b) => g.Add(a, g.Sin(reduced(g, 'ReduceSumSquare', b))),
  (g, a, b) => g.Tanh(g.Add(a, reduced(g, 'ReduceLogSumExp', b))),
  (g, a, b) => g.Add(a, g.Sin(reduced(g, 'ReduceProd', b))),
  (g, a) => g.node('ReduceLogSumExp', [pair(g, a, a), g.int64s([1])])[0]!,
  // Parts of size 0.
  (g, a, b) => g.Concat([nothing(g, b), whole(g, a), nothing(g, a)], 1),
  (g, a, b) => g.Add(a, g.ReduceSum(g.Exp(nothing(g, b)), [1])),
  (g, a, b) => g.Add(a, g.MatMul(nothing(g, b), g.Reshape(nothing(g, a), [0, 3], { allowzero: true }))),
  (g, a) => g.Split(whole(g, a), [0, 3, 0], 1, 3)[1]!,
  (g, a, b) => g.Concat([whole(g, a), g.Gather(whole(g, b), g.int64s([]), 1)], 1),
  (g, a) => g.Slice(g.Pad(whole(g, a), [0, 2, 1, 1]), [0, 2], [-1, -1], [0, 1]),
  (g, a) => g.ReduceMean(g.Reshape(g.Tile(whole(g, a), [2, 1]), [2, 2, 3]), [0], 0),
];

/** The largest 64-bit integer. */
const far = 2n ** 63n - 1n;

/** [2, 6] */
const pair = (g: GraphBuilder, a: Value, b: Value): Value => g.Concat([whole(g, a), whole(g, b)], 1);

/** [2, 0] */
const nothing = (g: GraphBuilder, value: Value): Value => g.Slice(whole(g, value), [3], [3], [1]);

const strided = (g: GraphBuilder, x: Value, ...bounds: readonly [bigint, bigint, bigint]): Value => {
  const [start, end, step] = bounds.map((bound) =>
    g.constant({ type: 'int64', dims: [1], data: BigInt64Array.of(bound) }),
  ) as [Value, Value, Value];
  return g.Slice(x, start, end, [1], step);
};

/** Over no axes at all. */
const reduced = (g: GraphBuilder, opType: string, x: Value): Value =>
  g.node(opType, [x, g.int64s([])], { noop_with_empty_axes: int(1) })[0]!;

/** `value` broadcast to [2, 3]. */
const whole = (g: GraphBuilder, value: Value): Value => g.Expand(value, [2, 3]);

/** A graph of random operators over three inputs that broadcast. The same seed gives the same graph. */
export const randomCase = (seed: number, length = 14): GradientCase => ({
  operator: 'random',
  what: `graph ${seed}`,
  inputs: [{ dims: [2, 3] }, { dims: [3] }, { dims: [2, 1] }],
  forward: (g, [x, y, z]) => {
    const random = randomNumbers(seed);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
    const values = [g.Add(g.Mul(x, y), z), x, y, z];
    for (let i = 0; i < length; i++) values.push(pick(steps)(g, pick(values), pick(values)));
    // Branches that nothing reads stay in the graph: they must not matter.
    return g.Add(values.at(-1)!, g.Mul(pick(values), values[0]!));
  },
});
