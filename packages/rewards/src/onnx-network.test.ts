import { nodeBackend } from '@entrgi/backend-node';
import { type DataType, UnsupportedError, type Vocabulary } from '@entrgi/core';
import { canonicalize, GraphBuilder, type Model } from '@entrgi/onnx';
import { float16Bits } from '@entrgi/onnx/internal';
import { afterAll, describe, expect, it } from 'vitest';
import { type OnnxNetworkOptions, onnxNetwork } from '../../models/src/onnx/onnx-network.js';
import { wordLookup } from '../../models/src/onnx/word-lookup.js';
import { networkReward } from './network-reward.js';

const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());

const letters = [...'abc'];
const vocabulary: Vocabulary = { size: 3, tokens: letters, endIds: [2], specialIds: [] };
const tokenizer = {
  vocabulary,
  encodeDialogue: (_: unknown, text: string) => ({
    ids: Int32Array.from(`a${text}c`, (letter) => letters.indexOf(letter)),
    types: new Int32Array(text.length + 2),
  }),
  responseSlot: () => ({
    prefix: Int32Array.of(0),
    suffix: Int32Array.of(2),
    types: { prefix: Int32Array.of(0), response: 0, suffix: Int32Array.of(0) },
  }),
};
// Exact in float16, so that both types must give the same reward.
const words = [0.5, -1, 0.25, 0.75, -0.5, 1];
const places = [0.1, 0.2, -0.3, 0.4, 0.5, -0.6, 0.7, 0.8, -0.9, 1];

/** score[b] = Σ over attended s of Σ_j tanh(word + place), as an exporter could write it: int32 ids, positions fed, one score per row. */
const exported = (table: 'float32' | 'float16', extra?: (g: GraphBuilder) => void): Model => {
  const g = new GraphBuilder();
  const dims = ['batch', 'length'];
  const ids = g.input('input_ids', 'int32', dims);
  const mask = g.input('attention_mask', 'int64', dims);
  const positions = g.input('position_ids', 'int64', dims);
  const data = table === 'float32' ? Float32Array.from(words) : Uint16Array.from(words, float16Bits);
  const E = g.initializer('E', { type: table, dims: [3, 2], data } as never);
  const P = g.initializer('P', { type: 'float32', dims: [5, 2], data: Float32Array.from(places) });
  const word = g.Gather(E, g.Cast(ids, 'int64'));
  const h = g.Tanh(g.Add(table === 'float32' ? word : g.Cast(word, 'float32'), g.Gather(P, positions)));
  extra?.(g);
  g.output(g.ReduceSum(g.Mul(h, g.Unsqueeze(g.Cast(mask, 'float32'), [2])), [1, 2], 0), 'score');
  return canonicalize(g.model());
};
const scoreOf = (ids: readonly number[]): number =>
  ids.reduce(
    (sum, id, s) =>
      sum + [0, 1].reduce((row, j) => row + Math.tanh(words[id * 2 + j]! + places[s * 2 + j]!), 0),
    0,
  );

const rewardOf = (model: Model, options: Partial<OnnxNetworkOptions> = {}) => {
  const lookup = wordLookup(model, 'toy');
  const network = onnxNetwork({
    model,
    lookup,
    name: 'toy',
    external: async () => ({ folder: '.' }),
    tokenizer,
    maxLength: 5,
    ...options,
  });
  return networkReward(network, { backend });
};

describe('onnxNetwork', () => {
  it.each(['float32', 'float16'] as const)(
    'feeds int32 ids and positions, and mixes a table of %s',
    async (table) => {
      const reward = rewardOf(exported(table));
      const scores = await reward.score('', ['ab', 'c']);
      expect(scores[0]).toBeCloseTo(scoreOf([0, 0, 1, 2]), 5);
      expect(scores[1]).toBeCloseTo(scoreOf([0, 2, 2]), 5);

      const context = await reward.open({ prompt: '', vocabulary, length: 2 });
      const { values, tokenScores } = await context.evaluate({
        trajectories: 1,
        tokenIds: Int32Array.of(1, 0),
        attention: Uint8Array.of(1, 1),
        rows: Int32Array.of(0),
        probs: Float32Array.of(0, 1, 0),
        weights: Float32Array.of(0),
      });
      expect(values[0]).toBeCloseTo(scoreOf([0, 1, 0, 2]), 5);
      // ∂ tanh(x + place) · E[token], at token b in position 1; in float16 the gradient is rounded to 11 bits.
      letters.forEach((letter, id) => {
        const expected = [0, 1].reduce((sum, j) => {
          const slope = 1 - Math.tanh(words[2 + j]! + places[2 + j]!) ** 2;
          return sum + slope * words[id * 2 + j]!;
        }, 0);
        expect(tokenScores[id], letter).toBeCloseTo(expected, table === 'float32' ? 5 : 2);
      });
      await reward.dispose();
    },
  );

  it('refuses an input whose meaning it does not know', () => {
    const model = exported('float32', (g) => g.input('pixel_values', 'float32', ['batch', 3]));
    expect(() => rewardOf(model)).toThrow(UnsupportedError);
    expect(() => rewardOf(model)).toThrow(
      "toy: the input 'pixel_values' is not known. Expected input_ids, attention_mask, token_type_ids or position_ids.",
    );
  });

  it('counts positions from where it is told', async () => {
    const scores = await rewardOf(exported('float32'), { firstPosition: 1 }).score('', ['b']);
    const expected = [0, 1, 2].flatMap((id, s) =>
      [0, 1].map((j) => Math.tanh(words[id * 2 + j]! + places[(s + 1) * 2 + j]!)),
    );
    expect(scores[0]).toBeCloseTo(
      expected.reduce((a, b) => a + b),
      5,
    );
  });

  it('scores, and refuses to guide, where nothing tells it where a response ends', async () => {
    const g = new GraphBuilder();
    const ids = g.input('input_ids', 'int64', ['batch', 'length']);
    const E = g.initializer('E', { type: 'float32', dims: [3, 2], data: Float32Array.from(words) });
    g.output(g.ReduceSum(g.Gather(E, ids), [1, 2], 0), 'score');
    const reward = rewardOf(canonicalize(g.model()));
    // a, b and c: all words once.
    expect((await reward.score('', ['b']))[0]).toBeCloseTo(
      words.reduce((a, b) => a + b),
      5,
    );
    const failure = reward.open({ prompt: '', vocabulary, length: 1 });
    await expect(failure).rejects.toThrow(UnsupportedError);
    await expect(failure).rejects.toThrow("Reward 'toy': its network has no attention_mask");
  });
});

describe('wordLookup', () => {
  const lookUpIn = (type: DataType, twice: boolean) => {
    const g = new GraphBuilder();
    const ids = g.input('input_ids', 'int64', ['batch', 'length']);
    const table = (name: string) =>
      g.initializer(name, { type, dims: [2, 1], data: Int8Array.of(1, 2) } as never);
    const found = g.Cast(g.Gather(table('A'), ids), 'float32');
    g.output(twice ? g.Add(found, g.Cast(g.Gather(table('B'), ids), 'float32')) : found, 'logits');
    return () => wordLookup(g.model(), 'toy');
  };

  it('refuses two tables and a quantized one', () => {
    expect(lookUpIn('int8', true)).toThrow('toy: expected one table that input_ids are looked up in, got 2.');
    expect(lookUpIn('int8', false)).toThrow('toy: expected an embedding table of floats, got int8.');
    expect(lookUpIn('int8', false)).toThrow(UnsupportedError);
  });
});

it('refuses an output with scores for every token, as of a fill-mask model', () => {
  const g = new GraphBuilder();
  const ids = g.input('input_ids', 'int64', ['batch', 'length']);
  const E = g.initializer('E', { type: 'float32', dims: [3, 2], data: Float32Array.from(words) });
  g.output(g.Tanh(g.Gather(E, ids)), 'logits');
  const model = canonicalize(g.model());
  const network = onnxNetwork({
    model,
    lookup: wordLookup(model, 'filler'),
    name: 'filler',
    external: async () => ({ folder: '.' }),
    tokenizer,
    maxLength: 5,
  });
  const reward = networkReward(network, { backend });
  return expect(reward.score('', ['b'])).rejects.toThrow(
    'filler: the output logits: expected [batch, labels] or [batch], got [',
  );
});

describe('an output of which no shape is known before it is computed', () => {
  /**
   * h = tanh(E[ids]) [batch, length, 2], masked; `shape` says what becomes of Σ over length of h, or of h itself. Reshape by a fed shape, the file
   * saying nothing, leaves even the rank unknown.
   */
  const unknown = (kind: 'labels' | 'one' | 'tokens', rank?: 2): Model => {
    const g = new GraphBuilder();
    const ids = g.input('input_ids', 'int64', ['batch', 'length']);
    const mask = g.input('attention_mask', 'int64', ['batch', 'length']);
    const E = g.initializer('E', { type: 'float32', dims: [3, 2], data: Float32Array.from(words) });
    const h = g.Mul(g.Tanh(g.Gather(E, ids)), g.Unsqueeze(g.Cast(mask, 'float32'), [2]));
    const value = kind === 'tokens' ? h : kind === 'one' ? g.ReduceSum(h, [1, 2], 0) : g.ReduceSum(h, [1], 0);
    const shape = g.Shape(value);
    // All of the shape, by a mask that only running tells: as many numbers as nobody knows.
    const kept = g.Reshape(g.node('NonZero', [g.Cast(shape, 'bool')])[0]!, [-1]);
    const dims = rank === undefined ? g.Gather(shape, kept) : shape;
    const logits = g.Reshape(
      value,
      rank === undefined
        ? dims
        : g.Concat([g.Slice(shape, g.int64s([0]), g.int64s([1]), [0]), g.int64s([-1])], 0),
    );
    g.output(logits, 'logits');
    const model = canonicalize(g.model());
    if (rank === undefined) model.graph.outputs.set('logits', { type: 'float32' });
    return model;
  };
  const score = (ids: readonly number[], label: number) =>
    ids.reduce((sum, id) => sum + Math.tanh(words[id * 2 + label]!), 0);

  it.each([undefined, 2] as const)('is read by label, and differentiated (rank %s)', async (rank) => {
    for (const label of [0, 1]) {
      const reward = rewardOf(unknown('labels', rank), { label, labels: 2 });
      const scores = await reward.score('', ['ab', 'c']);
      expect(scores[0]).toBeCloseTo(score([0, 0, 1, 2], label), 5);
      expect(scores[1]).toBeCloseTo(score([0, 2, 2], label), 5);
      const context = await reward.open({ prompt: '', vocabulary, length: 1 });
      const { values, tokenScores } = await context.evaluate({
        trajectories: 2,
        tokenIds: Int32Array.of(1, 2),
        attention: Uint8Array.of(1, 1),
        rows: Int32Array.of(0, 1),
        probs: Float32Array.of(0, 1, 0, 0, 0, 1),
        weights: Float32Array.of(0, 0),
      });
      [1, 2].forEach((own, k) => {
        expect(values[k]).toBeCloseTo(score([0, own, 2], label), 5);
        // ∂ tanh(x) · E[token]
        const slope = 1 - Math.tanh(words[own * 2 + label]!) ** 2;
        [0, 1, 2].forEach((id) => {
          expect(tokenScores[k * 3 + id]).toBeCloseTo(slope * words[id * 2 + label]!, 5);
        });
      });
      await reward.dispose();
    }
  });

  it('may be one score for each text', async () => {
    const reward = rewardOf(unknown('one'), { labels: 2 });
    expect((await reward.score('', ['b']))[0]).toBeCloseTo(score([0, 1, 2], 0) + score([0, 1, 2], 1), 5);
  });

  it.each<[string, Model, Partial<OnnxNetworkOptions>]>([
    ['scores for every token', unknown('tokens'), { labels: 2 }],
    ['scores for every token, the label said by number', unknown('tokens'), { label: 1 }],
    ['other labels than config.json says', unknown('labels'), { labels: 3 }],
    ['no such label', unknown('labels'), { label: 2 }],
  ])('is refused when it runs: %s', async (_, model, options) => {
    const reward = rewardOf(model, options);
    await expect(reward.score('', ['b'])).rejects.toThrow(UnsupportedError);
    await expect(reward.score('', ['b'])).rejects.toThrow(
      "Reward 'toy': expected one score, got 0: its output is not [batch, labels] or [batch] with the labels of config.json.",
    );
    const context = await reward.open({ prompt: '', vocabulary, length: 1 });
    const mix = {
      trajectories: 2,
      tokenIds: Int32Array.of(1, 2),
      attention: Uint8Array.of(1, 1),
      rows: Int32Array.of(0),
      probs: Float32Array.of(0, 1, 0),
      weights: Float32Array.of(0),
    };
    await expect(context.evaluate(mix)).rejects.toThrow('expected 2 scores, one per text, got 0');
  });
});
