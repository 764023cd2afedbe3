import type { Attribute } from '../model/model.js';
import { checkRewrites, type Floats, int64, type RewriteCase } from '../testing/rewrite-check.js';
import { float, int, string } from '../values/attributes.js';

const microsoft = 'com.microsoft';
const image: Floats = [[2, 4, 5, 3]];
const perChannel: Floats = [[4]];

const activations = (['Relu', 'Tanh', 'Sigmoid', 'Softplus', 'Softsign'] as const).map((name) => ({ name }));
const parameterized = [
  { name: 'LeakyRelu', alpha: 0.2 },
  { name: 'Elu', alpha: 0.7 },
  { name: 'ThresholdedRelu', alpha: 0.3 },
  { name: 'HardSigmoid', alpha: 0.3, beta: 0.4 },
  { name: 'Selu', alpha: 1.2, gamma: 1.1 },
] as const;

const gemms = [...activations, ...parameterized].map(({ name, ...given }): RewriteCase => {
  const values = Object.entries(given).map(([key, value]): [string, Attribute] => [
    `activation_${key}`,
    float(value),
  ]);
  return {
    operator: 'FusedGemm',
    domain: microsoft,
    name,
    attributes: {
      activation: string(name),
      transB: int(1),
      alpha: float(0.5),
      ...Object.fromEntries(values),
    },
    inputs: [[[3, 4]], [[5, 4]], [[5]]],
    opsets: [17],
  };
});

const convolutions: readonly RewriteCase[] = [
  { name: 'Relu', inputs: [image, [[6, 2, 3, 3]], [[6]]], attributes: { group: int(2) } },
  { name: 'Tanh', inputs: [image, [[4, 4, 1, 1]]] },
  { name: 'Relu', inputs: [image, [[4, 4, 1, 1]], perChannel, image] },
  {
    name: 'LeakyRelu',
    inputs: [image, [[4, 4, 1, 1]]],
    attributes: { activation_params: { kind: 'floats', value: [0.3] } as const },
  },
  {
    name: 'Clip',
    inputs: [image, [[4, 4, 1, 1]]],
    attributes: { activation_params: { kind: 'floats', value: [-0.5, 0.5] } as const },
  },
  {
    name: 'HardSigmoid',
    inputs: [image, [[4, 4, 1, 1]]],
    attributes: { activation_params: { kind: 'floats', value: [0.3, 0.4] } as const },
  },
].map(
  ({ name, inputs, attributes = {} }): RewriteCase => ({
    operator: 'FusedConv',
    domain: microsoft,
    name,
    attributes: { activation: string(name), ...attributes } as RewriteCase['attributes'] & object,
    inputs: inputs as RewriteCase['inputs'],
    opsets: [17],
  }),
);

/** Mean and variance are drawn like all inputs, so the variance is moved away from 0 by a large ε. */
const roomy = { epsilon: float(2) };

const standard: readonly RewriteCase[] = [
  ...[9, 14, 15, 21].map(
    (opset): RewriteCase => ({
      operator: 'BatchNormalization',
      name: `form of ${opset}`,
      attributes: roomy,
      inputs: [image, perChannel, perChannel, perChannel, perChannel],
      opsets: [Math.max(opset, 11)],
    }),
  ),
  {
    operator: 'BatchNormalization',
    name: 'of two dimensions',
    attributes: roomy,
    inputs: [[[3, 4]], perChannel, perChannel, perChannel, perChannel],
    opsets: [15],
  },
  { operator: 'InstanceNormalization', inputs: [image, perChannel, perChannel], opsets: [11, 23] },
  { operator: 'InstanceNormalization', inputs: [[[2, 4, 6]], perChannel, perChannel], opsets: [17] },
  {
    operator: 'GroupNormalization',
    attributes: { num_groups: int(2), epsilon: float(1e-3) },
    inputs: [image, perChannel, perChannel],
    opsets: [21, 23],
  },
  {
    operator: 'GroupNormalization',
    attributes: { num_groups: int(2) },
    inputs: [image, [[2]], [[2]]],
    opsets: [18],
  },
  ...[1, 2].map(
    (p): RewriteCase => ({
      operator: 'LpNormalization',
      name: `p ${p}`,
      attributes: { p: int(p), axis: int(1) },
      inputs: [image],
      opsets: [11, 22],
    }),
  ),
  {
    operator: 'LpNormalization',
    name: 'of zeros',
    inputs: [{ type: 'float32', dims: [2, 2], data: Float32Array.of(0, 0, 3, 4) }],
    opsets: [17],
  },
  ...['GlobalAveragePool', 'GlobalMaxPool'].flatMap((operator): RewriteCase[] => [
    { operator, inputs: [image], opsets: [11, 22], gone: [operator] },
    { operator, inputs: [[[2, 3, 4]]], opsets: [17], gone: [operator] },
  ]),
  { operator: 'Mish', inputs: [image], opsets: [18, 22], gone: ['Mish'] },
  { operator: 'PRelu', inputs: [image, [[4, 1, 1]]], opsets: [11, 16], gone: ['PRelu'] },
  { operator: 'Mean', inputs: [[[2, 3]], [[3]], [[2, 1]]], opsets: [11, 13], gone: ['Mean'] },
  { operator: 'Mean', inputs: [[[2, 3]]], opsets: [13], name: 'of one' },
  { operator: 'CastLike', inputs: [int64([3], [1, 2, 3]), [[1]]], opsets: [15, 21], gone: ['CastLike'] },
  ...['reflect', 'edge', 'wrap'].flatMap((mode): RewriteCase[] => {
    const opsets = mode === 'wrap' ? [19] : [11, 18, 23];
    return [
      {
        operator: 'Pad',
        name: mode,
        attributes: { mode: string(mode) },
        inputs: [image, int64([8], [0, 1, 2, 0, 0, 2, 1, 2])],
        opsets,
      },
      {
        operator: 'Pad',
        name: `${mode}, amounts stored`,
        attributes: { mode: string(mode) },
        inputs: [image, int64([8], [0, 0, 2, 0, 0, 0, 1, 2])],
        constant: [1],
        opsets,
      },
      {
        operator: 'Pad',
        name: `${mode}, given axes`,
        attributes: { mode: string(mode) },
        inputs: [image, int64([2], [2, 1]), null, int64([1], [-2])],
        constant: [3],
        opsets: [19],
      },
    ];
  }),
];

checkRewrites([...gemms, ...convolutions, ...standard]);
