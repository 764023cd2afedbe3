import { nodeBackend } from '@entrgi/backend-node';
import type { Backend, DifferentiableReward, ResponseMix, RewardContext } from '@entrgi/core';
import { type LoadedClassifier, loadClassifier } from '@entrgi/models';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkpoint, relativeError } from '../../fixtures/torch-numbers.js';
import { networkReward } from '../network-reward.js';

const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());

const LENGTH = 24;
/** Of the fixtures' vocabulary. */
const SIZE = 296;
const random = (seed: number) => (i: number) => {
  const x = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
  return x - Math.floor(x);
};

/** The same backend, noting how many tokens go through each session, by the last word of its name. */
const counting = (tokens: Map<string, number>): Backend => ({
  ...backend,
  async createSession(model, options) {
    const session = await backend.createSession(model, options);
    const kind = /\((\w+)/.exec(model.name ?? '')?.[1] ?? '';
    return {
      ...session,
      run(feeds, runOptions) {
        const ids = feeds.ids ?? feeds.prefix;
        tokens.set(kind, (tokens.get(kind) ?? 0) + ids!.dims.reduce((a, b) => a * b));
        return session.run(feeds, runOptions);
      },
    };
  },
});

/** Responses of which the first `settled[k]` tokens, and some of the later ones, are no mixtures. */
const mixOf = (settled: readonly number[], seeds = settled.map((_, k) => k)): ResponseMix => {
  const trajectories = settled.length;
  const tokenIds = new Int32Array(trajectories * LENGTH);
  const rows: number[] = [];
  for (let k = 0; k < trajectories; k++) {
    const at = random(seeds[k]!);
    for (let slot = 0; slot < LENGTH; slot++) {
      tokenIds[k * LENGTH + slot] = Math.floor(at(slot) * (SIZE - 10));
      if (slot >= settled[k]! && (slot - settled[k]!) % 3 < 2) rows.push(k * LENGTH + slot);
    }
  }
  const at = random(99);
  const raw = Float64Array.from({ length: rows.length * SIZE }, (_, i) => at(i) ** 9);
  return {
    trajectories,
    tokenIds,
    attention: new Uint8Array(tokenIds.length).fill(1),
    rows: Int32Array.from(rows),
    probs: Float32Array.from(raw, (x, i) => {
      const start = i - (i % SIZE);
      return x / raw.subarray(start, start + SIZE).reduce((sum, y) => sum + y, 0);
    }),
    weights: Float32Array.from(rows, at),
  };
};

/** The beginnings of its responses. */
const cutTo = (mix: ResponseMix, length: number): ResponseMix => {
  const isLeft = (_: unknown, slot: number) => slot % LENGTH < length;
  const left = [...mix.rows.keys()].filter((row) => mix.rows[row]! % LENGTH < length);
  return {
    ...mix,
    tokenIds: mix.tokenIds.filter(isLeft),
    attention: mix.attention.filter(isLeft),
    rows: Int32Array.from(left, (row) => {
      const slot = mix.rows[row]!;
      return Math.floor(slot / LENGTH) * length + (slot % LENGTH);
    }),
    probs: Float32Array.from(left.flatMap((row) => [...mix.probs.subarray(row * SIZE, (row + 1) * SIZE)])),
    weights: Float32Array.from(left, (row) => mix.weights[row]!),
  };
};

describe.each(['qwen3-reward', 'llama-reward', 'qwen2-reward'])('leading tokens: %s', (name) => {
  const tokens = new Map<string, number>();
  let classifier: LoadedClassifier;
  let whole: DifferentiableReward;
  let reusing: DifferentiableReward;
  beforeAll(async () => {
    classifier = await loadClassifier(checkpoint(name));
    whole = networkReward(classifier, { backend, prefixReuse: false, missingTokens: 'zero' });
    reusing = networkReward(classifier, { backend: counting(tokens), missingTokens: 'zero' });
  });
  beforeEach(() => tokens.clear());

  const open = async (reward: DifferentiableReward, length = LENGTH): Promise<RewardContext> => {
    // A token that the reward model has no embedding for.
    const vocabulary = { ...classifier.vocabulary, tokens: classifier.vocabulary.tokens.with(3, 'nothing') };
    return reward.open({ prompt: 'A cat', vocabulary, length });
  };
  /** Asks the two for the same; the tokens that the gradient went through. */
  const compare = async (mixes: readonly ResponseMix[]): Promise<number[]> => {
    const [expected, context] = [await open(whole), await open(reusing)];
    const counts: number[] = [];
    for (const mix of mixes) {
      tokens.delete('gradient');
      const { values, tokenScores } = await expected.evaluate(mix);
      const got = await context.evaluate(mix);
      expect(relativeError(got.values, [...values])).toBeLessThan(1e-5);
      if (mix.rows.length > 0) expect(relativeError(got.tokenScores, [...tokenScores])).toBeLessThan(1e-5);
      counts.push(tokens.get('gradient')! / mix.trajectories);
    }
    return counts;
  };
  it('are computed once, from the shortest on, by leaps of eight', async () => {
    const steps = [[0, 0, 0], [9, 4, 12], [9, 7, 12], [10, 8, 12], [10, 8, 12], [15, 15, 15], [19, 16, 24], [24, 24, 24]]; // biome-ignore format: one run
    const counts = await compare(steps.map((settled) => mixOf(settled)));
    expect(counts).toEqual([0, 0, 0, 8, 8, 8, 16, 16].map((leading) => LENGTH - leading));
    // Eight tokens of three trajectories, twice.
    expect(tokens.get('leading')).toBe(48);
  });

  it('are kept when trajectories leave or change places', async () => {
    const mixes = [
      mixOf([12, 11, 13], [5, 6, 7]),
      mixOf([13, 12], [7, 5]),
      mixOf([12], [5]),
      mixOf([14, 15], [5, 5]),
    ];
    expect(await compare(mixes)).toEqual([13, 13, 13, 13]);
    expect(tokens.get('leading')).toBe(33);
  });

  it('are found by what they are, whatever the context is asked', async () => {
    const other = mixOf([20, 20], [8, 9]);
    const hidden = mixOf([20, 20], [8, 9]);
    hidden.attention.fill(0, 9, 12);
    const changed = mixOf([20, 20], [8, 9]);
    changed.tokenIds[LENGTH + 9] = 5;
    const late = mixOf([20, 20], [8, 9]);
    late.tokenIds[LENGTH + 2] = 6;
    const counts = await compare([mixOf([20, 20], [3, 4]), other, hidden, changed, other, late, other]);
    expect(counts).toEqual([4, 4, LENGTH - 9, 4, 4, 4, 4]);
  });

  it('go on from block to block of responses that grow, scored as if they ended there', async () => {
    // Blocks of 8: what stands before the last is settled.
    const context = await open(reusing);
    for (const length of [8, 16, 24]) {
      const settled = length - 8;
      const mix = cutTo(mixOf([settled, settled, settled]), length);
      tokens.delete('gradient');
      const got = await context.evaluate(mix);
      expect(tokens.get('gradient')).toBe(3 * 8);
      const { values, tokenScores } = await (await open(whole, length)).evaluate(mix);
      expect(relativeError(got.values, [...values])).toBeLessThan(1e-5);
      expect(relativeError(got.tokenScores, [...tokenScores])).toBeLessThan(1e-5);
    }
    expect(tokens.get('leading')).toBe(3 * 16);
  });

  it('hold tokens without an embedding', async () => {
    const mix = mixOf([20, 20]);
    mix.tokenIds.fill(3, 2, 6);
    expect(await compare([mix, mix])).toEqual([4, 4]);
  });
});
