import { describe, expect, it } from 'vitest';
import type { GradientCase } from '../testing/gradient-case.js';
import { gradientCases } from '../testing/gradient-cases.js';
import { backwardOf } from '../testing/gradient-check.js';

/** What onnxruntime's WebGPU provider has no kernel for. */
const lacking = new Set(
  'Range LogSoftmax FusedMatMul ConstantOfShape OneHot Sign IsNaN Size Attention NonZero'.split(' '),
);

/** What shapes may be computed with: onnxruntime runs these on the host. */
const ofShapes = new Set('Shape Gather Slice Concat Reshape Unsqueeze Expand Mul Neg Cast'.split(' '));

const cases = gradientCases.map((test) => ({ name: `${test.operator} ${test.what ?? ''}`, test }));

/**
 * A strided slice or window of an axis whose size has only a name needs its positions or its rest, and a weight's size may not be that of a
 * name.
 */
const needsNumbers = ({ operator, inputs }: GradientCase) =>
  ['Slice', 'Conv', 'AveragePool'].includes(operator) || inputs.some(({ stored }) => stored);

describe.each(['sizes', 'symbols'] as const)(
  'the operators that rules emit, where %s are known',
  (knowledge) => {
    it.each(cases.filter(({ test }) => knowledge === 'sizes' || !needsNumbers(test)))(
      '$name: WebGPU has them',
      ({ test }) => {
        const { g, forwardNodes } = backwardOf(test, knowledge);
        // A rank that is not known is found at run time.
        if (g.graph.nodes.some(({ outputs }) => g.knownTypeOf(outputs[0]!) === undefined)) return;
        const own = new Set(g.graph.nodes.slice(0, forwardNodes).map(({ opType }) => opType));
        const emitted = g.graph.nodes.slice(forwardNodes).filter(({ opType }) => !own.has(opType));
        expect(emitted.map(({ opType }) => opType).filter((opType) => lacking.has(opType))).toEqual([]);
        if (knowledge === 'symbols') return;
        const integers = emitted.filter(
          ({ outputs }) => !['float32', 'bool'].includes(g.typeOf(outputs[0]!).type),
        );
        expect(integers.map(({ opType }) => opType).filter((opType) => !ofShapes.has(opType))).toEqual([]);
      },
    );
  },
);

describe('a vector is never multiplied by a transposed matrix, which onnxruntime does not transpose where it optimizes', () => {
  it.each(cases)('$name', ({ test }) => {
    for (const knowledge of ['sizes', 'symbols', 'nothing'] as const) {
      const { g, forwardNodes } = backwardOf(test, knowledge);
      const producers = new Map(
        g.graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node])),
      );
      for (const { opType, inputs } of g.graph.nodes.slice(forwardNodes)) {
        if (opType !== 'MatMul' && opType !== 'FusedMatMul') continue;
        const ranks = inputs.map((input) => g.knownTypeOf(input)?.dims?.length ?? 1);
        const transposed = inputs.some((input) => producers.get(input)?.opType === 'Transpose');
        expect(transposed && ranks.some((rank) => rank < 2)).toBe(false);
      }
    }
  });
});
