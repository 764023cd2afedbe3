import { GraphBuilder, type Value } from '@entrgi/onnx';
import { int } from '@entrgi/onnx/internal';
import { describe, expect, it } from 'vitest';
import { appendGradient } from './gradient-graph.js';
import { numbersOf, tensorOf } from './testing/numbers.js';
import { runOnce } from './testing/run-model.js';

/** More elements than float16 can count. */
const [rows, columns] = [2, 70_000];

describe('counts beyond 65,504 in float16', () => {
  it.each([
    ['ReduceMean', [1], 1 / columns],
    ['ReduceMean', null, 1 / (rows * columns)],
    ['ReduceMax', [1], 1 / columns],
  ] as const)('%s over axes %j', async (opType, axes, slope) => {
    for (const given of ['constant', 'at run time'] as const) {
      const g = new GraphBuilder();
      const x = g.input('x', 'float16', [rows, columns]);
      const at = axes ?? [];
      const axesInput = given === 'constant' ? g.int64s(at) : g.input('axes', 'int64', [null]);
      const y = g.node(opType, [x, axesInput], { keepdims: int(0) })[0] as Value;
      // As large as the slope is small, so that the product is no subnormal number.
      const gradient = appendGradient(g, { of: g.Mul(y, g.scalarLike(1000, y)), wrt: [x] })[0] as Value;
      g.output(gradient, 'gradient');
      const { gradient: dx } = await runOnce(g.model(), {
        x: tensorOf('float16', [rows, columns], new Array(rows * columns).fill(1)),
        ...(given === 'at run time' && {
          axes: { type: 'int64', dims: [at.length], data: BigInt64Array.from(at, BigInt) } as const,
        }),
      });
      const elements = numbersOf(dx!);
      expect(elements).toHaveLength(rows * columns);
      // float16 has 11 bits.
      for (const element of elements) {
        if (Math.abs(element / (1000 * slope) - 1) > 2 ** -11) expect(element).toBe(1000 * slope);
      }
    }
  });
});

it('knows bfloat16: every value of the gradient graph is as wide as it has to be', () => {
  const g = new GraphBuilder();
  const x = g.input('x', 'bfloat16', ['B', 4]);
  const scale = g.input('scale', 'bfloat16', [4]);
  const y = g.ReduceMean(g.Gelu(g.LayerNormalization(g.Softmax(x), scale, null)), [-1]);
  const gradients = appendGradient(g, { of: y, wrt: [x, scale] });
  for (const [i, input] of [x, scale].entries()) expect(g.typeOf(gradients[i]!)).toEqual(g.typeOf(input));
});
