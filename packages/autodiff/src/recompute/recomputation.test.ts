import { GraphBuilder, type InlineInitializer, pruneGraph, type Value } from '@entrgi/onnx';
import { describe, expect, it } from 'vitest';
import { appendGradient } from '../gradient-graph.js';
import { numbersOf, relativeDifference, tensorOf } from '../testing/numbers.js';
import { runOnce } from '../testing/run-model.js';

const BLOCKS = 5;
const matrix = (seed: number) =>
  tensorOf(
    'float32',
    [4, 4],
    Array.from({ length: 16 }, (_, i) => Math.sin(seed + 2.3 * i)),
  ) as InlineInitializer;

/** x ← x + tanh(x A) σ(x B) C, some times over; the stream x is all that passes from block to block. */
const stack = () => {
  const g = new GraphBuilder();
  const embeds = g.input('embeds', 'float32', ['rows', 4]);
  const scale = g.initializer('scale', tensorOf('float32', [4], [1, 2, 0.5, -1]) as InlineInitializer);
  const stream: Value[] = [];
  let x = g.Identity(embeds);
  for (let block = 0; block < BLOCKS; block++) {
    const weight = (name: string) => g.initializer(`${block}/${name}`, matrix(block + name.length));
    const normal = g.SimplifiedLayerNormalization(x, scale);
    const left = g.Tanh(g.MatMul(normal, weight('a')));
    const right = g.Sigmoid(g.Gemm(normal, weight('bb'), null, { transB: 1 }));
    x = g.Add(x, g.MatMul(g.Mul(left, right), weight('ccc')));
    stream.push(x);
  }
  return { g, embeds, stream, y: g.ReduceSum(g.Exp(g.Mul(x, scale)), null, 0) };
};

const gradientOf = async (recompute: boolean) => {
  const { g, embeds, y } = stack();
  g.output(appendGradient(g, { of: y, wrt: [embeds], recompute })[0]!, 'gradient');
  const model = g.model();
  pruneGraph(model.graph);
  const feeds = { embeds: tensorOf('float32', [2, 4], [0.1, -0.4, 0.3, 0.9, -0.2, 0.5, 0.7, -0.6]) };
  return numbersOf((await runOnce(model, feeds)).gradient!);
};

describe('recompute', () => {
  it('gives the same gradient', async () => {
    expect(relativeDifference(await gradientOf(true), await gradientOf(false))).toBeLessThan(1e-6);
  });

  it('keeps of each block between the first and the last the stream alone', () => {
    const { g, embeds, stream, y } = stack();
    const forward = [...g.graph.nodes];
    const [dx] = appendGradient(g, { of: y, wrt: [embeds], recompute: true });
    g.output(dx!, 'gradient');
    const model = g.model();
    pruneGraph(model.graph);
    const own = new Set(forward.flatMap(({ outputs }) => outputs));
    const made = model.graph.nodes.filter(({ outputs }) => !outputs.some((output) => own.has(output)));
    // Shapes are read early and are small.
    const read = new Set(made.filter(({ opType }) => opType !== 'Shape').flatMap(({ inputs }) => inputs));
    const kept = forward.findIndex(({ outputs }) => outputs.includes(stream[0]!));
    const last = forward.findIndex(({ outputs }) => outputs.includes(stream[BLOCKS - 2]!));
    const between = forward.slice(kept + 1, last).flatMap(({ outputs }) => outputs);
    expect(between.filter((value) => read.has(value))).toEqual(stream.slice(1, BLOCKS - 2));
  });

  it('has nothing to compute again where the graph never narrows', async () => {
    const g = new GraphBuilder();
    const x = g.input('x', 'float32', [3]);
    const y = g.Mul(g.Exp(x), g.Sin(x));
    const before = g.graph.nodes.length;
    appendGradient(g, { of: y, wrt: [x], recompute: true });
    const appended = g.graph.nodes.length - before;
    const other = new GraphBuilder();
    const u = other.input('x', 'float32', [3]);
    const v = other.Mul(other.Exp(u), other.Sin(u));
    appendGradient(other, { of: v, wrt: [u] });
    expect(appended).toBe(other.graph.nodes.length - before);
  });
});
