import { NonDifferentiableError, UnsupportedError } from '@entrgi/core';
import { GraphBuilder, type Value } from '@entrgi/onnx';
import { int } from '@entrgi/onnx/internal';
import { describe, expect, it } from 'vitest';
import { appendGradient } from '../../gradient-graph.js';
import { numbersOf, randomNumbers, relativeDifference, tensorOf } from '../../testing/numbers.js';
import { open, runOnce } from '../../testing/run-model.js';

const [N, K] = [64, 96];
const random = randomNumbers(1);
/** One scale for each tile of 32 × 32, so that the transpose is the same numbers. */
const tiles = Array.from({ length: (N / 32) * (K / 32) }, () => 0.02 + 0.03 * random());
const codes = Array.from({ length: N * K }, () => Math.floor(16 * random()));
const code = (n: number, k: number) => codes[n * K + k]!;
const tile = (n: number, k: number) => tiles[Math.floor(n / 32) * (K / 32) + Math.floor(k / 32)]!;

/** Two codes a byte along each row, lower half first; a scale for every 32 of them. */
const initializers = (
  g: GraphBuilder,
  name: string,
  [rows, columns]: readonly [number, number],
  at: (row: number, column: number) => { readonly code: number; readonly scale: number },
) => {
  const data = Uint8Array.from({ length: (rows * columns) / 2 }, (_, i) => {
    const [row, column] = [Math.floor((2 * i) / columns), (2 * i) % columns];
    return at(row, column).code | (at(row, column + 1).code << 4);
  });
  const blocks = columns / 32;
  const scales = Float32Array.from(
    { length: rows * blocks },
    (_, i) => at(Math.floor(i / blocks), 32 * (i % blocks)).scale,
  );
  return {
    weight: g.initializer(name, { type: 'uint8', dims: [rows, blocks, 16], data }),
    scales: g.initializer(`${name}/scales`, { type: 'float32', dims: [rows, blocks], data: scales }),
  };
};

const graph = (accuracyLevel = 1) => {
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', ['B', 'S', K]);
  const { weight, scales } = initializers(g, 'W', [N, K], (n, k) => ({
    code: code(n, k),
    scale: tile(n, k),
  }));
  const attributes = {
    K: int(K),
    N: int(N),
    bits: int(4),
    block_size: int(32),
    accuracy_level: int(accuracyLevel),
  };
  const [y] = g.node('MatMulNBits', [x, weight, scales], attributes, { domain: 'com.microsoft' }) as [Value];
  const transposedWeight = (name: Value) =>
    name === 'W'
      ? initializers(g, 'Wt', [K, N], (k, n) => ({ code: code(n, k), scale: tile(n, k) }))
      : undefined;
  return { g, x, y, transposedWeight };
};

const opTypes = (g: GraphBuilder) => g.graph.nodes.map(({ opType }) => opType);
const values = Array.from({ length: 2 * 3 * K }, () => 2 * random() - 1);
const feeds = { x: tensorOf('float32', [2, 3, K], values) };

/** y = tanh(x Wᵀ), differentiated by hand in double precision. */
const expected = values.map((_, i) => {
  const [row, k] = [Math.floor(i / K), i % K];
  let sum = 0;
  for (let n = 0; n < N; n++) {
    let h = 0;
    for (let j = 0; j < K; j++) h += values[row * K + j]! * tile(n, j) * (code(n, j) - 8);
    sum += (1 - Math.tanh(h) ** 2) * tile(n, k) * (code(n, k) - 8);
  }
  return sum;
});

describe('the gradient of MatMulNBits', () => {
  it.each([true, false])('is that of the numbers it multiplies by (packed transpose: %s)', async (has) => {
    const { g, x, y, transposedWeight } = graph();
    const of = g.Tanh(y);
    const [dx] = appendGradient(g, { of, wrt: [x], ...(has ? { transposedWeight } : {}) }) as [Value];
    g.output(dx, 'dx');
    expect(opTypes(g).filter((opType) => opType === 'MatMulNBits')).toHaveLength(has ? 2 : 1);
    expect(opTypes(g).includes('DequantizeLinear')).toBe(!has);
    const results = await runOnce(g.model(), feeds);
    expect(relativeDifference(numbersOf(results.dx!), expected)).toBeLessThan(2e-6);
  });

  it('is exact for its forward pass: a step along it changes the result by its length, whatever the step', async () => {
    const { g, x, y, transposedWeight } = graph();
    g.output(g.ReduceSum(g.Tanh(y), null), 'sum');
    g.output(appendGradient(g, { of: 'sum', wrt: [x], transposedWeight })[0]!, 'dx');
    const runner = await open(g.model());
    const dx = numbersOf((await runner.run(feeds)).dx!);
    const length = Math.hypot(...dx);
    const sumAt = async (step: number) => {
      const moved = values.map((value, i) => value + (step * dx[i]!) / length);
      return numbersOf((await runner.run({ x: tensorOf('float32', [2, 3, K], moved) })).sum!)[0]!;
    };
    // Steps from far below to above what 8-bit activations could tell apart (1/127).
    for (const step of [3e-3, 1e-2, 3e-2]) {
      const slope = ((await sumAt(step)) - (await sumAt(-step))) / (2 * step);
      expect(Math.abs(slope - length) / length, `step ${step}`).toBeLessThan(2e-3);
    }
    await runner.close();
  });

  it('is refused where activations are rounded to 8 bits, with what to choose instead', () => {
    const { g, x, y } = graph(4);
    const differentiate = () => appendGradient(g, { of: y, wrt: [x] });
    expect(differentiate).toThrow(NonDifferentiableError);
    expect(differentiate).toThrow("Load the checkpoint with dtype 'q4' or 'q8' without int8Activations");
  });

  it('is refused with respect to the scales', () => {
    const { g, y } = graph();
    expect(() => appendGradient(g, { of: y, wrt: ['W/scales'] })).toThrow(UnsupportedError);
  });
});
