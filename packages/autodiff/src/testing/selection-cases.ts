import { int } from '@entrgi/onnx/internal';
import type { GradientCase } from './gradient-case.js';

const matrix = (dims: readonly number[], values: readonly number[]) => ({
  type: 'int64' as const,
  dims,
  data: BigInt64Array.from(values, BigInt),
});

const spread = [3, -1, 2.5, 0.4, -2, 1.1, 0.9, -0.3];

/** Operators that take elements by their order, or write several to one place. */
export const selectionCases: readonly GradientCase[] = [
  ...[0, 1].map(
    (largest): GradientCase => ({
      operator: 'TopK',
      what: largest ? 'the highest' : 'the lowest, along the first axis',
      inputs: [{ dims: [2, 4], values: spread }],
      forward: (g, [x]) =>
        g.node(
          'TopK',
          [x, g.int64s([largest ? 3 : 1])],
          { axis: int(largest ? -1 : 0), largest: int(largest) },
          { outputs: 2 },
        )[0]!,
      without: ['float16'],
    }),
  ),
  {
    operator: 'OneHot',
    inputs: [{ dims: [2] }],
    forward: (g, [values]) =>
      g.node('OneHot', [g.constant(matrix([2, 2], [0, 2, 1, 2])), g.scalar(3, 'int64'), values], {
        axis: int(1),
      })[0]!,
    reference: ([values]) =>
      // [2, 3, 2]: row, class, column of the indices.
      [0, 2, 1, 2].flatMap((_, i, all) =>
        i % 2 === 0
          ? [0, 1, 2].flatMap((k) => [all[i], all[i + 1]].map((index) => values![index === k ? 1 : 0]!))
          : [],
      ),
    without: ['float64', 'float16'],
  },
  ...['max', 'min', 'mul'].flatMap((reduction): GradientCase[] => [
    {
      operator: 'ScatterElements',
      what: `${reduction}, two to one place`,
      inputs: [
        { dims: [2, 4], values: spread },
        { dims: [2, 3], values: [-2.2, 2.9, 0.5, 1.3, -0.8, 0.7] },
      ],
      forward: (g, [x, updates]) =>
        g.ScatterElements(x, g.constant(matrix([2, 3], [3, 0, 3, 1, 2, 1])), updates, { axis: 1, reduction }),
      without: ['float16'],
    },
    {
      operator: 'ScatterND',
      what: reduction,
      inputs: [
        { dims: [4, 2], values: spread },
        { dims: [3, 2], values: [-2.2, 2.9, 0.5, 1.3, -0.8, 0.7] },
      ],
      forward: (g, [x, updates]) =>
        g.ScatterND(x, g.constant(matrix([3, 1], [3, 1, 3])), updates, { reduction }),
      without: ['float16'],
    },
  ]),
  {
    operator: 'ScatterElements',
    what: 'mul, with zeros',
    inputs: [
      { dims: [5], values: [0, 2, 0, 3, 1.5] },
      { dims: [6], values: [2, 0, 0, 0.5, 0, 0] },
    ],
    forward: (g, [x, updates]) =>
      g.ScatterElements(x, g.constant(matrix([6], [0, 1, 2, 3, 4, 4])), updates, { reduction: 'mul' }),
    without: ['float16'],
  },
];
