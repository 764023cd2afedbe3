import type { GraphBuilder, Value } from '@entrgi/onnx';
import { float, int } from '@entrgi/onnx/internal';
import { erf } from './erf.js';
import type { CaseInput, GradientCase } from './gradient-case.js';
import { recurrentCases } from './recurrent-cases.js';
import { selectionCases } from './selection-cases.js';
import { windowCases } from './window-cases.js';

const positive = [0.3, 2.5] as const;
const x234: CaseInput = { dims: [2, 3, 4] };
const vector = (values: readonly number[]) => ({
  type: 'int64' as const,
  dims: [values.length],
  data: BigInt64Array.from(values, BigInt),
});
const matrix = (dims: readonly number[], values: readonly number[]) => ({ ...vector(values), dims });

/** Shapes a and b that broadcast in every way that two shapes can. */
export const broadcastPairs: readonly (readonly [readonly number[], readonly number[]])[] = [
  [
    [2, 3],
    [2, 3],
  ],
  [[2, 3], []],
  [[], [2, 3]],
  [[2, 3, 4], [4]],
  [
    [2, 3, 4],
    [3, 1],
  ],
  [
    [2, 1, 4],
    [1, 3, 1],
  ],
  [[3], [2, 1, 3]],
  [
    [1, 1],
    [2, 3],
  ],
];

const binary = (
  operator: 'Add' | 'Sub' | 'Mul' | 'Div' | 'Pow' | 'Max' | 'Min',
  ranges: readonly [CaseInput['range'], CaseInput['range']] = [undefined, undefined],
): GradientCase[] =>
  broadcastPairs.map(([a, b]) => ({
    operator,
    what: `[${a}] and [${b}]`,
    inputs: [
      { dims: a, ...(ranges[0] && { range: ranges[0] }) },
      { dims: b, ...(ranges[1] && { range: ranges[1] }) },
    ],
    forward: (g, [x, y]) => g[operator](x, y),
  }));

type Unary =
  | 'Identity'
  | 'Neg'
  | 'Sqrt'
  | 'Reciprocal'
  | 'Exp'
  | 'Log'
  | 'Sin'
  | 'Cos'
  | 'Abs'
  | 'Relu'
  | 'Sigmoid'
  | 'Tanh'
  | 'Erf';

const unary = (
  operator: Unary,
  range: CaseInput['range'] = [-2, 2],
  extra: Partial<GradientCase> = {},
): GradientCase => ({
  operator,
  inputs: [{ dims: [3, 4], range }],
  forward: (g, [x]) => g[operator](x),
  ...extra,
});

const away = { dims: [2, 3], values: [-2, -1.1, -0.4, 0.3, 0.9, 1.7] } as const;

const elementwise: readonly GradientCase[] = [
  ...binary('Add'),
  ...binary('Sub'),
  ...binary('Mul'),
  ...[0, 1].map(
    (place): GradientCase => ({
      operator: 'Mul',
      what: `x and σ(x), σ ${place === 0 ? 'first' : 'second'}`,
      inputs: [{ dims: [3, 4], range: [-4, 4] }],
      forward: (g, [x]) => (place === 0 ? g.Mul(g.Sigmoid(x), x) : g.Mul(x, g.Sigmoid(x))),
    }),
  ),
  ...binary('Div', [[-2, 2], positive]),
  ...binary('Pow', [positive, [-1.5, 2.5]]),
  ...binary('Max', [
    [0.2, 1],
    [-1, 0.1],
  ]),
  ...binary('Min', [
    [0.2, 1],
    [-1, 0.1],
  ]),
  unary('Identity'),
  unary('Neg'),
  unary('Sqrt', positive),
  unary('Reciprocal', positive),
  unary('Exp'),
  unary('Log', positive),
  unary('Sin'),
  unary('Cos'),
  { ...unary('Abs'), inputs: [away] },
  ...[0, 1, 2, 3, 0.5, -1].map(
    (power): GradientCase => ({
      operator: 'Pow',
      what: `constant ${power}`,
      inputs: [{ dims: [2, 3], range: positive }],
      forward: (g, [x], type) => g.Pow(x, g.scalar(power, type)),
    }),
  ),
  {
    operator: 'Pow',
    what: 'integer exponent of negative numbers',
    inputs: [{ dims: [2, 3], range: [-2, -0.5] }],
    forward: (g, [x]) => g.Pow(x, g.scalar(3, 'int64')),
  },
  {
    operator: 'Max',
    what: 'of three',
    inputs: [
      { dims: [3], values: [1, 5, 3] },
      { dims: [2, 3], values: [0, 4, 6, 2, 7, 1] },
      { dims: [1], values: [1.5] },
    ],
    forward: (g, [a, b, c]) => g.Max(a, b, c),
  },
  ...(
    [
      ['Tan', [-1.2, 1.2], Math.tan],
      ['Asin', [-0.8, 0.8], Math.asin],
      ['Acos', [-0.8, 0.8], Math.acos],
      ['Atan', [-2, 2], Math.atan],
      ['Sinh', [-2, 2], Math.sinh],
      ['Cosh', [-2, 2], Math.cosh],
      ['Asinh', [-2, 2], Math.asinh],
      ['Acosh', [1.3, 3], Math.acosh],
      ['Atanh', [-0.8, 0.8], Math.atanh],
    ] as const
  ).map(
    ([operator, range, reference]): GradientCase => ({
      operator,
      inputs: [{ dims: [3, 4], range }],
      forward: (g, [x]) => g.node(operator, [x])[0]!,
      reference: ([x]) => x!.map(reference),
      without: ['float64', 'float16'],
    }),
  ),
  {
    operator: 'Mod',
    what: 'fmod',
    inputs: [
      { dims: [2, 3], values: [3.7, -2.6, 0.8, -4.1, 5.3, 1.9] },
      { dims: [3], values: [1.1, 0.7, 2.3] },
    ],
    forward: (g, [a, b]) => g.node('Mod', [a, b], { fmod: int(1) })[0]!,
  },
  {
    operator: 'Sum',
    inputs: [{ dims: [3] }, { dims: [2, 3] }, { dims: [2, 1] }],
    forward: (g, [a, b, c]) => g.node('Sum', [a, b, c])[0]!,
  },
  {
    operator: 'Clip',
    what: 'both bounds',
    inputs: [
      { dims: [2, 3], values: [-2, -0.7, 0.1, 0.4, 0.8, 1.5] },
      { dims: [], values: [-0.5] },
      { dims: [], values: [0.6] },
    ],
    forward: (g, [x, low, high]) => g.node('Clip', [x, low, high])[0]!,
  },
  {
    operator: 'Clip',
    what: 'lower bound',
    inputs: [away],
    forward: (g, [x], type) => g.node('Clip', [x, g.scalar(0, type)])[0]!,
  },
  {
    operator: 'Clip',
    what: 'upper bound',
    inputs: [away],
    forward: (g, [x], type) => g.node('Clip', [x, '', g.scalar(0, type)])[0]!,
  },
  ...broadcastPairs.slice(3).map(
    ([a, b]): GradientCase => ({
      operator: 'Where',
      what: `[${a}] and [${b}]`,
      inputs: [{ dims: a }, { dims: b }, { dims: [2, 1, 1], values: [1, -1], fixed: true }],
      forward: (g, [x, y, z], type) => g.Where(g.Greater(z, g.scalar(0, type)), x, y),
    }),
  ),
  {
    operator: 'Cast',
    what: 'there and back',
    inputs: [{ dims: [2, 3] }],
    forward: (g, [x], type) => g.Cast(g.Cast(x, type === 'float64' ? 'float64' : 'float32'), type),
  },
];

const activation: readonly GradientCase[] = [
  { ...unary('Relu'), inputs: [away] },
  unary('Sigmoid'),
  unary('Tanh'),
  {
    operator: 'Softplus',
    inputs: [x234],
    forward: (g, [x]) => g.node('Softplus', [x])[0]!,
    reference: ([x]) => x!.map((value) => Math.log1p(Math.exp(value))),
  },
  unary('Erf', [-2, 2], { reference: ([x]) => x!.map(erf) }),
  {
    operator: 'Gelu',
    inputs: [x234],
    forward: (g, [x]) => g.Gelu(x),
    reference: ([x]) => x!.map((value) => (value / 2) * (1 + erf(value * Math.SQRT1_2))),
  },
  {
    operator: 'Gelu',
    what: 'tanh',
    inputs: [x234],
    forward: (g, [x]) => g.Gelu(x, 'tanh'),
    reference: ([x]) =>
      x!.map(
        (value) => (value / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (value + 0.044715 * value ** 3))),
      ),
  },
  ...(
    [
      ['LeakyRelu', (v: number) => (v > 0 ? v : 0.01 * v)],
      ['Elu', (v: number) => (v > 0 ? v : Math.expm1(v))],
      ['HardSigmoid', (v: number) => Math.min(1, Math.max(0, 0.2 * v + 0.5))],
      ['HardSwish', (v: number) => v * Math.min(1, Math.max(0, v / 6 + 0.5))],
      ['Softsign', (v: number) => v / (1 + Math.abs(v))],
      ['Celu', (v: number) => (v > 0 ? v : Math.expm1(v))],
      ['Selu', (v: number) => 1.0507009873554805 * (v > 0 ? v : 1.6732632423543772 * Math.expm1(v))],
      ['ThresholdedRelu', (v: number) => (v > 1 ? v : 0)],
      ['Shrink', (v: number) => (Math.abs(v) > 0.5 ? v : 0)],
    ] as const
  ).map(
    ([operator, reference]): GradientCase => ({
      operator,
      inputs: [{ dims: [7], values: [-4, -2.8, -1.1, 0.3, 0.9, 2.4, 3.5] }],
      forward: (g, [x]) => g.node(operator, [x])[0]!,
      reference: ([x]) => x!.map(reference),
      without: operator === 'Celu' ? ['float16'] : [],
    }),
  ),
  ...(
    [
      ['Celu', { alpha: float(0.6) }, (v: number) => (v > 0 ? v : 0.6 * Math.expm1(v / 0.6))],
      ['Elu', { alpha: float(0.6) }, (v: number) => (v > 0 ? v : 0.6 * Math.expm1(v))],
      [
        'Selu',
        { alpha: float(0.6), gamma: float(1.4) },
        (v: number) => 1.4 * (v > 0 ? v : 0.6 * Math.expm1(v)),
      ],
      ['LeakyRelu', { alpha: float(0.3) }, (v: number) => (v > 0 ? v : 0.3 * v)],
      ['ThresholdedRelu', { alpha: float(0.6) }, (v: number) => (v > 0.6 ? v : 0)],
      [
        'HardSigmoid',
        { alpha: float(0.3), beta: float(0.4) },
        (v: number) => Math.min(1, Math.max(0, 0.3 * v + 0.4)),
      ],
      [
        'Shrink',
        { lambd: float(1), bias: float(0.2) },
        (v: number) => (v > 1 ? v - 0.2 : v < -1 ? v + 0.2 : 0),
      ],
    ] as const
  ).map(
    ([operator, attributes, reference]): GradientCase => ({
      operator,
      what: Object.keys(attributes).join(' and '),
      inputs: [{ dims: [7], values: [-4, -2.8, -1.1, 0.3, 0.9, 2.4, 3.5] }],
      forward: (g, [x]) => g.node(operator, [x], attributes)[0]!,
      reference: ([x]) => x!.map(reference),
      without: ['float64', 'float16'],
    }),
  ),
  { operator: 'Softmax', inputs: [x234], forward: (g, [x]) => g.Softmax(x) },
  { operator: 'Softmax', what: 'axis 1', inputs: [x234], forward: (g, [x]) => g.Softmax(x, 1) },
  {
    operator: 'LogSoftmax',
    inputs: [x234],
    forward: (g, [x]) => g.node('LogSoftmax', [x], { axis: int(-1) })[0]!,
  },
  {
    operator: 'LogSoftmax',
    what: 'axis 1',
    inputs: [x234],
    forward: (g, [x]) => g.node('LogSoftmax', [x], { axis: int(1) })[0]!,
  },
];

const matmulShapes: readonly (readonly [readonly number[], readonly number[]])[] = [
  [
    [2, 3],
    [3, 4],
  ],
  [
    [2, 2, 3],
    [3, 4],
  ],
  [
    [2, 1, 2, 3],
    [3, 4],
  ],
  [
    [2, 2, 3],
    [2, 3, 4],
  ],
  [
    [2, 1, 2, 3],
    [1, 2, 3, 2],
  ],
  [
    [2, 3],
    [2, 3, 2],
  ],
  [[3], [3, 4]],
  [[3], [2, 3, 4]],
  [[2, 3], [3]],
  [[2, 2, 3], [3]],
  [[3], [3]],
];

const gemmVariants = [0, 1].flatMap((transA) => [0, 1].map((transB) => [transA, transB] as [0 | 1, 0 | 1]));

const linear: readonly GradientCase[] = [
  ...matmulShapes.flatMap(([a, b]) =>
    [false, true].map(
      (stored): GradientCase => ({
        operator: 'MatMul',
        what: `[${a}] · [${b}]${stored ? ' stored' : ''}`,
        inputs: [{ dims: a }, { dims: b, stored }],
        forward: (g, [x, y]) => g.MatMul(x, y),
      }),
    ),
  ),
  {
    operator: 'MatMul',
    what: 'with a Transpose before it',
    inputs: [{ dims: [2, 3, 4] }, { dims: [2, 5, 4] }],
    forward: (g, [x, y]) => g.MatMul(x, g.Transpose(y, [0, 2, 1])),
  },
  {
    operator: 'MatMul',
    what: 'with a Transpose that also moves heads',
    inputs: [{ dims: [1, 2, 3, 4] }, { dims: [1, 5, 2, 4] }],
    forward: (g, [x, y]) => g.MatMul(x, g.Transpose(y, [0, 2, 3, 1])),
  },
  ...gemmVariants.map(
    ([transA, transB]): GradientCase => ({
      operator: 'Gemm',
      what: `transA ${transA} transB ${transB}`,
      inputs: [
        { dims: transA ? [3, 2] : [2, 3] },
        { dims: transB ? [4, 3] : [3, 4], stored: transA === 0 },
        { dims: [4] },
      ],
      forward: (g, [a, b, c]) => g.Gemm(a, b, c, { transA, transB, alpha: 0.5, beta: 2 }),
    }),
  ),
  ...[[], [1], [2, 1], [2, 4]].map(
    (dims): GradientCase => ({
      operator: 'Gemm',
      what: `bias [${dims}]`,
      inputs: [{ dims: [2, 3] }, { dims: [3, 4] }, { dims }],
      forward: (g, [a, b, c]) => g.Gemm(a, b, c),
    }),
  ),
  ...(
    [
      ['ij,jk->ik', [2, 3], [3, 4]],
      ['bhqd,bhkd->bhqk', [1, 2, 3, 2], [1, 2, 2, 2]],
      ['bqhd,bkhd->bhqk', [1, 3, 2, 2], [1, 2, 2, 2]],
      ['ij,k->k', [2, 3], [4]],
      ['...i,ij->...j', [2, 2, 3], [3, 2]],
      ['i,i', [4], [4]],
      ['ij,jk->ik', [2, 3], [1, 4]],
      ['ij,jk->ik', [2, 1], [3, 4]],
      ['bij,bjk->bik', [1, 2, 3], [2, 3, 2]],
      ['bij,bjk->ik', [3, 2, 1], [1, 3, 2]],
      ['...i,...i->...', [1, 2, 3], [4, 1, 3]],
      ['...ij,...jk->...ik', [2, 1, 2, 3], [1, 3, 3, 2]],
      ['...i,...i', [2, 1, 3], [1, 4, 1]],
      ['i...,i...->...i', [2, 1, 3], [2, 4, 3]],
    ] as const
  ).map(
    ([equation, a, b]): GradientCase => ({
      operator: 'Einsum',
      what: `${equation} of [${a}] and [${b}]`,
      inputs: [{ dims: a }, { dims: b }],
      forward: (g, [x, y]) => g.Einsum(equation, x, y),
      without: ['float16'],
    }),
  ),
  {
    operator: 'Einsum',
    what: 'ijk->ki',
    inputs: [x234],
    forward: (g, [x]) => g.Einsum('ijk->ki', x),
    without: ['float16'],
  },
  {
    operator: 'Einsum',
    what: 'of three',
    inputs: [{ dims: [2, 3] }, { dims: [3, 2] }, { dims: [2, 4] }],
    forward: (g, [a, b, c]) => g.Einsum('ij,jk,kl->il', a, b, c),
    without: ['float16'],
  },
  ...gemmVariants.map(
    ([transA, transB]): GradientCase => ({
      operator: 'com.microsoft.FusedMatMul',
      what: `transA ${transA} transB ${transB}`,
      inputs: [{ dims: transA ? [2, 3, 2] : [2, 2, 3] }, { dims: transB ? [4, 3] : [3, 4] }],
      forward: (g, [a, b]) =>
        g.node(
          'FusedMatMul',
          [a, b],
          { transA: int(transA), transB: int(transB) },
          { domain: 'com.microsoft' },
        )[0]!,
      reference: ([a, b]) => batchedProduct(a!, b!, transA, transB),
      without: ['float64', 'float16'],
    }),
  ),
];

/** [2, 2, 3] · [3, 4] with either operand given transposed. */
function batchedProduct(
  a: readonly number[],
  b: readonly number[],
  transA: number,
  transB: number,
): number[] {
  const result: number[] = [];
  for (let batch = 0; batch < 2; batch++)
    for (let row = 0; row < 2; row++)
      for (let column = 0; column < 4; column++) {
        let sum = 0;
        for (let k = 0; k < 3; k++) {
          const left = a[batch * 6 + (transA ? k * 2 + row : row * 3 + k)]!;
          sum += left * b[transB ? column * 3 + k : k * 4 + column]!;
        }
        result.push(sum);
      }
  return result;
}

const reductionKinds = ['Sum', 'Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'SumSquare', 'LogSum', 'LogSumExp'];

const rangeOf = (kind: string): readonly [number, number] =>
  kind === 'Prod' || kind === 'L1' || kind === 'LogSum' ? positive : [-2, 2];

const reductions = reductionKinds.flatMap((kind) =>
  (
    [
      [[-1], 1],
      [[0, 2], 0],
      [[1], 0],
      [null, 0],
      [null, 1],
    ] as const
  ).map(
    ([axes, keepdims]): GradientCase => ({
      operator: `Reduce${kind}`,
      what: `axes ${axes} keepdims ${keepdims}`,
      inputs: [{ dims: [2, 3, 2], range: rangeOf(kind) }],
      forward: (g, [x]) =>
        g.node(`Reduce${kind}`, axes === null ? [x] : [x, g.int64s(axes)], { keepdims: int(keepdims) })[0]!,
      without: ['float16'],
    }),
  ),
);

/** Axes given as an empty list: known before the graph runs or not, meaning all axes or none. */
const emptyAxes = reductionKinds.flatMap((kind) =>
  [0, 1].flatMap((noop) =>
    [true, false].map(
      (known): GradientCase => ({
        operator: `Reduce${kind}`,
        what: `empty axes ${known ? '' : 'at run time '}noop_with_empty_axes ${noop}`,
        inputs: [{ dims: [2, 3], range: rangeOf(kind) }, ...(known ? [] : [{ dims: [0], fixed: true }])],
        forward: (g, [x, axes]) =>
          g.node(`Reduce${kind}`, [x, known ? g.int64s([]) : g.Cast(axes, 'int64')], {
            keepdims: int(1 - noop),
            noop_with_empty_axes: int(noop),
          })[0]!,
        without: ['float16'],
      }),
    ),
  ),
);

/** Nothing to reduce: every sum is 0. The others have no value there. */
const ofNothing = ['Sum', 'L1', 'L2', 'SumSquare', 'LogSum', 'LogSumExp', 'Mean', 'Prod'].flatMap((kind) =>
  [0, 1].map(
    (keepdims): GradientCase => ({
      operator: `Reduce${kind}`,
      what: `an axis of size 0, keepdims ${keepdims}`,
      inputs: [{ dims: [2, 0, 4] }],
      forward: (g, [x]) => g.node(`Reduce${kind}`, [x, g.int64s([1])], { keepdims: int(keepdims) })[0]!,
      without: ['float16'],
    }),
  ),
);

const reduce: readonly GradientCase[] = [
  ...reductions,
  ...emptyAxes,
  ...ofNothing,
  {
    operator: 'ReduceMin',
    what: 'after a product, over axes known at run time only',
    inputs: [{ dims: [2, 3] }, { dims: [3, 4], stored: true }, { dims: [1], values: [1], fixed: true }],
    forward: (g, [x, w, axes]) =>
      g.node('ReduceMin', [g.MatMul(x, w), g.Cast(axes, 'int64')], { keepdims: int(0) })[0]!,
    without: ['float16'],
  },
  {
    operator: 'ReduceProd',
    what: 'with zeros',
    inputs: [{ dims: [3, 3], values: [1, 2, 3, 0, 2, 3, 0, 0, 3] }],
    forward: (g, [x]) => g.ReduceProd(x, [1]),
    without: ['float16'],
  },
  {
    operator: 'ReduceMean',
    what: 'axes known at run time only',
    inputs: [{ dims: [2, 3, 2] }, { dims: [1], values: [1], fixed: true }],
    forward: (g, [x, axis]) => g.ReduceMean(x, g.Cast(axis, 'int64'), 0),
    without: ['float16'],
  },
  {
    operator: 'CumSum',
    inputs: [{ dims: [2, 4] }],
    forward: (g, [x]) => g.CumSum(x, g.scalar(1, 'int64')),
    without: ['float16'],
  },
  {
    operator: 'CumSum',
    what: 'exclusive and reverse',
    inputs: [{ dims: [2, 4] }],
    forward: (g, [x]) =>
      g.node('CumSum', [x, g.scalar(0, 'int64')], { exclusive: int(1), reverse: int(1) })[0]!,
    without: ['float16'],
  },
];

const norm: readonly GradientCase[] = [
  {
    operator: 'LayerNormalization',
    inputs: [{ dims: [2, 3, 4] }, { dims: [4] }, { dims: [4] }],
    forward: (g, [x, scale, bias]) => g.LayerNormalization(x, scale, bias, { epsilon: 1e-3 }),
  },
  {
    operator: 'LayerNormalization',
    what: 'two axes, no bias',
    inputs: [{ dims: [2, 3, 4] }, { dims: [3, 4] }],
    forward: (g, [x, scale]) => g.LayerNormalization(x, scale, null, { axis: 1 }),
  },
  ...[-1, 1].map(
    (axis): GradientCase => ({
      operator: 'RMSNormalization',
      what: `axis ${axis}`,
      inputs: [{ dims: [2, 3, 4] }, { dims: axis === 1 ? [3, 4] : [4] }],
      forward: (g, [x, scale]) =>
        g.node('RMSNormalization', [x, scale], { axis: int(axis), epsilon: float(1e-3) })[0]!,
    }),
  ),
  {
    operator: 'SimplifiedLayerNormalization',
    inputs: [{ dims: [2, 3, 4] }, { dims: [4] }],
    forward: (g, [x, scale]) => g.SimplifiedLayerNormalization(x, scale, { epsilon: 1e-3 }),
  },
  {
    operator: 'SimplifiedLayerNormalization',
    what: 'tiny elements',
    inputs: [{ dims: [2, 4], range: [-1e-3, 1e-3] }, { dims: [4] }],
    forward: (g, [x, scale]) => g.SimplifiedLayerNormalization(x, scale, { epsilon: 1e-4 }),
  },
];

/** The largest 64-bit integer, which exporters write for 'to the end'. */
const far = 2n ** 63n - 1n;

/** Tensors without elements: of them nothing is asked but the shape. */
const nothing: readonly GradientCase[] = [
  ...(
    [
      ['Reshape', [2, 0, 4], (g, x) => g.Reshape(x, [0, 8, 3], { allowzero: true })],
      ['Reshape', [2, 0, 4], (g, x) => g.Reshape(x, [0, 0, 2, 2])],
      ['Reshape', [3, 0], (g, x) => g.Reshape(x, [-1])],
      ['Flatten', [2, 0, 4], (g, x) => g.node('Flatten', [x], { axis: int(2) })[0]!],
      ['Unsqueeze', [0, 4], (g, x) => g.Unsqueeze(x, [1])],
      ['Transpose', [2, 0, 4], (g, x) => g.Transpose(x, [1, 2, 0])],
      ['Expand', [2, 1], (g, x) => g.Expand(x, [1, 0])],
      ['Tile', [2, 3], (g, x) => g.Tile(x, [1, 0])],
      ['Concat', [2, 0], (g, x) => g.Concat([x, x, g.Expand(g.scalarLike(1, x), [2, 3]), x], 1)],
      ['Split', [2, 3], (g, x) => g.Exp(g.Split(x, [0, 3, 0], 1, 3)[0]!)],
      ['Split', [2, 3], (g, x) => g.Exp(g.Split(x, [0, 3, 0], 1, 3)[1]!)],
      ['Pad', [2, 0], (g, x) => g.Pad(x, [0, 1, 0, 2])],
      ['Pad', [2, 3], (g, x) => g.Pad(x, [0, -1, 0, -2])],
      ['Gather', [4, 3], (g, x) => g.Gather(x, g.int64s([]))],
      ['Gather', [2, 4, 3], (g, x) => g.Gather(x, g.constant(matrix([2, 0], [])), 1)],
      ['Gather', [0, 4], (g, x) => g.Gather(x, g.constant(matrix([1, 2], [1, 3])), 1)],
      ['Softmax', [0, 4], (g, x) => g.Softmax(x)],
      ['MatMul', [2, 0], (g, x) => g.MatMul(x, g.Transpose(x, [1, 0]))],
      ['MatMul', [2, 0], (g, x) => g.MatMul(g.Transpose(x, [1, 0]), x)],
      ['MatMul', [2, 0, 3], (g, x) => g.MatMul(x, g.Expand(g.scalarLike(1, x), [3, 4]))],
      ['MatMul', [2, 3, 0], (g, x) => g.MatMul(x, g.Expand(g.scalarLike(1, x), [0, 4]))],
      ['MatMul', [2, 3, 4], (g, x) => g.MatMul(x, g.Expand(g.scalarLike(1, x), [4, 0]))],
      ['Einsum', [2, 0], (g, x) => g.Einsum('ij,ij->i', x, x)],
      ['Add', [2, 1], (g, x) => g.Add(x, g.Expand(x, [1, 0]))],
    ] satisfies readonly (readonly [string, readonly number[], (g: GraphBuilder, x: Value) => Value])[]
  ).map(
    ([operator, dims, forward], i): GradientCase => ({
      operator,
      what: `nothing ${i}`,
      inputs: [{ dims }],
      forward: (g, [x]) => forward(g, x),
      without: ['float16'],
    }),
  ),
];

/** An operator whose output type is not known, beside the path. */
const unknown = (g: GraphBuilder, x: Value): Value =>
  g.node('Inverse', [x], {}, { domain: 'com.microsoft' })[0]!;

const besideUnknown = (
  [
    ['Add', (g, x, a) => g.Add(a, x)],
    ['Mul', (g, x, a) => g.Mul(a, x)],
    ['Max', (g, x, a) => g.Max(g.Add(a, x), x)],
    ['Where', (g, x, a) => g.Where(g.Greater(a, x), a, x)],
    ['Concat', (g, x, a) => g.Concat([a, x], 0)],
    ['Concat', (g, x, a) => g.Concat([x, a], -1)],
    ['Sub', (g, x, a) => g.Sub(g.ReduceSum(x, [0], 0), a)],
  ] satisfies readonly (readonly [string, (g: GraphBuilder, x: Value, a: Value) => Value])[]
).map(
  ([operator, forward]): GradientCase => ({
    operator,
    what: 'beside an operator that is not known',
    inputs: [{ dims: [2, 2] }, { dims: [2, 2], values: [2, 1, 1, 3], fixed: true }],
    forward: (g, [x, a]) => forward(g, x, unknown(g, a)),
    without: ['float16'],
  }),
);

const layout: readonly GradientCase[] = [
  { operator: 'Reshape', inputs: [x234], forward: (g, [x]) => g.Reshape(x, [2, -1]) },
  {
    operator: 'Reshape',
    what: 'zeros keep sizes',
    inputs: [x234],
    forward: (g, [x]) => g.Reshape(x, [0, 0, 2, 2]),
  },
  {
    operator: 'Reshape',
    what: 'to a scalar',
    inputs: [{ dims: [1, 1] }],
    forward: (g, [x]) => g.Reshape(x, []),
  },
  { operator: 'Flatten', inputs: [x234], forward: (g, [x]) => g.node('Flatten', [x], { axis: int(2) })[0]! },
  { operator: 'Squeeze', inputs: [{ dims: [2, 1, 3, 1] }], forward: (g, [x]) => g.Squeeze(x, [1, -1]) },
  { operator: 'Unsqueeze', inputs: [{ dims: [2, 3] }], forward: (g, [x]) => g.Unsqueeze(x, [0, -1]) },
  { operator: 'Transpose', inputs: [x234], forward: (g, [x]) => g.Transpose(x, [2, 0, 1]) },
  {
    operator: 'Transpose',
    what: 'reversed',
    inputs: [x234],
    forward: (g, [x]) => g.node('Transpose', [x])[0]!,
  },
  { operator: 'Expand', inputs: [{ dims: [3, 1] }], forward: (g, [x]) => g.Expand(x, [2, 1, 4]) },
  { operator: 'Expand', what: 'a scalar', inputs: [{ dims: [] }], forward: (g, [x]) => g.Expand(x, [2, 3]) },
  {
    operator: 'Tile',
    what: 'after a product, repeats known at run time only',
    inputs: [{ dims: [2, 3] }, { dims: [3, 2], stored: true }, { dims: [2], values: [2, 3], fixed: true }],
    forward: (g, [x, w, repeats]) => g.Tile(g.MatMul(x, w), g.Cast(repeats, 'int64')),
  },
  { operator: 'Tile', inputs: [{ dims: [2, 3] }], forward: (g, [x]) => g.Tile(x, [2, 3]) },
  {
    operator: 'Concat',
    inputs: [{ dims: [2, 1, 3] }, { dims: [2, 2, 3] }, { dims: [2, 3, 3] }],
    forward: (g, [a, b, c]) => g.Concat([a, b, c], 1),
  },
  {
    operator: 'Concat',
    what: 'twice the same',
    inputs: [{ dims: [2, 3] }],
    forward: (g, [x]) => g.Concat([x, x], -1),
  },
  {
    operator: 'Split',
    inputs: [{ dims: [2, 6] }],
    forward: (g, [x]) => {
      const [a, b, c] = g.Split(x, [1, 2, 3], 1, 3) as [Value, Value, Value];
      return g.Concat([g.Mul(c, c), b, a], 1);
    },
  },
  {
    operator: 'Split',
    what: 'a part unused',
    inputs: [{ dims: [2, 6] }],
    forward: (g, [x]) => g.Exp(g.Split(x, [1, 2, 3], 1, 3)[1]!),
  },
  { operator: 'Slice', inputs: [x234], forward: (g, [x]) => g.Slice(x, [1, 1], [3, 2 ** 31 - 1], [1, 2]) },
  {
    operator: 'Slice',
    what: 'from the end',
    inputs: [x234],
    forward: (g, [x]) => g.Slice(x, [-2], [-1], [2]),
  },
  {
    operator: 'Slice',
    what: 'the last one',
    inputs: [x234],
    forward: (g, [x]) => g.Slice(x, [-1], [2 ** 31 - 1], [-2]),
  },
  {
    operator: 'Slice',
    what: 'all',
    inputs: [x234],
    forward: (g, [x]) => g.Slice(x, [0], [2 ** 31 - 1], [1]),
  },
  {
    operator: 'Slice',
    what: 'every other',
    inputs: [{ dims: [2, 5] }],
    forward: (g, [x]) => g.Slice(x, [0], [5], [1], [2]),
  },
  ...(
    [
      ['every other to 2⁶³ − 1', 1n, far, 2n],
      ['backwards to −2⁶³', -1n, -far - 1n, -2n],
      ['from −2⁶³', -far - 1n, 3n, 1n],
      ['nothing', 3n, 3n, 1n],
      ['nothing: the end before the start', 4n, 2n, 1n],
      ['nothing: the start counted from the end', -1n, 2n, 1n],
      ['nothing: both sides longer than the whole', 3n, -3n, 1n],
      ['nothing: past the end', 7n, far, 1n],
      ['nothing: before the start', 0n, -7n, 1n],
      ['nothing, strided', 4n, 1n, 2n],
    ] as const
  ).map(
    ([what, start, end, step]): GradientCase => ({
      operator: 'Slice',
      what,
      inputs: [{ dims: [2, 5] }],
      forward: (g, [x]) => {
        const [from, to, by] = [start, end, step].map((value) =>
          g.constant({ type: 'int64', dims: [1], data: BigInt64Array.of(value) }),
        ) as [Value, Value, Value];
        return g.Slice(x, from, to, [1], step === 1n ? undefined : by);
      },
    }),
  ),
  {
    operator: 'Slice',
    what: 'backwards',
    inputs: [{ dims: [5, 2] }],
    forward: (g, [x]) => g.Slice(x, [-1], [-6], [0], [-1]),
  },
  {
    operator: 'Slice',
    what: 'strides on two axes',
    inputs: [{ dims: [4, 5] }],
    forward: (g, [x]) => g.Slice(x, [1, 0], [4, 5], [0, 1], [2, 3]),
  },
  {
    operator: 'Slice',
    what: 'bounds known at run time only',
    inputs: [
      { dims: [2, 5] },
      { dims: [1], values: [1], fixed: true },
      { dims: [1], values: [4], fixed: true },
    ],
    forward: (g, [x, start, end]) => g.Slice(x, g.Cast(start, 'int64'), g.Cast(end, 'int64'), [1]),
  },
  {
    operator: 'Pad',
    inputs: [{ dims: [2, 3] }],
    forward: (g, [x], type) => g.Pad(x, [1, 0, 0, 2], g.scalar(0, type)),
  },
  {
    operator: 'Pad',
    what: 'the padding value, and cutting',
    inputs: [{ dims: [2, 3] }, { dims: [] }],
    forward: (g, [x, value]) => g.Pad(x, [0, -1, 1, 1], value),
  },
  {
    operator: 'Pad',
    what: 'given axes',
    inputs: [x234, { dims: [] }],
    forward: (g, [x, value]) => g.node('Pad', [x, g.int64s([1, 2]), value, g.int64s([-1])])[0]!,
  },
  {
    operator: 'Trilu',
    inputs: [{ dims: [2, 3, 3] }],
    forward: (g, [x]) => g.node('Trilu', [x], { upper: int(0) })[0]!,
    without: ['float16'],
  },
  {
    operator: 'Trilu',
    what: 'above the diagonal',
    inputs: [{ dims: [3, 4] }],
    forward: (g, [x]) => g.node('Trilu', [x, g.scalar(1, 'int64')])[0]!,
    without: ['float16'],
  },
];

const indexing: readonly GradientCase[] = [
  {
    operator: 'Gather',
    what: 'rows',
    inputs: [{ dims: [4, 3] }],
    forward: (g, [x]) => g.Gather(x, g.constant(matrix([2, 2], [0, 3, 3, -1]))),
  },
  {
    operator: 'Gather',
    what: 'a table',
    inputs: [{ dims: [4, 3], stored: true }],
    forward: (g, [x]) => g.Gather(x, g.int64s([2, 2, 0])),
  },
  {
    operator: 'Gather',
    what: 'one row',
    inputs: [{ dims: [4, 3] }],
    forward: (g, [x]) => g.Gather(x, g.scalar(1, 'int64')),
  },
  {
    operator: 'Gather',
    what: 'one of the middle axis',
    inputs: [x234],
    forward: (g, [x]) => g.Gather(x, g.scalar(0, 'int64'), 1),
  },
  {
    operator: 'Gather',
    what: 'one of the last axis',
    inputs: [x234],
    forward: (g, [x]) => g.Gather(x, g.scalar(-1, 'int64'), -1),
  },
  {
    operator: 'Gather',
    what: 'a matrix of indices on the middle axis',
    inputs: [x234],
    forward: (g, [x]) => g.Gather(x, g.constant(matrix([2, 2], [0, 2, 2, 1])), 1),
  },
  {
    operator: 'GatherElements',
    inputs: [{ dims: [2, 3] }],
    forward: (g, [x]) => g.GatherElements(x, g.constant(matrix([2, 2], [0, 2, 1, 1])), 1),
  },
  {
    operator: 'GatherND',
    inputs: [x234],
    forward: (g, [x]) => g.GatherND(x, g.constant(matrix([3, 2], [0, 2, 1, 0, 0, 2]))),
  },
  {
    operator: 'GatherND',
    what: 'batch_dims 1',
    inputs: [x234],
    forward: (g, [x]) => g.GatherND(x, g.constant(matrix([2, 1], [2, 0])), 1),
  },
  ...['none', 'add'].flatMap((reduction): GradientCase[] => [
    {
      operator: 'ScatterElements',
      what: reduction,
      inputs: [{ dims: [2, 4] }, { dims: [2, 2] }],
      without: reduction === 'add' ? ['float16'] : [],
      forward: (g, [x, updates]) =>
        g.ScatterElements(x, g.constant(matrix([2, 2], [3, 0, 1, 2])), updates, { axis: 1, reduction }),
    },
    {
      operator: 'ScatterND',
      what: reduction,
      inputs: [{ dims: [4, 2] }, { dims: [2, 2] }],
      without: reduction === 'add' ? ['float16'] : [],
      forward: (g, [x, updates]) =>
        g.ScatterND(x, g.constant(matrix([2, 1], [3, 1])), updates, { reduction }),
    },
  ]),
];

const rotary: GradientCase = {
  operator: 'com.microsoft.RotaryEmbedding',
  inputs: [{ dims: [1, 2, 3, 4] }, { dims: [5, 2], fixed: true }, { dims: [5, 2], fixed: true }],
  forward: (g, [x, cosine, sine]) =>
    g.node(
      'RotaryEmbedding',
      [x, g.constant(matrix([1, 3], [1, 0, 4])), cosine, sine],
      { interleaved: int(0) },
      { domain: 'com.microsoft' },
    )[0]!,
  // [batch, heads, positions, size]: halves (a, b) become (a cos − b sin, b cos + a sin).
  reference: ([x, cosine, sine]) =>
    x!.map((value, i) => {
      const [channel, position] = [i % 4, [1, 0, 4][Math.floor(i / 4) % 3]!];
      const angle = position * 2 + (channel % 2);
      return channel < 2
        ? value * cosine![angle]! - x![i + 2]! * sine![angle]!
        : value * cosine![angle]! + x![i - 2]! * sine![angle]!;
    }),
  without: ['float64'],
};

/**
 * A weight of N rows, each of K numbers in blocks of 16, as 4 or 8 bits; the integers of a row follow one
 * another, lower half first.
 */
const packed = (options: {
  bits: 4 | 8;
  N: number;
  K: number;
  zeroPoints?: boolean;
  bias?: boolean;
}): GradientCase => {
  const { bits, N, K, zeroPoints = false, bias = false } = options;
  const blocks = Math.ceil(K / 16);
  const at = (i: number) => (i * 7 + (i >> 3)) % 2 ** bits;
  const integers = Array.from({ length: N * blocks * 16 }, (_, i) => at(i));
  const scales = Array.from({ length: N * blocks }, (_, i) => (0.05 + 0.01 * (i % 5)) / 2 ** (bits - 4));
  const zeros = scales.map((_, i) => (zeroPoints ? at(3 * i + 5) : 2 ** (bits - 1)));
  const bytes = (values: readonly number[]) =>
    Uint8Array.from({ length: (values.length * bits) / 8 }, (_, i) =>
      bits === 8 ? values[i]! : values[2 * i]! | (values[2 * i + 1]! << 4),
    );
  // A row of zero points ends with its byte.
  const wholeBytes = (rows: readonly number[]) =>
    bits === 8 || blocks % 2 === 0
      ? rows
      : rows.flatMap((value, i) => ((i + 1) % blocks === 0 ? [value, 0] : [value]));
  const zeroBytes = wholeBytes(zeros);
  const uint8 = (dims: readonly number[], values: readonly number[]) =>
    ({ type: 'uint8', dims, data: bytes(values) }) as const;
  return {
    operator: 'com.microsoft.MatMulNBits',
    what: `${bits} bits, K ${K}${zeroPoints ? ', zero points' : ''}${bias ? ', a bias' : ''}`,
    inputs: [{ dims: [2, 2, K] }, ...(bias ? [{ dims: [N], stored: true }] : [])],
    forward: (g, [x, b], type) =>
      g.node(
        'MatMulNBits',
        [
          x,
          g.initializer('packed', uint8([N, blocks, 2 * bits], integers)),
          g.Cast(
            g.initializer('scales', { type: 'float32', dims: [N * blocks], data: Float32Array.from(scales) }),
            type,
          ),
          ...(zeroPoints
            ? [g.initializer('zeros', uint8([(zeroBytes.length * bits) / 8], zeroBytes))]
            : bias
              ? ['']
              : []),
          ...(bias ? ['', b] : []),
        ],
        { K: int(K), N: int(N), bits: int(bits), block_size: int(16) },
        { domain: 'com.microsoft' },
      )[0]!,
    reference: ([x, b]) =>
      Array.from({ length: 4 * N }, (_, i) => {
        const [row, n] = [Math.floor(i / N), i % N];
        return x!.slice(row * K, (row + 1) * K).reduce((sum, value, k) => {
          const where = n * blocks + Math.floor(k / 16);
          return sum + value * scales[where]! * (integers[n * blocks * 16 + k]! - zeros[where]!);
        }, b?.[n] ?? 0);
      }),
    without: ['float64', 'float16'],
  };
};

const quantized: readonly GradientCase[] = [
  packed({ bits: 4, N: 3, K: 32 }),
  packed({ bits: 4, N: 3, K: 32, zeroPoints: true }),
  packed({ bits: 4, N: 3, K: 48, zeroPoints: true }),
  packed({ bits: 4, N: 2, K: 23, bias: true }),
  packed({ bits: 8, N: 3, K: 32 }),
  packed({ bits: 8, N: 3, K: 20, zeroPoints: true, bias: true }),
];

export const gradientCases: readonly GradientCase[] = [
  ...elementwise,
  ...activation,
  ...linear,
  ...reduce,
  ...norm,
  ...layout,
  ...nothing,
  ...besideUnknown,
  ...indexing,
  ...selectionCases,
  ...windowCases,
  ...recurrentCases,
  rotary,
  ...quantized,
];
