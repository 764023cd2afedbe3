import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { differentiate } from '@entrgi/autodiff';
import { canonicalize, checkModel, decodeModel, encodeModel } from '@entrgi/onnx';
import { readModelFile } from '@entrgi/onnx/node';
import { fixture } from '../../../packages/models/fixtures/fixture.js';
import type { Random } from '../../fuzz/random.js';
import type { HostileCase, HostileGroup } from '../hostile-case.js';
import { attribute, type HostileNode, type HostileTensor, modelBytes, tensor } from '../onnx-bytes.js';
import { runCommand } from '../run-program.js';
import { backend } from '../use-models.js';

/** Decodes, checks, canonicalizes, differentiates; what all of that takes is also run, where `runs` says that it is small. */
const model = (
  name: string,
  expected: HostileCase['expected'],
  make: () => Uint8Array,
  { runs = false, wrt = 'x' }: { runs?: boolean; wrt?: string } = {},
): HostileCase => ({
  name,
  expected,
  prepare: (folder) => writeFile(join(folder, 'model.onnx'), make()),
  async run(folder) {
    const read = await readModelFile(join(folder, 'model.onnx'));
    checkModel(read);
    canonicalize(read);
    decodeModel(encodeModel(read));
    const ran = runs ? [runOnce(read)] : [];
    const gradient = await Promise.allSettled([differentiated(read, wrt, runs), ...ran]);
    const failed = gradient.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  },
});

const differentiated = async (
  read: ReturnType<typeof decodeModel>,
  wrt: string,
  runs: boolean,
): Promise<void> => {
  const gradient = differentiate(read, { of: [...read.graph.outputs.keys()][0]!, wrt });
  encodeModel(gradient);
  if (runs) await runOnce(gradient);
};

const runOnce = async (read: ReturnType<typeof decodeModel>): Promise<void> => {
  const session = await backend.createSession({ bytes: encodeModel(read), name: 'model' });
  try {
    await session.run({
      [session.inputNames[0]!]: { type: 'float32', dims: [1, 4], data: Float32Array.of(1, -2, 3, 0.5) },
    });
  } finally {
    await session.dispose();
  }
};

const node = (
  opType: string,
  inputs: string[],
  outputs: string[],
  attributes: HostileNode['attributes'] = [],
): HostileNode => ({ opType, inputs, outputs, attributes });

/** y = x + the sum of c, which the nodes make. */
const adding = (nodes: HostileNode[], tensors: HostileTensor[] = []): Uint8Array =>
  modelBytes({
    nodes: [
      ...nodes,
      node('Cast', ['c'], ['cast'], [attribute('to', 1)]),
      node('ReduceSum', ['cast'], ['sum'], [attribute('keepdims', 0)]),
      node('Add', ['x', 'sum'], ['y']),
    ],
    tensors,
  });

/** y = the operator, of x [1, 4] first. */
const single = (
  opType: string,
  attributes: HostileNode['attributes'],
  tensors: HostileTensor[] = [],
): Uint8Array =>
  modelBytes({
    nodes: [node(opType, ['x', ...tensors.map(({ name }) => name)], ['y'], attributes)],
    tensors,
  });

const big = (random: Random): number =>
  random.pick([2 ** 31, 2 ** 32, 2 ** 40, 2 ** 53, 3e9, 2 ** 34 + 1]) - random.below(100);
const far = [0, -1, -2, 2 ** 31, -(2 ** 31), 2 ** 53, -(2 ** 53), 99, 1];

/** A number that the graph works out, as hidden as that may be. */
const hidden = (
  random: Random,
  value: number,
  type: 'int64' | 'float32' = 'int64',
): [HostileNode[], HostileTensor[]] => {
  const one = (name: string, number: number, of = type) => tensor(name, of, [1], [number]);
  switch (random.below(6)) {
    case 0:
      return [[], [one('s', value)]];
    case 1:
      return [[node('Constant', [], ['s'], [attribute('value', one('', value))])], []];
    case 2:
      return [[node('Mul', ['a', 'b'], ['s'])], [one('a', Math.round(value / 2)), one('b', 2)]];
    case 3:
      return [[node('Neg', ['a'], ['s'])], [one('a', -value)]];
    case 4:
      return [
        [node('Concat', ['a'], ['t'], [attribute('axis', 0)]), node('Reshape', ['t', 'r'], ['s'])],
        [one('a', value), tensor('r', 'int64', [1], [-1])],
      ];
    default:
      return [
        [node('Identity', ['a'], ['t']), node('Gather', ['t', 'zero'], ['s'])],
        [one('a', value), tensor('zero', 'int64', [1], [0])],
      ];
  }
};

const sized = (
  random: Random,
  name: string,
  nodes: readonly HostileNode[],
  tensors: readonly HostileTensor[] = [],
): HostileCase => {
  const value = big(random);
  const [made, numbers] = hidden(random, value);
  return model(
    `${name} of ${value} by ${made.map(({ opType }) => opType).join('+') || 'initializer'}`,
    'refused',
    () => adding([...made, ...nodes], [...numbers, ...tensors]),
  );
};

const names = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '\u0000',
  'a\u0000b',
  '\u2028',
  'x'.repeat(10_000),
  '👩‍👩‍👧',
  ' ',
  '\ue000',
  '../x',
  'gradient/x',
  'a\nb',
  '\u001b[2J',
  'y_1',
  '0',
  'length',
  '$&',
  '{{x}}',
  '\u202e',
];

const operators: readonly (readonly [string, readonly string[]])[] = [
  ['Softmax', ['axis']],
  ['LogSoftmax', ['axis']],
  ['ReduceSum', ['keepdims', 'noop_with_empty_axes']],
  ['Transpose', ['perm']],
  ['Flatten', ['axis']],
  ['Concat', ['axis']],
  ['Cast', ['to', 'saturate']],
  ['LeakyRelu', ['alpha']],
  ['Elu', ['alpha']],
  ['CumSum', ['exclusive', 'reverse']],
  ['LayerNormalization', ['axis', 'epsilon', 'stash_type']],
  ['Gather', ['axis']],
  ['Shape', ['start', 'end']],
  ['ArgMax', ['axis', 'keepdims', 'select_last_index']],
  ['Hardmax', ['axis']],
  ['EyeLike', ['dtype', 'k']],
  ['DepthToSpace', ['blocksize', 'mode']],
  ['LRN', ['size', 'alpha', 'bias', 'beta']],
  ['LpNormalization', ['axis', 'p']],
  ['Trilu', ['upper']],
  ['Gelu', ['approximate']],
  ['Split', ['axis', 'num_outputs']],
  ['TopK', ['axis', 'largest']],
  ['Einsum', ['equation']],
  ['Dropout', ['seed']],
  ['Squeeze', []],
  ['Unsqueeze', []],
  ['Expand', []],
  ['Pad', ['mode']],
  ['Slice', []],
  ['Tile', []],
  ['Reshape', ['allowzero']],
  ['OneHot', ['axis']],
  ['NonZero', []],
  ['Gemm', ['alpha', 'transA', 'transB']],
  ['MatMul', []],
  ['GatherElements', ['axis']],
  ['ScatterElements', ['axis', 'reduction']],
  ['Clip', []],
  ['QuantizeLinear', ['axis', 'block_size']],
  ['DequantizeLinear', ['axis', 'block_size']],
  ['Mod', ['fmod']],
  ['BitShift', ['direction']],
  ['Where', []],
  ['Pow', []],
];

/** Models that are too large, never end, point outside, or are none. */
export const onnx: HostileGroup = {
  ConstantOfShape: (random) => sized(random, 'ConstantOfShape', [node('ConstantOfShape', ['s'], ['c'])]),
  Expand: (random) =>
    sized(random, 'Expand', [node('Expand', ['v', 's'], ['c'])], [tensor('v', 'float32', [1], [0])]),
  Tile: (random) =>
    sized(random, 'Tile', [node('Tile', ['v', 's'], ['c'])], [tensor('v', 'float32', [2], [0, 1])]),
  Range: (random) =>
    sized(
      random,
      'Range',
      [node('Squeeze', ['s'], ['e']), node('Range', ['a0', 'e', 'd'], ['c'])],
      [tensor('a0', 'int64', [], [0]), tensor('d', 'int64', [], [1])],
    ),
  OneHot: (random) =>
    sized(
      random,
      'OneHot',
      [node('OneHot', ['v', 's', 'w'], ['c'])],
      [tensor('v', 'int64', [1], [1]), tensor('w', 'float32', [2], [0, 1])],
    ),
  Pad: (random) =>
    sized(
      random,
      'Pad',
      [node('Concat', ['s', 'z'], ['p'], [attribute('axis', 0)]), node('Pad', ['v', 'p'], ['c'])],
      [tensor('v', 'float32', [1], [0]), tensor('z', 'int64', [1], [0])],
    ),
  'random numbers'(random) {
    const [operator, size] = [random.pick(['RandomNormal', 'RandomUniform']), big(random)];
    return model(`${operator} ${size}`, 'refused', () =>
      adding([node(operator, [], ['c'], [attribute('shape', [size])])]),
    );
  },
  windows(random) {
    const [operator, size] = [random.pick(['HannWindow', 'HammingWindow', 'BlackmanWindow']), big(random)];
    return model(`${operator} ${size}`, 'refused', () =>
      adding([node(operator, ['s'], ['c'])], [tensor('s', 'int64', [], [size])]),
    );
  },
  'float Range'(random) {
    const step = random.pick([1e-3, 1e-9, 1e-30, -1e-3]);
    const end = random.pick([1e9, 1e30]) * Math.sign(step);
    return model(`Range to ${end} by ${step}`, 'refused', () =>
      adding(
        [node('Range', ['a', 'b', 'd'], ['c'])],
        [
          tensor('a', 'float32', [], [0]),
          tensor('b', 'float32', [], [end]),
          tensor('d', 'float32', [], [step]),
        ],
      ),
    );
  },
  'doubling constants'(random) {
    const times = 30 + random.below(60);
    return model(`${times} Concats`, 'refused', () =>
      adding(
        [
          ...Array.from({ length: times }, (_, i) =>
            node('Concat', [`d${i}`, `d${i}`], [`d${i + 1}`], [attribute('axis', 0)]),
          ),
          node('Identity', [`d${times}`], ['c']),
        ],
        [tensor('d0', 'float32', [2], [1, 2])],
      ),
    );
  },
  'products of constants'(random) {
    const size = random.pick([8000, 20_000, 100_000]);
    return model(`${size} × ${size}`, 'refused', () =>
      adding(
        [node('ConstantOfShape', ['s'], ['m']), node('MatMul', ['m', 'm'], ['c'])],
        [tensor('s', 'int64', [2], [size, size])],
      ),
    );
  },
  'claims of initializers'(random) {
    const dims = random.pick([
      [2 ** 31, 2 ** 31],
      [2 ** 62],
      [-1],
      [2 ** 33, 0, 2 ** 33],
      [3],
      [1e9],
      [],
      [2 ** 40, 2 ** 40, 2 ** 40],
    ]);
    const type = random.pick(['float32', 'int64', 'float64', 'bool', 'uint8'] as const);
    return model(`${type} [${dims}] of 8 bytes`, 'either', () =>
      adding([], [{ ...tensor('c', type, [1], [1]), dims }]),
    );
  },
  'negative divisors'(random) {
    const [operator, type] = [random.pick(['Div', 'Mod']), random.pick(['int64', 'int32'] as const)];
    const least = type === 'int64' ? -(2n ** 63n) : -(2n ** 31n);
    const way = random.below(4);
    const made = [
      [node('Neg', ['one'], ['b'])],
      [node('Sub', ['zero', 'one'], ['b'])],
      [node('Identity', ['minus'], ['b'])],
      [node('Cast', ['float'], ['b'], [attribute('to', type === 'int64' ? 7 : 6)])],
    ][way]!;
    const tensors = [
      tensor('a', type, [1], [least]),
      tensor('one', type, [1], [1n]),
      tensor('zero', type, [1], [0n]),
      tensor('minus', type, [1], [-1n]),
      tensor('float', 'float32', [1], [-1]),
    ];
    return model(
      `${operator} ${type}, way ${way}, ${random.below(1000)}`,
      'either',
      () => adding([...made, node(operator, ['a', 'b'], ['c'])], tensors),
      { runs: true },
    );
  },
  'division by zero'(random) {
    const [operator, type] = [random.pick(['Div', 'Mod']), random.pick(['int64', 'int32', 'uint8'] as const)];
    return model(
      `${operator} ${type} ${random.below(1000)}`,
      'either',
      () =>
        adding(
          [node(operator, ['a', 'b'], ['c'])],
          [tensor('a', type, [1], [5n]), tensor('b', type, [1], [0n])],
        ),
      { runs: true },
    );
  },
  cycles(random) {
    const length = random.pick([1, 2, 3, 1000]);
    return model(`${length} in a ring`, 'refused', () =>
      modelBytes({
        nodes: Array.from({ length }, (_, i) =>
          node(
            'Add',
            ['x', `v${(i + length - 1) % length}`],
            [i === 0 ? 'y' : `v${i}`, ...(i === 0 ? [] : [])],
          ),
        ).map((each, i) =>
          i === 0
            ? { ...each, inputs: ['x', length === 1 ? 'y' : `v${length - 1}`] }
            : i === 1
              ? { ...each, inputs: ['x', 'y'] }
              : each,
        ),
      }),
    );
  },
  unsorted: (random) =>
    model(`${random.below(1000)}`, 'refused', () =>
      modelBytes({
        nodes: [
          node('Neg', ['a'], ['y']),
          ...Array.from({ length: 1 + random.below(9) }, (_, i) =>
            node('Neg', ['x'], [i === 0 ? 'a' : `b${i}`]),
          ),
        ],
      }),
    ),
  'undefined or twice'(random) {
    const which = random.below(6);
    const wrong = [
      { nodes: [node('Neg', ['nothing'], ['y'])] },
      { nodes: [node('Neg', ['x'], ['y']), node('Abs', ['x'], ['y'])] },
      { nodes: [node('Neg', ['x'], ['x']), node('Neg', ['x'], ['y'])] },
      { nodes: [node('Neg', ['x'], ['z'])] },
      { nodes: [] },
      {
        nodes: [node('Neg', ['x'], ['y'])],
        tensors: [tensor('a', 'float32', [1], [1]), tensor('a', 'float32', [1], [2])],
      },
    ][which]!;
    return model(`${which}, ${random.below(100)}`, 'refused', () => modelBytes(wrong));
  },
  names(random) {
    const [name, place] = [random.pick(names), random.below(4)];
    const [x, middle, w, y] = [0, 1, 2, 3].map((i) =>
      i === place ? name : ['x', 'middle', 'w', 'y'][i]!,
    ) as [string, string, string, string];
    return model(
      `${JSON.stringify(name).slice(0, 20)} at ${place}`,
      'either',
      () =>
        modelBytes({
          inputs: [x],
          outputs: [y],
          nodes: [node('Add', [x, w], [middle]), node('Tanh', [middle], [y])],
          tensors: [tensor(w, 'float32', [1], [1])],
        }),
      { runs: true, wrt: x },
    );
  },
  'operator names': (random) => {
    const name = random.pick([
      ...names,
      '',
      'If',
      'Loop',
      'Scan',
      'SequenceConstruct',
      'Optional',
      'tanh',
      'Tanh ',
      'com.microsoft.FusedMatMul',
      'StringNormalizer',
      'Function',
      'Identity\u0000',
    ]);
    return model(JSON.stringify(name).slice(0, 30), 'refused', () => single(name, []));
  },
  'control flow'(random) {
    const [operator, attributeName] = random.pick([
      ['If', 'then_branch'],
      ['Loop', 'body'],
      ['Scan', 'body'],
    ] as const);
    const depth = random.pick([0, 1, 100, 10_000]);
    let body: Uint8Array = new Uint8Array([random.below(256), random.below(256)]);
    for (let i = 0; i < depth; i += 1)
      body = Buffer.concat([Buffer.from([0x0a]), varint(body.length), body]).subarray(0, 200_000);
    return model(`${operator} with ${depth}`, 'refused', () =>
      single(operator, [{ name: attributeName, graph: body }]),
    );
  },
  'deep chains'(random) {
    const [length, operator] = [
      random.pick([500, 1500, 4000]),
      random.pick(['Tanh', 'Neg', 'Relu', 'Identity', 'Sigmoid']),
    ];
    return model(`${length} of ${operator}`, 'works', () =>
      modelBytes({
        nodes: Array.from({ length }, (_, i) =>
          node(operator, [i === 0 ? 'x' : `v${i}`], [i === length - 1 ? 'y' : `v${i + 1}`]),
        ),
      }),
    );
  },
  'wide sums'(random) {
    const [width, operator] = [random.pick([500, 3000]), random.pick(['Sum', 'Max', 'Concat', 'Mean'])];
    return model(`${operator} of ${width}`, 'either', () =>
      modelBytes({
        nodes: [
          node(
            operator,
            Array.from({ length: width }, () => 'x'),
            ['y'],
            operator === 'Concat' ? [attribute('axis', 0)] : [],
          ),
        ],
      }),
    );
  },
  'external data'(random) {
    const location = random.pick([
      '../x',
      '/etc/passwd',
      'a/../../b',
      'C:\\x',
      'a\\..\\b',
      '',
      '.',
      'a\u0000b',
      'x'.repeat(5000),
      'http://x/y',
      '..',
      './..',
      'a//../..',
      '\\\\host\\x',
      'none.bin',
      'model.onnx/',
      '/dev/zero',
      '/proc/self/mem',
      '%2e%2e/x',
      '~/x',
      'model.onnx/../..',
      '\ud800',
      'CON',
      'a/./../../x',
    ]);
    const [offset, length] = random.pick([
      ['0', '8'],
      ['-8', '8'],
      ['0', '-8'],
      ['9223372036854775807', '8'],
      ['1e3', '8'],
      [' 0', '8'],
      ['0x8', '8'],
      ['', '8'],
      ['0', '4'],
      ['0', '99999999999'],
      ['NaN', '8'],
      ['0.5', '8'],
    ] as const);
    return model(`${JSON.stringify(location).slice(0, 30)} ${offset} ${length}`, 'refused', () =>
      adding([], [{ ...tensor('c', 'float32', [2], []), external: { location, offset, length } }]),
    );
  },
  'external data within'(random) {
    const [offset, length] = random.pick([
      ['-8', '8'],
      ['0', '-8'],
      ['9223372036854775807', '8'],
      ['1e1', '8'],
      ['0x8', '8'],
      ['0', '4'],
      ['0', '99999999999'],
      ['NaN', '8'],
      ['0.5', '8'],
      ['18446744073709551616', '8'],
      ['100000', '8'],
      ['2', '1e1'],
    ] as const);
    return model(`${offset} ${length} ${random.below(100)}`, 'refused', () =>
      adding(
        [],
        [{ ...tensor('c', 'float32', [2], []), external: { location: 'model.onnx', offset, length } }],
      ),
    );
  },
  attributes(random) {
    const [operator, own] = random.pick(operators);
    const chosen =
      own.length === 0
        ? []
        : [
            attribute(
              random.pick(own),
              random.pick<number | string | number[]>([
                random.pick(far),
                1e30,
                'x',
                '',
                [],
                [0, 0],
                [9, 9],
                [-1, 1],
                0.5,
                random.pick(far),
                Number.NaN,
              ]),
            ),
          ];
    const second =
      random.below(3) === 0
        ? []
        : [
            tensor('s', random.pick(['int64', 'float32'] as const), random.pick([[1], [2], [0], []]), [
              random.pick(far),
              random.pick([0, 1, 2]),
            ]),
          ];
    const fitting = second.map((each) => ({
      ...each,
      data: each.data.slice(
        0,
        each.dims.reduce((a, b) => a * b, 1),
      ),
    }));
    return model(
      `${operator} ${JSON.stringify(chosen)} ${JSON.stringify(fitting.map(({ dims, data, type }) => [type, dims, ...data]))}`,
      'either',
      () => single(operator, chosen, fitting),
      { runs: true },
    );
  },
  windowed(random) {
    const operator = random.pick([
      'Conv',
      'MaxPool',
      'AveragePool',
      'ConvTranspose',
      'LpPool',
      'ConvInteger',
    ]);
    const name = random.pick([
      'strides',
      'dilations',
      'kernel_shape',
      'pads',
      'group',
      'output_padding',
      'output_shape',
    ]);
    const value = random.pick([0, -1, 2 ** 31, 2 ** 40, 1, 7]);
    const given = name === 'group' ? value : name === 'pads' ? [value, value] : [value];
    return model(
      `${operator} ${name} ${value} ${random.below(100)}`,
      'either',
      () =>
        modelBytes({
          nodes: [
            node('Unsqueeze', ['x', 'axes'], ['u']),
            node(
              operator,
              ['u', ...(operator.startsWith('Conv') ? ['w'] : [])],
              ['y'],
              [
                ...(operator.endsWith('Pool') && name !== 'kernel_shape'
                  ? [attribute('kernel_shape', [2])]
                  : []),
                attribute(name, given),
              ],
            ),
          ],
          tensors: [tensor('axes', 'int64', [1], [0]), tensor('w', 'float32', [1, 1, 2], [1, 1])],
        }),
      { runs: !(value > 99) },
    );
  },
  sizes(random) {
    const [operator, given] = random.pick([
      ['Reshape', [-1, -1]],
      ['Reshape', [0, 0, 0]],
      ['Reshape', [2 ** 40, 0]],
      ['Reshape', [-2]],
      ['Expand', [-1, 4]],
      ['Expand', [0]],
      ['Tile', [-1, 1]],
      ['Tile', [0, 1]],
      ['Squeeze', [9]],
      ['Unsqueeze', [9]],
      ['Unsqueeze', [0, 0]],
      ['ReduceSum', [9]],
      ['ReduceMax', [0, 0]],
      ['TopK', [-1]],
      ['TopK', [99]],
      ['Split', [3, 3]],
      ['Split', [-1, 5]],
      ['Gather', [9]],
      ['Gather', [-99]],
      ['GatherND', [[9]]],
      ['Pad', [-3, -3, 0, 0]],
      ['Pad', [0, 0, -9, -9]],
      ['Trilu', [2 ** 53]],
      ['CumSum', [7]],
    ] as [string, number[]][]);
    const list = given.flat();
    return model(
      `${operator} ${list} ${random.below(100)}`,
      'either',
      () => single(operator, [], [tensor('s', 'int64', [list.length], list)]),
      { runs: true },
    );
  },
  slices(random) {
    const any = () => random.pick([...far, 2, 3, -3]);
    const parts = [any(), any(), random.pick([0, 1, -1, 9]), any()];
    return model(
      `${parts}`,
      'either',
      () =>
        modelBytes({
          nodes: [node('Slice', ['x', 'a', 'b', 'd', 'e'], ['y'])],
          tensors: ['a', 'b', 'd', 'e'].map((name, i) => tensor(name, 'int64', [1], [parts[i]!])),
        }),
      { runs: true },
    );
  },
  headers(random) {
    const [opset, ir] = [
      random.pick([-1n, 0n, 1n, 10n, 28n, 2n ** 62n, 2n ** 63n - 1n, 21n]),
      random.pick([10n, 0n, -1n, 99n, 2n ** 40n]),
    ];
    return model(`opset ${opset}, IR ${ir}`, opset === 21n ? 'either' : 'refused', () =>
      modelBytes({ nodes: [node('Tanh', ['x'], ['y'])], opset, ir }),
    );
  },
  'cut or changed'(random) {
    const [start, share, change] = [random.below(1000) / 1000, random.below(1000) / 1000, random.below(256)];
    const isCut = random.below(2) === 0;
    return {
      name: isCut ? `ends at ${share}` : `${change} at ${start}`,
      expected: 'either',
      prepare: async (folder) => {
        const bytes = Buffer.from(await readFile(`${fixture('bert-fill')}.onnx`));
        bytes[Math.floor(start * bytes.length)] = change;
        await writeFile(
          join(folder, 'model.onnx'),
          isCut ? bytes.subarray(0, Math.floor(share * bytes.length)) : bytes,
        );
      },
      run: (folder) =>
        runCommand(
          ...random.pick([
            ['inspect', join(folder, 'model.onnx')],
            [
              'differentiate',
              join(folder, 'model.onnx'),
              '--of',
              'logits',
              '--wrt',
              'x',
              '-o',
              join(folder, 'out.onnx'),
            ],
          ]),
        ),
      leaves: /^out\.onnx$/,
    };
  },
  'what to differentiate'(random) {
    const [of, wrt, index] = random.pick([
      ['y', 'nothing', undefined],
      ['nothing', 'x', undefined],
      ['y', 'x', '-1'],
      ['y', 'x', '4'],
      ['y', 'x', '1e9'],
      ['y', 'x', '0.5'],
      ['y', 'y', undefined],
      ['__proto__', 'x', undefined],
      ['y', 'constructor', undefined],
      ['', 'x', undefined],
      ['y', '', undefined],
      ['y', 'x', 'NaN'],
      ['x', 'x', undefined],
    ] as const);
    // The last class but one too many, and what is its own input.
    const isOpen = index === '4' || of === wrt;
    return {
      name: `of ${of} by ${wrt}, class ${index}, ${random.below(100)}`,
      expected: isOpen ? 'either' : 'refused',
      prepare: (folder) =>
        writeFile(join(folder, 'model.onnx'), modelBytes({ nodes: [node('Tanh', ['x'], ['y'])] })),
      run: (folder) =>
        runCommand(
          'differentiate',
          join(folder, 'model.onnx'),
          `--of=${of}`,
          `--wrt=${wrt}`,
          ...(index === undefined ? [] : [`--index=${index}`]),
          '-o',
          join(folder, 'out.onnx'),
        ),
      leaves: isOpen ? /^out\.onnx$/ : /^$/,
    };
  },
};

const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
};
