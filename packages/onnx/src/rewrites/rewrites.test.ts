import type { DataType, Tensor } from '@entrgi/core';
import { describe, expect, test } from 'vitest';
import { canonicalise, checkModel, encodeModel, float, int, ints } from '../index.js';
import type { Attribute, InlineInitializer, Model, Value, ValueType } from '../model.js';
import { runModel } from '../testing/run-model.js';

type Floats = readonly [dims: readonly number[], scale?: number];

interface Case {
  readonly operator: string;
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Float inputs by shape: random. Tensors are fed as they are. null: absent. */
  readonly inputs: readonly (Floats | Tensor | null)[];
  /** Inputs that are constants in the model. */
  readonly constant?: readonly number[];
  readonly outputs?: number;
  readonly opsets?: readonly number[];
  /** Operators that must not be in the canonical graph. */
  readonly gone?: readonly string[];
  readonly name?: string;
  /** Sizes of the inputs as declared, where they are not the fed ones. */
  readonly declared?: readonly (ValueType['dims'] | 'unknown')[];
  /** Names of the outputs, where some are absent. */
  readonly names?: readonly string[];
  /** How many of the outputs are outputs of the graph; default: all. */
  readonly fetched?: number;
}

const int64 = (dims: readonly number[], data: readonly number[]): Tensor => ({
  type: 'int64',
  dims,
  data: BigInt64Array.from(data, BigInt),
});
const int32 = (dims: readonly number[], data: readonly number[]): Tensor => ({
  type: 'int32',
  dims,
  data: Int32Array.from(data),
});
const truth = (dims: readonly number[], data: readonly number[]): Tensor => ({
  type: 'bool',
  dims,
  data: Uint8Array.from(data),
});

const x: Floats = [[2, 3, 4]];
const small: Floats = [[2, 3, 4], 1e-3];
const ratio: Tensor = { type: 'float32', dims: [], data: Float32Array.of(0.4) };
const reductions = ['Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'LogSum', 'LogSumExp', 'SumSquare', 'Sum'];
const microsoft = 'com.microsoft';
const [B, S, N, M, H] = [2, 5, 4, 2, 6];
const cosines: Floats = [[8, H / 2]];

const cases: readonly Case[] = [
  { operator: 'Squeeze', attributes: { axes: ints([0, -1]) }, inputs: [[[1, 3, 1]]], opsets: [11] },
  { operator: 'Squeeze', inputs: [[[1, 3, 1]]], opsets: [11, 13] },
  { operator: 'Unsqueeze', attributes: { axes: ints([0, 3]) }, inputs: [[[3, 2]]], opsets: [11] },
  ...reductions.flatMap((kind): Case[] => [
    {
      operator: `Reduce${kind}`,
      attributes: { axes: ints([1, -1]), keepdims: int(0) },
      inputs: [x],
      opsets: kind === 'Sum' ? [11] : [11, 13, 17],
    },
    { operator: `Reduce${kind}`, inputs: [x], opsets: [11, 13, 17, 18] },
  ]),
  {
    operator: 'Split',
    attributes: { axis: int(-1), split: ints([1, 3]) },
    inputs: [x],
    outputs: 2,
    opsets: [11],
  },
  { operator: 'Split', attributes: { axis: int(2) }, inputs: [x], outputs: 2, opsets: [11, 13] },
  {
    operator: 'Split',
    attributes: { axis: int(1), num_outputs: int(2) },
    inputs: [x],
    outputs: 2,
    opsets: [18, 20, 23],
  },
  ...['Softmax', 'LogSoftmax', 'Hardmax'].flatMap((operator): Case[] => [
    ...[undefined, 0, 1, 2, -1, -2].map(
      (axis): Case => ({
        operator,
        ...(axis === undefined ? {} : { attributes: { axis: int(axis) } }),
        inputs: [x],
        opsets: [11, 13, 23],
      }),
    ),
    {
      operator,
      attributes: { axis: int(1) },
      inputs: [x],
      declared: ['unknown'],
      opsets: [11],
      name: 'unknown rank',
    },
    {
      operator,
      attributes: { axis: int(1) },
      inputs: [[[2, 3, 1]]],
      opsets: [11],
      name: 'ones behind the axis',
    },
  ]),
  {
    operator: 'Dropout',
    attributes: { ratio: float(0.5) },
    inputs: [x],
    outputs: 2,
    opsets: [11],
    gone: ['Dropout'],
  },
  { operator: 'Dropout', inputs: [x, ratio], outputs: 2, opsets: [12, 13, 17, 23], gone: ['Dropout'] },
  {
    operator: 'Dropout',
    inputs: [x, ratio, truth([], [0])],
    constant: [2],
    opsets: [13, 23],
    gone: ['Dropout'],
  },
  { operator: 'Identity', inputs: [x], opsets: [11, 23] },
  { operator: 'Cast', attributes: { to: int(7), saturate: int(1) }, inputs: [[[3], 10]], opsets: [19, 23] },
  { operator: 'Clip', inputs: [x, [[]]], opsets: [11, 12, 13, 23] },
  { operator: 'Pad', inputs: [x, int64([6], [0, 1, 0, 0, 0, 2])], opsets: [11, 13, 18, 23] },
  {
    operator: 'TopK',
    attributes: { axis: int(1) },
    inputs: [x, int64([1], [2])],
    outputs: 2,
    opsets: [11, 23],
  },
  { operator: 'Slice', inputs: [x, int64([1], [1]), int64([1], [3]), int64([1], [2])], opsets: [11, 13, 23] },
  {
    operator: 'RMSNormalization',
    attributes: { epsilon: float(1e-3) },
    inputs: [x, [[4]]],
    opsets: [23],
    gone: ['RMSNormalization'],
  },
  {
    operator: 'RMSNormalization',
    attributes: { axis: int(1) },
    inputs: [x, [[3, 4]]],
    opsets: [23],
    gone: ['RMSNormalization'],
  },
  { operator: 'SimplifiedLayerNormalization', inputs: [x, [[4]]], opsets: [17] },
  { operator: 'LayerNormalization', inputs: [x, [[4]], [[4]]], opsets: [17, 23] },

  { operator: 'Gelu', domain: microsoft, inputs: [x], opsets: [17] },
  { operator: 'BiasGelu', domain: microsoft, inputs: [x, [[4]]], opsets: [17] },
  { operator: 'FastGelu', domain: microsoft, inputs: [x], opsets: [17] },
  { operator: 'FastGelu', domain: microsoft, inputs: [x, [[4]]], opsets: [17] },
  { operator: 'QuickGelu', domain: microsoft, inputs: [x], opsets: [17] },
  { operator: 'QuickGelu', domain: microsoft, attributes: { alpha: float(1) }, inputs: [x], opsets: [17] },
  {
    operator: 'SkipLayerNormalization',
    domain: microsoft,
    attributes: { epsilon: float(1e-3) },
    inputs: [x, x, [[4]], [[4]], [[4]]],
    opsets: [17],
  },
  { operator: 'SkipLayerNormalization', domain: microsoft, inputs: [x, x, [[4]]], opsets: [17] },
  {
    operator: 'SkipSimplifiedLayerNormalization',
    domain: microsoft,
    attributes: { epsilon: float(1e-5) },
    inputs: [x, x, [[4]], [[4]]],
    opsets: [17],
  },
  {
    operator: 'EmbedLayerNormalization',
    domain: microsoft,
    attributes: { epsilon: float(1e-12) },
    inputs: [
      int32([2, 3], [1, 2, 0, 3, 3, 1]),
      int32([2, 3], [0, 0, 1, 0, 1, 1]),
      [[4, 8]],
      [[3, 8]],
      [[2, 8]],
      [[8]],
      [[8]],
    ],
    outputs: 2,
    fetched: 1,
    opsets: [17],
  },
  // Small numbers, so that the default of epsilon tells.
  ...['SkipLayerNormalization', 'SkipSimplifiedLayerNormalization'].map(
    (operator): Case => ({
      operator,
      domain: microsoft,
      name: 'default epsilon',
      inputs: [small, small, [[4]]],
      opsets: [17],
    }),
  ),
  ...['SimplifiedLayerNormalization', 'LayerNormalization'].map(
    (operator): Case => ({
      operator,
      name: 'default epsilon',
      inputs: [small, [[4]]],
      opsets: [17],
    }),
  ),
  { operator: 'RMSNormalization', name: 'default epsilon', inputs: [small, [[4]]], opsets: [23] },
  {
    operator: 'SkipSimplifiedLayerNormalization',
    domain: microsoft,
    name: 'with the sum',
    inputs: [x, x, [[4]]],
    names: ['output0', '', '', 'output3'],
    opsets: [17],
  },
  {
    operator: 'EmbedLayerNormalization',
    domain: microsoft,
    name: 'default epsilon',
    inputs: [
      int32([2, 3], [1, 2, 0, 3, 3, 1]),
      null,
      [[4, 8], 1e-6],
      [[3, 8], 1e-6],
      null,
      [[8]],
      [[8]],
      null,
      int32([1, 3], [2, 0, 1]),
    ],
    outputs: 2,
    fetched: 1,
    opsets: [17],
  },
  {
    operator: 'FusedMatMul',
    domain: microsoft,
    attributes: { transB: int(1), alpha: float(0.5) },
    inputs: [x, [[2, 5, 4]]],
    opsets: [17],
  },

  // Attention of opset 23: heads equal and grouped, three and four dimensions, masks of both kinds.
  { operator: 'Attention', inputs: [[[B, N, S, H]], [[B, N, S, H]], [[B, N, S, H]]], opsets: [23] },
  {
    operator: 'Attention',
    attributes: { is_causal: int(1), scale: float(0.3) },
    inputs: [[[B, N, S, H]], [[B, M, S, H]], [[B, M, S, H]]],
    opsets: [23],
  },
  {
    operator: 'Attention',
    attributes: { q_num_heads: int(N), kv_num_heads: int(M) },
    inputs: [[[B, S, N * H]], [[B, S, M * H]], [[B, S, M * H]], [[B, 1, S, S]]],
    opsets: [23],
  },
  {
    operator: 'Attention',
    attributes: { softcap: float(2) },
    inputs: [
      [[B, N, S, H]],
      [[B, N, S, H]],
      [[B, N, S, H]],
      truth(
        [S, S],
        [...Array(S * S).keys()].map((i) => (i % 3 ? 1 : 0)),
      ),
    ],
    opsets: [23],
  },
  {
    operator: 'Attention',
    attributes: { is_causal: int(1) },
    inputs: [
      [[B, N, S, H]],
      [[B, N, S, H]],
      [[B, N, S, H]],
      truth(
        [S, S],
        [...Array(S * S).keys()].map((i) => (i % 4 === 1 ? 0 : 1)),
      ),
    ],
    opsets: [23],
  },
  {
    operator: 'RotaryEmbedding',
    inputs: [[[B, N, S, H]], cosines, cosines, int64([B, S], [0, 1, 2, 3, 4, 3, 4, 5, 6, 7])],
    opsets: [23],
  },
  {
    operator: 'RotaryEmbedding',
    attributes: { interleaved: int(1) },
    inputs: [[[B, N, S, H]], [[B, S, H / 2]], [[B, S, H / 2]]],
    opsets: [23],
  },
  {
    operator: 'RotaryEmbedding',
    attributes: { interleaved: int(1), num_heads: int(N) },
    inputs: [[[B, S, N * H]], [[B, S, H / 2]], [[B, S, H / 2]]],
    opsets: [23],
  },
  {
    operator: 'RotaryEmbedding',
    attributes: { rotary_embedding_dim: int(4) },
    inputs: [[[B, N, S, H]], [[8, 2]], [[8, 2]], int64([B, S], [0, 1, 2, 3, 4, 3, 4, 5, 6, 7])],
    opsets: [23],
  },
  {
    operator: 'RotaryEmbedding',
    attributes: { num_heads: int(N), rotary_embedding_dim: int(4) },
    inputs: [[[B, S, N * H]], [[8, 2]], [[8, 2]], int64([B, S], [0, 1, 2, 3, 4, 3, 4, 5, 6, 7])],
    opsets: [23],
  },

  {
    operator: 'MultiHeadAttention',
    domain: microsoft,
    attributes: { num_heads: int(N) },
    inputs: [[[B, S, N * H]], [[B, S, N * H]], [[B, S, N * H]]],
    opsets: [17],
  },
  {
    operator: 'MultiHeadAttention',
    domain: microsoft,
    attributes: { num_heads: int(N), scale: float(0.2) },
    inputs: [
      [[B, 3, N * H]],
      [[B, S, N * H]],
      [[B, S, N * 2]],
      [[N * (2 * H + 2)]],
      int32([B, S], [1, 1, 1, 1, 1, 1, 1, 1, 0, 0]),
      [[B, N, 3, S]],
    ],
    opsets: [17],
  },
  {
    operator: 'MultiHeadAttention',
    domain: microsoft,
    attributes: { num_heads: int(N), unidirectional: int(1) },
    inputs: [[[B, S, N * H]], [[B, S, N * H]], [[B, S, N * H]]],
    opsets: [17],
  },
  {
    operator: 'Attention',
    domain: microsoft,
    attributes: { num_heads: int(N) },
    inputs: [[[B, S, 7]], [[7, 3 * N * H]], [[3 * N * H]], int32([B, S], [1, 1, 1, 1, 1, 1, 1, 1, 0, 0])],
    opsets: [17],
  },
  {
    operator: 'Attention',
    domain: microsoft,
    attributes: { num_heads: int(N), unidirectional: int(1) },
    inputs: [[[B, S, 7]], [[7, 3 * N * H]], [[3 * N * H]]],
    opsets: [17],
  },
  ...[0, 1].map(
    (interleaved): Case => ({
      operator: 'GroupQueryAttention',
      domain: microsoft,
      attributes: {
        num_heads: int(N),
        kv_num_heads: int(M),
        do_rotary: int(1),
        rotary_interleaved: int(interleaved),
      },
      inputs: [
        [[B, S, N * 16]],
        [[B, S, M * 16]],
        [[B, S, M * 16]],
        null,
        null,
        int32([B], [S - 1, S - 1]),
        int32([], [S]),
        [[9, 8]],
        [[9, 8]],
      ],
      outputs: 3,
      opsets: [17],
    }),
  ),
  {
    operator: 'GroupQueryAttention',
    domain: microsoft,
    attributes: {
      num_heads: int(N),
      kv_num_heads: int(M),
      local_window_size: int(2),
      softcap: float(3),
      scale: float(0.4),
    },
    inputs: [
      [[B, S, N * 16]],
      [[B, S, M * 16]],
      [[B, S, M * 16]],
      null,
      null,
      int32([B], [S - 1, S - 1]),
      int32([], [S]),
    ],
    outputs: 3,
    opsets: [17],
  },
  {
    operator: 'GroupQueryAttention',
    domain: microsoft,
    name: 'partly rotated, biased',
    attributes: { num_heads: int(N), kv_num_heads: int(M), do_rotary: int(1) },
    inputs: [
      [[B, S, N * 32]],
      [[B, S, M * 32]],
      [[B, S, M * 32]],
      null,
      null,
      int32([B], [S - 1, S - 1]),
      int32([], [S]),
      [[9, 8]],
      [[9, 8]],
      null,
      [[B, N, S, S]],
    ],
    outputs: 3,
    opsets: [17],
  },
  {
    operator: 'MultiHeadAttention',
    domain: microsoft,
    name: 'mask of pairs, keys and values as outputs',
    attributes: { num_heads: int(N), mask_filter_value: float(-3) },
    inputs: [
      [[B, S, N * H]],
      [[B, S, N * H]],
      [[B, S, N * H]],
      [[3 * N * H]],
      int32(
        [B, S, S],
        [...Array(B * S * S).keys()].map((i) => (i % 3 ? 1 : 0)),
      ),
    ],
    outputs: 3,
    opsets: [17],
  },
  {
    operator: 'Attention',
    name: 'a query that may look nowhere',
    inputs: [
      [[B, N, S, H]],
      [[B, N, S, H]],
      [[B, N, S, H]],
      truth(
        [S, S],
        [...Array(S * S).keys()].map((i) => (i < S ? 0 : 1)),
      ),
    ],
    opsets: [23],
  },
  {
    operator: 'GroupQueryAttention',
    domain: microsoft,
    name: 'packed',
    attributes: { num_heads: int(N), kv_num_heads: int(M) },
    inputs: [[[B, S, (N + 2 * M) * 16]], null, null, null, null, int32([B], [S - 1, S - 1]), int32([], [S])],
    outputs: 3,
    opsets: [17],
  },
];

/** Mulberry32: the same inputs in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function build(given: Case, opset: number): { model: Model; feeds: Record<string, Tensor> } {
  const next = random(17);
  const inputs = new Map<Value, ValueType>();
  const initializers = new Map<Value, InlineInitializer>();
  const feeds: Record<string, Tensor> = {};
  const names = given.inputs.map((input, i) => {
    if (input === null) return '';
    const positive = given.operator === 'ReduceLogSum';
    const tensor: Tensor = !Array.isArray(input)
      ? (input as Tensor)
      : {
          type: 'float32',
          dims: input[0],
          data: Float32Array.from(
            { length: input[0].reduce((a: number, b: number) => a * b, 1) },
            () => (next() * 2 - (positive ? 0 : 1)) * (input[1] ?? 1),
          ),
        };
    const name = `input${i}`;
    if (given.constant?.includes(i)) initializers.set(name, tensor as InlineInitializer);
    else {
      const declared = given.declared?.[i];
      inputs.set(
        name,
        declared === 'unknown' ? { type: tensor.type } : { type: tensor.type, dims: declared ?? tensor.dims },
      );
      feeds[name] = tensor;
    }
    return name;
  });
  const outputs = given.names ?? Array.from({ length: given.outputs ?? 1 }, (_, i) => `output${i}`);
  const { operator: opType, domain = '', attributes = {} } = given;
  const types: Record<string, DataType[]> = {
    Dropout: ['float32', 'bool'],
    TopK: ['float32', 'int64'],
    Cast: ['int64'],
  };
  const model: Model = {
    irVersion: 8,
    opsets: new Map(
      domain === ''
        ? [['', opset]]
        : [
            ['', opset],
            [domain, 1],
          ],
    ),
    producer: 'test',
    metadata: new Map(),
    graph: {
      name: 'test',
      nodes: [{ opType, domain, name: 'node', inputs: names, outputs, attributes }],
      inputs,
      outputs: new Map(
        outputs
          .slice(0, given.fetched)
          .map((name, i): [Value, ValueType] => [name, { type: types[opType]?.[i] ?? 'float32' }])
          .filter(([name]) => name !== ''),
      ),
      initializers,
      valueTypes: new Map(),
    },
  };
  return { model, feeds };
}

describe.each(cases)('$domain $operator $name', (given) => {
  test.each(given.opsets ?? [])('opset %i gives the same in canonical form', async (opset) => {
    const { model, feeds } = build(given, opset);
    const canonical = canonicalise(model);
    checkModel(canonical);
    expect(canonical.opsets.get('')).toBe(21);
    if (given.domain === microsoft && given.operator !== 'FusedMatMul') {
      expect(canonical.graph.nodes.map(({ domain }) => domain)).not.toContain(microsoft);
    }
    for (const operator of given.gone ?? []) {
      expect(canonical.graph.nodes.map(({ opType }) => opType)).not.toContain(operator);
    }
    const expected = await runModel(encodeModel(model), feeds);
    const actual = await runModel(encodeModel(canonical), feeds);
    for (const [name, tensor] of Object.entries(expected)) {
      expect(actual[name]!.dims, name).toEqual(tensor.dims);
      const wanted = Array.from(tensor.data as ArrayLike<number | bigint>, Number);
      const got = Array.from(actual[name]!.data as ArrayLike<number | bigint>, Number);
      const worst = Math.max(
        ...wanted.map((value, i) => Math.abs(value - got[i]!) / (1 + Math.abs(value))),
        0,
      );
      expect(worst, name).toBeLessThan(2e-6);
    }
  });
});
