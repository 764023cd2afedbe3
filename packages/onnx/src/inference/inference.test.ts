import type { Tensor } from '@entrgi/core';
import { describe, expect, test } from 'vitest';
import { encodeModel, GraphBuilder, type Value, type ValueType } from '../index.js';
import { runModel } from '../testing/run-model.js';
import { int, ints, string } from '../values/attributes.js';

type Attributes = Parameters<GraphBuilder['node']>[2];

interface InferenceCase {
  readonly operator: string;
  readonly name?: string;
  /** Shapes of float inputs; null: absent. */
  readonly inputs: readonly (readonly number[] | null)[];
  readonly attributes?: Attributes;
  readonly outputs?: number;
  /** Sizes that must be known where those of the first input have names; default: none need be. */
  readonly symbolic?: ValueType['dims'];
}

const image = [2, 4, 7, 6];
const line = [2, 4, 9];

const cases: readonly InferenceCase[] = [
  { operator: 'Conv', inputs: [image, [6, 2, 3, 2]], attributes: { group: int(2) } },
  {
    operator: 'Conv',
    name: 'strides, dilations, pads',
    inputs: [image, [6, 4, 3, 2]],
    attributes: { strides: ints([2, 1]), dilations: ints([1, 3]), pads: ints([1, 0, 2, 3]) },
  },
  ...['SAME_UPPER', 'SAME_LOWER', 'VALID'].map(
    (mode): InferenceCase => ({
      operator: 'Conv',
      name: mode,
      inputs: [line, [5, 4, 4]],
      attributes: { auto_pad: string(mode), strides: ints([2]) },
    }),
  ),
  {
    operator: 'Conv',
    name: 'as long as its input',
    inputs: [line, [5, 4, 3]],
    attributes: { pads: ints([1, 1]) },
    symbolic: ['N', 5, 'L'],
  },
  {
    operator: 'ConvTranspose',
    inputs: [image, [4, 3, 3, 2]],
    attributes: {
      group: int(2),
      strides: ints([2, 3]),
      pads: ints([1, 0, 0, 1]),
      output_padding: ints([1, 0]),
    },
  },
  ...['MaxPool', 'AveragePool'].flatMap((operator): InferenceCase[] => [
    { operator, inputs: [image], attributes: { kernel_shape: ints([2, 3]), strides: ints([2, 2]) } },
    { operator, inputs: [line], attributes: { kernel_shape: ints([2]), pads: ints([1, 0]) } },
    {
      operator,
      name: 'ceil_mode',
      inputs: [line],
      attributes: { kernel_shape: ints([3]), strides: ints([2]), ceil_mode: int(1) },
    },
  ]),
  ...[0, 1].flatMap((bidirectional) =>
    (
      [
        ['LSTM', 4, 3],
        ['GRU', 3, 2],
        ['RNN', 1, 2],
      ] as const
    ).map(
      ([operator, gates, outputs]): InferenceCase => ({
        operator,
        name: bidirectional ? 'both ways' : '',
        inputs: [
          [5, 2, 3],
          [1 + bidirectional, gates * 4, 3],
          [1 + bidirectional, gates * 4, 4],
        ],
        attributes: {
          hidden_size: int(4),
          direction: string(bidirectional ? 'bidirectional' : 'forward'),
          ...(bidirectional &&
            operator === 'RNN' && {
              activations: { kind: 'strings', value: ['Tanh', 'Tanh'] } as const,
            }),
        },
        outputs,
        symbolic: ['N', 1 + bidirectional, 'C', 4],
      }),
    ),
  ),
];

/** The node applied, with the first input's sizes as numbers or as names. */
function build({ operator, inputs, attributes, outputs = 1 }: InferenceCase, named: boolean) {
  const g = new GraphBuilder();
  const feeds: Record<string, Tensor> = {};
  const names = inputs.map((dims, i): Value => {
    if (dims === null) return '';
    const data = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, j) => Math.sin(j));
    feeds[`x${i}`] = { type: 'float32', dims, data };
    const stated = named && i === 0 ? dims.map((_, axis) => ['N', 'C', 'L', 'M'][axis]!) : dims;
    return g.input(`x${i}`, 'float32', stated);
  });
  const values = g.node(operator, names, attributes, { outputs });
  return { g, values, feeds };
}

describe.each(cases)('$operator $name', (given) => {
  test('what is inferred is what onnxruntime computes', async () => {
    const { g, values, feeds } = build(given, false);
    for (const value of values) g.output(value);
    const results = await runModel(encodeModel(g.model()), feeds);
    for (const value of values) {
      const { type, dims } = g.typeOf(value);
      expect(type).toBe(results[value]!.type);
      expect(dims).toHaveLength(results[value]!.dims.length);
      dims!.forEach((size, axis) => {
        if (typeof size === 'number') expect(size, `axis ${axis}`).toBe(results[value]!.dims[axis]);
        else expect(given.name).toBe('ceil_mode');
      });
    }
    const { dims } = build(given, true).g.typeOf(values[0]!);
    expect(dims).toHaveLength(results[values[0]!]!.dims.length);
    if (given.symbolic !== undefined) expect(dims).toEqual(given.symbolic);
  });
});
