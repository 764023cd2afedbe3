import { readFileSync } from 'node:fs';
import { NonDifferentiableError, UnsupportedError } from '@entrgi/core';
import { GraphBuilder, type InlineInitializer, pruneGraph, type Value } from '@entrgi/onnx';
import { describe, expect, it } from 'vitest';
import { appendGradient } from './gradient-graph.js';
import { numbersOf, relativeDifference, tensorOf } from './testing/numbers.js';
import { runOnce } from './testing/run-model.js';

const float32 = (dims: readonly number[], values: readonly number[]) =>
  tensorOf('float32', dims, values) as InlineInitializer;

const opTypes = (g: GraphBuilder) => g.graph.nodes.map(({ opType }) => opType);

/** Makes the gradients outputs, and runs the graph. */
async function gradients(
  g: GraphBuilder,
  of: Value,
  wrt: readonly Value[],
  feeds: Readonly<Record<string, ReturnType<typeof float32>>>,
): Promise<number[][]> {
  const names = appendGradient(g, { of, wrt }).map((value, i) => g.output(value, `gradient ${i}`));
  const results = await runOnce(g.model(), feeds);
  return names.map((name) => numbersOf(results[name]!));
}

describe('appendGradient', () => {
  it('adds up the gradients of a value that is used more than once', async () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', [3]);
    const square = g.Mul(x, x);
    const y = g.Add(g.Add(square, x), g.Mul(square, x));
    // y = x² + x + x³
    const [dx] = await gradients(g, y, [x], { x: float32([3], [1, 2, -3]) });
    expect(dx).toEqual([6, 17, 22]);
  });

  it('gives nothing to branches that the output does not depend on, nor to inputs that nobody asked for', () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', [2, 3]);
    const w = g.initializer('w', float32([3, 4], new Array(12).fill(1)));
    const y = g.MatMul(x, w);
    g.Exp(y);
    g.Tanh(x);
    const before = g.graph.nodes.length;
    appendGradient(g, { of: y, wrt: [x] });
    expect(opTypes(g).slice(before)).toEqual(['Expand', 'Gemm']);
  });

  it('makes no node that the gradients do not need', () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', ['B', 'S', 8]);
    const w = g.initializer('w', float32([8, 8], new Array(64).fill(0.1)));
    const scale = g.initializer('scale', float32([8], new Array(8).fill(1)));
    const bias = g.initializer('bias', float32([8], new Array(8).fill(0)));
    const normal = g.LayerNormalization(x, scale, bias);
    const attention = g.Softmax(g.MatMul(normal, g.Transpose(g.MatMul(normal, w), [0, 2, 1])));
    const y = g.Gelu(g.Div(g.MatMul(attention, normal), g.scalar(2, 'float32')));
    const before = [...g.graph.nodes];
    const [dx] = appendGradient(g, { of: y, wrt: [x] });
    g.output(dx!, 'dx');
    g.output(y, 'y');
    const count = g.graph.nodes.length;
    pruneGraph(g.graph);
    expect(g.graph.nodes.length).toBe(count);
    expect(g.graph.nodes.slice(0, before.length)).toEqual(before);
  });

  it('serves every batch size with one graph', async () => {
    for (const batch of [1, 3]) {
      const g = new GraphBuilder();
      const x = g.input('x', 'float32', ['batch', 2]);
      const b = g.input('b', 'float32', [null, 2]);
      const values = Array.from({ length: batch * 2 }, (_, i) => i + 1);
      const [dx, db] = await gradients(g, g.Mul(x, b), [x, b], {
        x: float32([batch, 2], values),
        b: float32([1, 2], [10, 20]),
      });
      expect(dx).toEqual(Array.from({ length: batch }, () => [10, 20]).flat());
      expect(db).toEqual(batch === 1 ? [1, 2] : [9, 12]);
    }
  });

  it('differentiates with respect to inputs, weights and intermediate values at once', async () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', [1, 2]);
    const w = g.initializer('w', float32([2, 1], [3, 5]));
    const hidden = g.MatMul(x, w);
    const y = g.Mul(hidden, hidden);
    // y = (3·1 + 5·2)² = 169, ∂y/∂hidden = 26
    const results = await gradients(g, y, [hidden, x, w, y], { x: float32([1, 2], [1, 2]) });
    expect(results).toEqual([[26], [78, 130], [26, 52], [1]]);
  });

  it('weighs the elements of the output by a seed', async () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', [2]);
    const seed = g.input('seed', 'float32', [2]);
    const [dx] = appendGradient(g, { of: g.Exp(x), wrt: [x], seed });
    g.output(dx!, 'dx');
    const results = await runOnce(g.model(), { x: float32([2], [0, 0]), seed: float32([2], [2, -7]) });
    expect(numbersOf(results.dx!)).toEqual([2, -7]);
  });

  it('trains: gradients of all weights of a perceptron equal those of PyTorch', async () => {
    const fixture = JSON.parse(readFileSync(new URL('../fixtures/mlp.json', import.meta.url), 'utf8')) as {
      values: Record<string, { dims: number[]; data: number[] }>;
      loss: number;
      gradients: Record<string, { data: number[] }>;
    };
    const g = new GraphBuilder();
    const stored = Object.fromEntries(
      Object.entries(fixture.values).map(([name, { dims, data }]) => [name, float32(dims, data)]),
    );
    const x = g.input('x', 'float32', ['B', 3]);
    const [w1, b1, w2, b2] = ['w1', 'b1', 'w2', 'b2'].map((name) => g.initializer(name, stored[name]!)) as [
      Value,
      Value,
      Value,
      Value,
    ];
    const hidden = g.Gelu(g.Add(g.MatMul(x, w1), b1));
    const probs = g.Softmax(g.Gemm(hidden, w2, b2));
    const loss = g.ReduceMean(g.Log(g.Slice(probs, [0], [1], [1])), null, 0);
    g.output(loss, 'loss');
    const wrt = ['x', 'w1', 'b1', 'w2', 'b2'];
    const results = await gradients(g, loss, wrt, { x: stored.x! });
    wrt.forEach((name, i) => {
      expect(relativeDifference(results[i]!, fixture.gradients[name]!.data), name).toBeLessThan(1e-5);
    });
  });

  it('differentiates its own gradients', async () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', [2, 2]);
    const w = g.initializer('w', float32([2, 2], [1, -2, 0.5, 3]));
    const y = g.Tanh(g.MatMul(x, w));
    const [dx] = appendGradient(g, { of: y, wrt: [x] }) as [Value];
    const values = [0.1, -0.2, 0.3, 0.05];
    const [second] = await gradients(g, dx, [x], { x: float32([2, 2], values) });
    // Σₖ of wᵢₖ (1 − tanh²(uₖ)), differentiated again by hand: −2 tanh (1 − tanh²) (Σᵢ wᵢₖ) wⱼₖ
    const weight = [
      [1, -2],
      [0.5, 3],
    ];
    const expected = values.map((_, at) => {
      const [row, j] = [at >> 1, at & 1];
      return [0, 1].reduce((sum, k) => {
        const t = Math.tanh(values[2 * row]! * weight[0]![k]! + values[2 * row + 1]! * weight[1]![k]!);
        return sum - 2 * t * (1 - t * t) * (weight[0]![k]! + weight[1]![k]!) * weight[j]![k]!;
      }, 0);
    });
    expect(relativeDifference(second!, expected)).toBeLessThan(1e-5);
  });
});

describe('attention over several heads', () => {
  const [length, heads, width] = [3, 2, 2];
  const dims = [1, length, heads, width];
  const at = (position: number, head: number, i: number) => (position * heads + head) * width + i;
  const seeds = [1, 2, 3].map((seed) => Array.from({ length: 12 }, (_, i) => Math.sin(seed + 2.3 * i)));

  /** Σ ((q kᵀ) v)² over all heads, in double precision. */
  const sumOfSquares = ([q, k, v]: readonly (readonly number[])[]): number => {
    const range = (count: number) => [...Array(count).keys()];
    const total = (terms: readonly number[]) => terms.reduce((sum, term) => sum + term, 0);
    const score = (h: number, s: number, t: number) =>
      total(range(width).map((i) => q![at(s, h, i)]! * k![at(t, h, i)]!));
    const mixed = (h: number, s: number, i: number) =>
      total(range(length).map((t) => score(h, s, t) * v![at(t, h, i)]!));
    return total(
      range(heads).flatMap((h) => range(length).flatMap((s) => range(width).map((i) => mixed(h, s, i) ** 2))),
    );
  };

  it('has the gradient of differences, without transposing what was transposed before', async () => {
    const g = new GraphBuilder();
    const inputs = ['q', 'k', 'v'].map((name) => g.input(name, 'float32', [1, 'S', heads, width]));
    const [q, k, v] = inputs.map((x) => g.Transpose(x, [0, 2, 1, 3])) as [Value, Value, Value];
    const mixed = g.MatMul(g.MatMul(q, g.Transpose(k, [0, 1, 3, 2])), v);
    const feeds = Object.fromEntries(inputs.map((name, i) => [name, float32(dims, seeds[i]!)]));
    const found = await gradients(g, g.ReduceSum(g.Mul(mixed, mixed), null, 0), inputs, feeds);
    seeds.forEach((values, which) => {
      const expected = values.map((_, i) => {
        const moved = (step: number) =>
          sumOfSquares(seeds.map((seed, j) => (j === which ? seed.with(i, seed[i]! + step) : seed)));
        return (moved(1e-5) - moved(-1e-5)) / 2e-5;
      });
      expect(relativeDifference(found[which]!, expected), inputs[which]).toBeLessThan(1e-6);
    });
    // The key's transpose has one reader, the product of the forward pass.
    const readers = g.graph.nodes.filter(({ inputs }) => inputs.includes(g.graph.nodes[3]!.outputs[0]!));
    expect(readers.map(({ opType }) => opType)).toEqual(['MatMul']);
  });
});

describe('weights are stored once', () => {
  const linear = (transposedProduct?: 'Gemm' | 'FusedMatMul') => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', ['B', 'S', 4]);
    const w = g.initializer('w', float32([4, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]));
    const y = g.MatMul(x, w);
    g.output(appendGradient(g, { of: y, wrt: [x], transposedProduct })[0]!, 'dx');
    return g;
  };

  it.each(['Gemm', 'FusedMatMul'] as const)('by multiplying with %s from the other side', async (product) => {
    const g = linear(product);
    expect(opTypes(g)).toContain(product);
    expect(opTypes(g)).not.toContain('Transpose');
    const results = await runOnce(g.model(), { x: float32([1, 2, 4], [1, 2, 3, 4, 5, 6, 7, 8]) });
    expect(numbersOf(results.dx!)).toEqual([6, 15, 24, 33, 6, 15, 24, 33]);
  });

  it('unpacks an int4 weight again in the backward pass instead of keeping it', async () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', ['B', 4]);
    // Rows of 4-bit numbers, low nibble first: [[1, −1], [2, −2], [3, 0], [7, −8]]
    const packed = g.initializer('packed', {
      type: 'int4',
      dims: [4, 2],
      data: Uint8Array.of(0xf1, 0xe2, 0x03, 0x87),
    });
    const scale = g.initializer('scale', float32([2], [0.5, 2]));
    const w = g.node('DequantizeLinear', [packed, scale], { axis: { kind: 'int', value: 1 } })[0]!;
    const y = g.Exp(g.MatMul(x, w));
    g.output(appendGradient(g, { of: y, wrt: [x] })[0]!, 'dx');
    expect(opTypes(g).filter((opType) => opType === 'DequantizeLinear')).toHaveLength(2);
    const results = await runOnce(g.model(), { x: float32([1, 4], [0.1, 0.2, 0.3, 0.4]) });
    const weight = [
      [0.5, -2],
      [1, -4],
      [1.5, 0],
      [3.5, -16],
    ];
    const y0 = [0, 1].map((k) => Math.exp(weight.reduce((sum, row, i) => sum + row[k]! * 0.1 * (i + 1), 0)));
    const expected = weight.map((row) => row[0]! * y0[0]! + row[1]! * y0[1]!);
    expect(relativeDifference(numbersOf(results.dx!), expected)).toBeLessThan(1e-5);
  });
});

describe('where no gradient flows', () => {
  const graph = () => {
    const g = new GraphBuilder();
    return { g, x: g.input('x', 'float32', [2, 3]) };
  };

  it('says so for a value that the output does not depend on', () => {
    const { g, x } = graph();
    const other = g.input('other', 'float32', [1]);
    expect(() => appendGradient(g, { of: g.Exp(x), wrt: [other] })).toThrow(NonDifferentiableError);
    expect(() => appendGradient(g, { of: g.Exp(x), wrt: [other] })).toThrow("does not depend on 'other'");
  });

  it('names the operator at which every path ends', () => {
    const { g, x } = graph();
    const y = g.Cast(g.ArgMax(x, 1), 'float32');
    expect(() => appendGradient(g, { of: y, wrt: [x] })).toThrow(
      "every path ends at ArgMax 'ArgMax' (positions have no gradient)",
    );
  });

  it('follows the other path where only one is cut', async () => {
    const { g, x } = graph();
    const mask = g.Cast(g.Greater(x, g.scalar(0, 'float32')), 'float32');
    const [dx] = await gradients(g, g.Mul(x, mask), [x], { x: float32([2, 3], [1, -1, 2, -2, 3, -3]) });
    expect(dx).toEqual([1, 0, 1, 0, 1, 0]);
  });

  it('refuses to pass rounding silently, also on the way through integers', () => {
    const { g, x } = graph();
    const rounded = g.Add(x, g.node('Round', [x])[0]!);
    expect(() => appendGradient(g, { of: rounded, wrt: [x] })).toThrow(
      /Round \(node 'Round' of graph 'main'\).*rounds to integers/,
    );
    const scale = g.scalar(0.1, 'float32');
    const [quantized] = g.node('QuantizeLinear', [
      x,
      scale,
      g.constant({ type: 'int8', dims: [], data: Int8Array.of(0) }),
    ]) as [Value];
    const [back] = g.node('DequantizeLinear', [quantized, scale]) as [Value];
    expect(() => appendGradient(g, { of: g.Add(back, x), wrt: [x] })).toThrow(NonDifferentiableError);
  });

  it('refuses integers', () => {
    const g = new GraphBuilder();
    const ids = g.input('ids', 'int64', [2]);
    expect(() => appendGradient(g, { of: g.Cast(ids, 'float32'), wrt: [ids] })).toThrow(
      "'ids' holds int64; expected a float value.",
    );
  });

  it('names operator, node and graph where there is no rule', () => {
    const { g, x } = graph();
    const y = g.node('LpPool', [x], {}, { name: 'layer0/pool' })[0]!;
    expect(() => appendGradient(g, { of: y, wrt: [x] })).toThrow(UnsupportedError);
    // Of an operator nobody knows, not even the type of the result is known.
    const unheard = g.node('Unheard', [x], {}, { domain: 'some.where' })[0]!;
    const of = g.ReduceSum(g.Exp(unheard), null);
    expect(() => appendGradient(g, { of, wrt: [x] })).toThrow('No gradient of some.where.Unheard');
    expect(() => appendGradient(g, { of: y, wrt: [x] })).toThrow(
      "No gradient of LpPool (node 'layer0/pool' of graph 'main'): there is no rule for it.",
    );
  });

  it.each([
    ['', 'com.microsoft.FusedMatMul', 'ai.onnx::com.microsoft.FusedMatMul'],
    ['com', 'microsoft.FusedMatMul', 'com::microsoft.FusedMatMul'],
  ])('takes an operator of domain "%s" called %s for no other', (domain, opType, shown) => {
    const { g, x } = graph();
    const y = g.node(opType, [x, x], {}, { domain })[0]!;
    const of = g.ReduceSum(g.Exp(y), null);
    expect(() => appendGradient(g, { of, wrt: [x] })).toThrow(`No gradient of ${shown}`);
  });
});
