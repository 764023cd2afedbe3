import { UnsupportedError } from '@entrgi/core';
import { expect, test } from 'vitest';
import { canonicalize, GraphBuilder } from '../index.js';
import {
  checkRewrites,
  type Floats,
  int32,
  int64,
  type RewriteCase,
  truth,
} from '../testing/rewrite-check.js';
import { float, int } from '../values/attributes.js';

const microsoft = 'com.microsoft';
/** Rows, positions, heads, key heads, head size, positions of the past. */
const [B, S, N, M, H, P] = [2, 5, 4, 2, 6, 3];
const query: Floats = [[B, N, S, H]];
const key: Floats = [[B, M, S, H]];
const past: Floats = [[B, M, P, H]];
const biases = (keys: number): Floats => [[S, keys], 3];
const truths = (keys: number) =>
  truth(
    [B, 1, S, keys],
    [...Array(B * S * keys).keys()].map((i) => (i % 4 === 1 ? 0 : 1)),
  );
const grouped = { q_num_heads: int(N), kv_num_heads: int(M) };

/** The scores that qk_matmul_output_mode names, with all that makes them differ. */
const scores = [0, 1, 2, 3].map(
  (mode): RewriteCase => ({
    operator: 'Attention',
    name: `scores of mode ${mode}`,
    attributes: { softcap: float(1.5), qk_matmul_output_mode: int(mode) },
    inputs: [query, key, key, biases(S)],
    names: ['result', '', '', 'scores'],
    opsets: [23],
  }),
);

const standard: readonly RewriteCase[] = [
  { operator: 'Attention', name: 'after a past', inputs: [query, key, key, null, past, past], outputs: 3 },
  {
    operator: 'Attention',
    name: 'after a past, causal, three dimensions',
    attributes: { ...grouped, is_causal: int(1) },
    inputs: [[[B, S, N * H]], [[B, S, M * H]], [[B, S, M * H]], null, past, past],
    outputs: 3,
  },
  {
    operator: 'Attention',
    name: 'after a past, biased and capped',
    attributes: { softcap: float(1.5), scale: float(0.7) },
    inputs: [query, key, key, biases(S + P), past, past],
    outputs: 3,
  },
  {
    operator: 'Attention',
    name: 'after a past, causal and masked',
    attributes: { is_causal: int(1) },
    inputs: [query, key, key, truths(S + P), past, past],
    outputs: 3,
  },
  {
    operator: 'Attention',
    name: 'causal, fewer keys than queries',
    attributes: { is_causal: int(1) },
    inputs: [query, [[B, M, 3, H]], [[B, M, 3, H]]],
  },
  {
    operator: 'Attention',
    name: 'one mask for each head, values of another size',
    inputs: [query, key, [[B, M, S, 3]], [[1, N, S, S]]],
  },
].map((given) => ({ ...given, opsets: [23] }) as RewriteCase);

/** Lengths of opset 24: causal queries end where their row does. */
const ended: readonly RewriteCase[] = [0, 1].map((causal) => ({
  operator: 'Attention',
  name: causal ? 'lengths, causal' : 'lengths',
  attributes: { is_causal: int(causal) },
  inputs: [[[B, N, 2, H]], key, key, null, null, null, int64([B], [S, 3])],
  opsets: [24],
}));

const projected: RewriteCase['inputs'] = [[[B, S, 7]], [[7, 3 * N * H]], [[3 * N * H]]];

const lengths: readonly RewriteCase[] = [
  {
    operator: 'Attention',
    domain: microsoft,
    name: 'a mask of lengths',
    attributes: { num_heads: int(N) },
    inputs: [...projected, int32([B], [S, 3])],
    opsets: [17],
  },
  {
    operator: 'Attention',
    domain: microsoft,
    name: 'a mask of ends and beginnings',
    attributes: { num_heads: int(N), mask_filter_value: float(-5) },
    inputs: [...projected, int32([2 * B], [S, 3, 2, 1])],
    opsets: [17],
  },
  {
    operator: 'EmbedLayerNormalization',
    domain: microsoft,
    name: 'with its mask index',
    attributes: { epsilon: float(1e-12) },
    inputs: [
      int32([2, 3], [1, 2, 0, 3, 3, 1]),
      int32([2, 3], [0, 0, 1, 0, 1, 1]),
      [[4, 8]],
      [[3, 8]],
      [[2, 8]],
      [[8]],
      [[8]],
      int32([2, 3], [1, 1, 1, 1, 1, 0]),
    ],
    outputs: 2,
    opsets: [17],
  },
];

checkRewrites([...standard, ...scores, ...ended, ...lengths]);

test('unidirectional attention to more keys than queries is refused: its kernels and its documents differ', () => {
  for (const [queries, keys, refused] of [
    [3, 3, false],
    ['S', 'S', false],
    [2, 3, true],
    ['S', 'T', true],
    [null, null, true],
  ] as const) {
    const g = new GraphBuilder();
    const [q, k] = [g.input('q', 'float32', [1, queries, 8]), g.input('k', 'float32', [1, keys, 8])];
    const attributes = { num_heads: int(2), unidirectional: int(1) };
    g.node('MultiHeadAttention', [q, k, k], attributes, { domain: microsoft, outputs: ['y'] });
    g.graph.outputs.set('y', { type: 'float32' });
    const rewrite = () => canonicalize(g.model());
    if (refused) expect(rewrite).toThrow(UnsupportedError);
    else expect(rewrite).not.toThrow();
  }
});

test('windows of opset 25 are refused', () => {
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', [1, 2, 3, 4]);
  g.node('Attention', [x, x, x], { left_window_size: int(1) }, { outputs: ['y'] });
  g.graph.outputs.set('y', { type: 'float32' });
  expect(() => canonicalize({ ...g.model(), opsets: new Map([['', 25]]) })).toThrow(
    "Node 'Attention' (Attention): windows (opset 25) are not supported.",
  );
});
