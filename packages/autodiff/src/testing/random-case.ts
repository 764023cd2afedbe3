import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { GradientCase } from './gradient-case.js';
import { randomNumbers } from './numbers.js';

/** Grows values of shape [2, 3] (or what broadcasts to it) from others; each step is smooth and keeps magnitudes near 1. */
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
];

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
