import type { Tensor } from '@entrgi/core';
import { type Dimension, GraphBuilder, type Model, type Value } from '@entrgi/onnx';
import { appendGradient, type GradientRequest } from '../gradient-graph.js';
import type { GradientCase } from './gradient-case.js';
import { elementCount, type FloatType, numbersOf, tensorOf } from './numbers.js';
import { open, runOnce } from './run-model.js';

/** How much the graph says about the sizes of its inputs. */
export type Knowledge = 'sizes' | 'symbols' | 'nothing';

/** The elements of a case's inputs: given ones, or drawn from their range. */
export const drawInputs = ({ inputs }: GradientCase, random: () => number): number[][] =>
  inputs.map(({ dims, values, range: [low, high] = [-2, 2] }) =>
    values === undefined
      ? Array.from({ length: elementCount(dims) }, () => low + (high - low) * random())
      : [...values],
  );

interface Built {
  readonly g: GraphBuilder;
  readonly x: readonly Value[];
  readonly y: Value;
  readonly feeds: Record<string, Tensor>;
}

function build(
  test: GradientCase,
  values: readonly (readonly number[])[],
  type: FloatType,
  knowledge: Knowledge,
): Built {
  const g = new GraphBuilder();
  const feeds: Record<string, Tensor> = {};
  const x = test.inputs.map(({ dims, stored = false }, i) => {
    const tensor = tensorOf(type, dims, values[i]!);
    if (stored) return g.initializer(`x${i}`, tensor as never);
    feeds[`x${i}`] = tensor;
    return g.input(
      `x${i}`,
      type,
      dims.map((size): Dimension => {
        if (knowledge === 'sizes' || (knowledge === 'symbols' && size === 1)) return size;
        return knowledge === 'symbols' ? `size ${size}` : null;
      }),
    );
  });
  const y = test.forward(g, [...x, '', '', ''] as never, type);
  return { g, x, y, feeds };
}

const model = ({ g }: Built): Model => g.model();

/** The operator alone, on inputs of known sizes. */
export const forwardModel = (test: GradientCase): Model => {
  const built = build(
    test,
    drawInputs(test, () => 0.5),
    'float32',
    'sizes',
  );
  built.g.output(built.y, 'y');
  return model(built);
};

/** The operator's own result, in the given type. */
export async function forwardOf(
  test: GradientCase,
  values: readonly (readonly number[])[],
  type: FloatType,
): Promise<Tensor> {
  const built = build(test, values, type, 'sizes');
  built.g.output(built.y, 'y');
  return (await runOnce(model(built), built.feeds)).y!;
}

/** Gradients of Σ seed·y with respect to the inputs that are not fixed, from the gradient graph. */
export async function gradientOf(
  test: GradientCase,
  values: readonly (readonly number[])[],
  seed: Tensor,
  type: FloatType,
  knowledge: Knowledge,
  options: Partial<GradientRequest> = {},
): Promise<Tensor[]> {
  const built = build(test, values, type, knowledge);
  const { g, x, y } = built;
  const wrt = x.filter((_, i) => !test.inputs[i]!.fixed);
  const seedInput = g.input('seed', type, knowledge === 'sizes' ? seed.dims : g.typeOf(y).dims);
  const gradients = appendGradient(g, { of: y, wrt, seed: seedInput, ...options });
  const names = gradients.map((gradient, i) => g.output(gradient, `gradient ${i}`));
  const results = await runOnce(model(built), {
    ...built.feeds,
    seed: tensorOf(type, seed.dims, numbersOf(seed)),
  });
  return names.map((name) => results[name]!);
}

/** The builder after the gradient of a case was appended, and how many nodes it had before. */
export function backwardOf(
  test: GradientCase,
  knowledge: Knowledge,
): { g: GraphBuilder; forwardNodes: number } {
  const values = drawInputs(test, () => 0.5);
  const { g, x, y } = build(test, values, 'float32', knowledge);
  const forwardNodes = g.graph.nodes.length;
  appendGradient(g, { of: y, wrt: x.filter((_, i) => !test.inputs[i]!.fixed) });
  return { g, forwardNodes };
}

/**
 * The same by central differences in double precision: from the operator itself, or its reference where there
 * is no such kernel.
 */
export async function finiteDifferences(
  test: GradientCase,
  values: readonly (readonly number[])[],
  seed: Tensor,
): Promise<number[][]> {
  const weights = numbersOf(seed);
  const weigh = (y: readonly number[]) => y.reduce((sum, value, i) => sum + value * weights[i]!, 0);
  const unstored = { ...test, inputs: test.inputs.map((input) => ({ ...input, stored: false })) };
  const built = build(unstored, values, 'float64', 'sizes');
  built.g.output(built.y, 'y');
  const runner = test.reference === undefined ? await open(model(built)) : undefined;
  const evaluate = async (x: readonly (readonly number[])[]) => {
    if (runner === undefined) return weigh(test.reference!(x));
    const feeds = Object.fromEntries(
      x.map((elements, i) => [`x${i}`, tensorOf('float64', test.inputs[i]!.dims, elements)]),
    );
    return weigh(numbersOf((await runner.run(feeds)).y!));
  };
  const step = 1e-5;
  const result: number[][] = [];
  for (const [i, { fixed }] of test.inputs.entries()) {
    if (fixed) continue;
    const gradient: number[] = [];
    for (const [j, value] of values[i]!.entries()) {
      const moved = (by: number) => values.map((own, k) => (k === i ? own.with(j, value + by) : own));
      gradient.push(((await evaluate(moved(step))) - (await evaluate(moved(-step)))) / (2 * step));
    }
    result.push(gradient);
  }
  await runner?.close();
  return result;
}
