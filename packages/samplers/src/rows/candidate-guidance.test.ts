import {
  type DifferentiableReward,
  disposable,
  filters,
  type GuidanceRequest,
  optimizers,
  type ResponseMix,
  type RowLogits,
  randomStream,
  relaxations,
  rewardGuidance,
  wholeVocabulary,
} from '@entrgi/core';
import { expectAllClose } from '@entrgi/core/testing';
import { expect, test } from 'vitest';
import { selectCandidates } from './select-candidates.js';

const SIZE = 600;
const WIDTH = 5;
const LENGTH = 6;
const rows = Int32Array.of(0, 2, 5, 7, 8);
const vocabulary = {
  size: SIZE,
  tokens: Array.from({ length: SIZE }, (_, id) => `t${id}`),
  maskId: 599,
  padId: 598,
  endIds: [597],
  specialIds: [597, 598, 599],
};
const embedding = (id: number, d: number) => Math.sin(1.3 * id + 2.1 * d);

/** R = Σ over mixed slots of tanh(Σ ê), for any columns; mixes are kept. */
const reward = (mixes: ResponseMix[]): DifferentiableReward => ({
  name: 'sum',
  score: async () => new Float64Array(0),
  ...disposable(async () => {}),
  open: async () => ({
    ...disposable(async () => {}),
    async evaluate(mix) {
      mixes.push({ ...mix, probs: mix.probs.slice(), weights: mix.weights.slice() });
      const columns = mix.candidates ?? Int32Array.from({ length: SIZE }, (_, id) => id);
      const sumOf = Float64Array.from(columns, (id) => {
        let sum = 0;
        for (let d = 0; d < WIDTH; d++) sum += embedding(id, d);
        return sum;
      });
      const values = new Float64Array(mix.trajectories);
      const tokenScores = new Float32Array(mix.probs.length);
      mix.rows.forEach((slot, r) => {
        let soft = 0;
        for (let c = 0; c < columns.length; c++) soft += mix.probs[r * columns.length + c]! * sumOf[c]!;
        const hard = sumOf[columns.indexOf(mix.tokenIds[slot]!)]!;
        const value = Math.tanh(soft + mix.weights[r]! * (hard - soft));
        values[Math.floor(slot / LENGTH)]! += value;
        for (let c = 0; c < columns.length; c++) {
          tokenScores[r * columns.length + c] = (1 - value * value) * sumOf[c]!;
        }
      });
      return { values, tokenScores };
    },
  }),
});

const logits = (spread: number): Float32Array => {
  const random = randomStream({ seed: 4, prompt: 0, trajectory: 0, step: 0, purpose: 'token' });
  return Float32Array.from({ length: rows.length * SIZE }, (_, i) =>
    i % SIZE > 596 ? Number.NEGATIVE_INFINITY : -4 * spread * (1 - random.uniform() ** 6),
  );
};

const guide = async (given: RowLogits, temperature: number) => {
  const mixes: ResponseMix[] = [];
  const request: GuidanceRequest = {
    step: 1,
    trajectories: 2,
    tokenIds: new Int32Array(2 * LENGTH).fill(599),
    rows,
    logits: given,
    temperature,
    filters: [filters.topP(0.95)],
    random: (trajectory, guidanceStep) =>
      randomStream({ seed: 9, prompt: 0, trajectory, step: 1, purpose: 'guidance', guidanceStep }),
  };
  const context = await rewardGuidance({
    reward: reward(mixes),
    relaxation: relaxations.entrgi,
    optimizer: optimizers.adam(0.5),
  }).open({ prompt: 'p', vocabulary, length: LENGTH });
  return { ...(await context.optimize(request)), mixes };
};

test.each([0.1, 0.7, 1])(
  'on candidates is guidance on the whole vocabulary, at temperature %d',
  async (temperature) => {
    const all = logits(20);
    const rule = { temperature, maxMovement: optimizers.adam(0.5).maxMovement!(3), tolerance: 1e-6 };
    const few = await selectCandidates(all, SIZE, rule);
    expect(few.values.length).toBeLessThan(all.length / 4);
    const sparse = await guide(few, temperature);
    const dense = await guide(wholeVocabulary(all.slice(), SIZE), temperature);
    expect(sparse.mixes[0]!.candidates!.length).toBeLessThanOrEqual(SIZE / 2);

    sparse.mixes.forEach((mix, m) => {
      expect(mix.tokenIds).toEqual(dense.mixes[m]!.tokenIds);
      expectAllClose(mix.weights, dense.mixes[m]!.weights, { absolute: 1e-6, relative: 1e-5 });
      // Half the sum of differences is the total-variation distance, which the rule bounds.
      const columns = mix.candidates!;
      rows.forEach((_, r) => {
        const kept = new Float64Array(SIZE);
        columns.forEach((id, c) => {
          kept[id] = mix.probs[r * columns.length + c]!;
        });
        const distance = kept.reduce(
          (sum, p, id) => sum + Math.abs(p - dense.mixes[m]!.probs[r * SIZE + id]!) / 2,
          0,
        );
        expect(distance).toBeLessThan(2e-6); // 1e-6, and as much for float32
      });
    });
    sparse.rewards.forEach((values, m) => {
      expectAllClose(values, dense.rewards[m]!, { absolute: 1e-5, relative: 1e-5 });
    });
    expectAllClose(sparse.weights, dense.weights, { absolute: 1e-6, relative: 1e-5 });
    rows.forEach((_, r) => {
      for (let i = few.offsets[r]!; i < few.offsets[r + 1]!; i++) {
        const other = dense.logits.values[r * SIZE + few.tokenIds![i]!]!;
        // Adam divides by √v: where a gradient is near its epsilon (1e-8), its last bits show.
        expect(Math.abs(sparse.logits.values[i]! - other)).toBeLessThan(2e-2);
        if (all[r * SIZE + few.tokenIds![i]!]! > -8) {
          expect(Math.abs(sparse.logits.values[i]! - other)).toBeLessThan(1e-4);
        }
      }
    });
  },
);

test('takes every token as a column where the candidates of all rows are most of them', async () => {
  // Each row's candidates are a fifth of the vocabulary of its own.
  const values = new Float32Array(rows.length * SIZE).fill(-60);
  for (let r = 0; r < rows.length; r++) values.fill(0, r * SIZE + r * 119, r * SIZE + (r + 1) * 119);
  const few = await selectCandidates(values, SIZE, { temperature: 1, maxMovement: 1.51, tolerance: 1e-6 });
  expect(few.values.length).toBe(rows.length * 119);
  const { mixes, rewards } = await guide(few, 1);
  expect(mixes[0]!.candidates).toBeUndefined();
  const dense = await guide(wholeVocabulary(values, SIZE), 1);
  expectAllClose(rewards[2]!, dense.rewards[2]!, { absolute: 1e-5 });
});
