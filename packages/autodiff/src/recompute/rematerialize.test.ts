import { GraphBuilder, type InlineInitializer, pruneGraph, type Value } from '@entrgi/onnx';
import { describe, expect, it } from 'vitest';
import { appendGradient } from '../gradient-graph.js';
import { numbersOf, relativeDifference, tensorOf } from '../testing/numbers.js';
import { runOnce } from '../testing/run-model.js';

const matrix = (seed: number) => Array.from({ length: 16 }, (_, i) => Math.sin(seed + 2.3 * i));

const weight = (g: GraphBuilder, name: string, seed: number) =>
  g.initializer(name, tensorOf('float32', [4, 4], matrix(seed)) as InlineInitializer);

/** Σ (silu(x A) ⊙ x B) C, what a SwiGLU layer computes. */
const gated = () => {
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', ['rows', 4]);
  const gate = g.MatMul(x, weight(g, 'A', 1));
  const up = g.MatMul(x, weight(g, 'B', 2));
  const sigmoid = g.Sigmoid(gate);
  const silu = g.Mul(gate, sigmoid);
  const y = g.ReduceSum(g.MatMul(g.Mul(silu, up), weight(g, 'C', 3)), null, 0);
  return { g, x, y, named: { gate, up, sigmoid, silu } };
};

/** Which of the named forward values the backward pass reads. Shapes are read early and are small. */
const readBackward = (
  g: GraphBuilder,
  { x, y, named }: { x: Value; y: Value; named: Readonly<Record<string, Value>> },
): string[] => {
  const forward = new Set(g.graph.nodes.flatMap(({ outputs }) => outputs));
  const [dx] = appendGradient(g, { of: y, wrt: [x] });
  g.output(dx!, 'gradient');
  pruneGraph(g.graph);
  const read = new Set(
    g.graph.nodes
      .filter(({ opType, outputs }) => opType !== 'Shape' && !outputs.some((output) => forward.has(output)))
      .flatMap(({ inputs }) => inputs),
  );
  return Object.keys(named).filter((name) => read.has(named[name]!));
};

describe('the backward pass', () => {
  it('keeps gate and up of a SwiGLU layer, and computes what follows from them again', () => {
    const { g, ...rest } = gated();
    expect(readBackward(g, rest)).toEqual(['gate', 'up']);
  });

  it('finds its gradient', async () => {
    const { g, x, y } = gated();
    g.output(appendGradient(g, { of: y, wrt: [x] })[0]!, 'gradient');
    const at = [0.1, -0.4, 0.3, 0.9, -0.2, 0.5, 0.7, -0.6];
    const { gradient } = await runOnce(g.model(), { x: tensorOf('float32', [2, 4], at) });

    // By hand, row by row, in float64.
    const row = (v: readonly number[], m: readonly number[]) =>
      [0, 1, 2, 3].map((j) => v.reduce((sum, value, i) => sum + value * m[4 * i + j]!, 0));
    const back = (v: readonly number[], m: readonly number[]) =>
      [0, 1, 2, 3].map((i) => v.reduce((sum, value, j) => sum + value * m[4 * i + j]!, 0));
    const [A, B, C] = [matrix(1), matrix(2), matrix(3)];
    const expected = [at.slice(0, 4), at.slice(4)].flatMap((v) => {
      const [a, b] = [row(v, A), row(v, B)];
      const dz = back([1, 1, 1, 1], C);
      const sigma = a.map((value) => 1 / (1 + Math.exp(-value)));
      const da = dz.map((d, i) => d * b[i]! * sigma[i]! * (1 + a[i]! * (1 - sigma[i]!)));
      const db = dz.map((d, i) => d * a[i]! * sigma[i]!);
      const [fromA, fromB] = [back(da, A), back(db, B)];
      return fromA.map((value, i) => value + fromB[i]!);
    });
    expect(relativeDifference(numbersOf(gradient!), expected)).toBeLessThan(1e-6);
  });

  it('sees through the transpose that is made of a value', () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', ['batch', 'length', 4]);
    const product = g.MatMul(x, weight(g, 'A', 1));
    const query = g.Tanh(product);
    const key = g.MatMul(x, weight(g, 'B', 2));
    const scores = g.MatMul(query, g.Transpose(key, [0, 2, 1]));
    // The last factor needs the product itself.
    const y = g.ReduceSum(g.MatMul(g.Softmax(scores), g.Mul(product, product)), null, 0);
    expect(readBackward(g, { x, y, named: { product, query, key } })).toEqual(['product', 'key']);
  });

  it('keeps what would need something else kept', () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', ['rows', 4]);
    const product = g.MatMul(x, weight(g, 'A', 1));
    // ∂ of both Mul need the sums, which only the products give; the products are not needed for anything else.
    const sum = g.Add(x, product);
    const y = g.ReduceSum(g.Mul(g.Mul(sum, sum), sum), null, 0);
    expect(readBackward(g, { x, y, named: { product, sum } })).toEqual(['sum']);
  });

  it('copies each node of a long chain of cheap ones once, however long it is', () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', ['rows', 4]);
    const length = 8_000;
    let y = x;
    for (let i = 0; i < length; i++) y = g.Tanh(y);
    appendGradient(g, { of: y, wrt: [x] });
    const count = (opType: string) => g.graph.nodes.filter((node) => node.opType === opType).length;
    // All but the last, whose value is read as soon as it is there.
    expect(count('Tanh')).toBe(2 * length - 1);
    expect(g.graph.nodes.length).toBeLessThan(6 * length);
  });
});
