import { nodeBackend } from '@entrgi/backend-node';
import type { DifferentiableReward, ResponseMix, Vocabulary } from '@entrgi/core';
import { loadClassifier } from '@entrgi/models';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkpoint, relativeError, responseMix, torchCases } from '../fixtures/torch-numbers.js';
import { compositeReward } from './composite-reward.js';
import { loadReward } from './load-reward.js';

// The denoiser's vocabulary: the Dream and the Qwen3 fixture have the same tokenizer and padding rows.
const vocabulary: Vocabulary = (await loadClassifier(checkpoint('qwen3-reward'))).vocabulary;

const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());

const everyTrajectory = (mix: ResponseMix, length: number): ResponseMix[] =>
  Array.from({ length: mix.trajectories }, (_, k) => {
    const columns = mix.probs.length / mix.rows.length;
    const picked = [...mix.rows.keys()].filter((r) => Math.floor(mix.rows[r]! / length) === k);
    return {
      trajectories: 1,
      tokenIds: mix.tokenIds.slice(k * length, (k + 1) * length),
      attention: mix.attention.slice(k * length, (k + 1) * length),
      rows: Int32Array.from(picked, (r) => mix.rows[r]! - k * length),
      candidates: mix.candidates,
      probs: Float32Array.from(picked.flatMap((r) => [...mix.probs.slice(r * columns, (r + 1) * columns)])),
      weights: Float32Array.from(picked, (r) => mix.weights[r]!),
    };
  });

describe.each(torchCases)('loadReward($reward, missing: $missing)', (given) => {
  const { prompt, responses, length, missing } = given;
  let reward: DifferentiableReward;
  beforeAll(async () => {
    reward = await loadReward(checkpoint(given.reward), { backend, missingTokens: missing });
  });
  afterAll(() => reward.dispose());

  it('scores text as PyTorch does, each response on its own', async () => {
    const scores = await reward.score(prompt, responses);
    expect(relativeError(scores, given.scores)).toBeLessThan(1e-5);
    expect(await reward.score(prompt, responses.slice(1))).toEqual(scores.slice(1));
  });

  it.each([{}, { disablePrepacking: true }, { recompute: true }])(
    'differentiates mixes as PyTorch does (%o)',
    async (options) => {
      const own = await loadReward(checkpoint(given.reward), { backend, missingTokens: missing, ...options });
      const context = await own.open({ prompt, vocabulary, length });
      for (const mix of given.mixes) {
        const { values, tokenScores } = await context.evaluate(responseMix(given, mix));
        expect(relativeError(values, mix.values)).toBeLessThan(1e-5);
        expect(relativeError(tokenScores, mix.tokenScores)).toBeLessThan(1e-4);
      }
      await context.dispose();
      await own.dispose();
    },
  );

  it('gives masked slots no gradient at all', async () => {
    const context = await reward.open({ prompt, vocabulary, length });
    for (const mix of given.mixes) {
      const { tokenScores } = await context.evaluate(responseMix(given, mix));
      const columns = mix.probs.length / mix.rows.length;
      for (const [r, slot] of mix.rows.entries()) {
        const scores = tokenScores.slice(r * columns, (r + 1) * columns);
        expect(scores.every((score) => score === 0)).toBe(mix.attention[slot] === 0);
      }
    }
  });

  it('agrees with finite differences of itself: ∂R/∂p = (1 − w) · score, the hard token held', async () => {
    const context = await reward.open({ prompt, vocabulary, length });
    const mix = responseMix(given, given.mixes[1]!);
    const columns = mix.candidates!.length;
    const { tokenScores } = await context.evaluate(mix);
    const total = async (index: number, by: number) => {
      const probs = mix.probs.slice();
      probs[index]! += by;
      return (await context.evaluate({ ...mix, probs })).values.reduce((sum, value) => sum + value, 0);
    };
    const central = async (index: number, h: number) =>
      ((await total(index, h)) - (await total(index, -h))) / (2 * h);
    const scale = Math.max(...tokenScores.map(Math.abs));
    const h = 0.02; // float32 wants a step this long; extrapolation to 0 removes what curvature adds
    for (let index = 0; index < mix.probs.length; index += 3) {
      const slope = (4 * (await central(index, h / 2)) - (await central(index, h))) / 3;
      const expected = (1 - mix.weights[Math.floor(index / columns)]!) * tokenScores[index]!;
      expect(Math.abs(slope - expected) / scale, `element ${index}`).toBeLessThan(5e-3);
    }
  });

  it('gives a trajectory the same reward and gradient alone and in a batch, to 1e-6', async () => {
    const context = await reward.open({ prompt, vocabulary, length });
    const mix = responseMix(given, given.mixes[0]!);
    const together = await context.evaluate(mix);
    const apart = [];
    for (const one of everyTrajectory(mix, length)) apart.push(await context.evaluate(one));
    expect(
      relativeError(
        together.values,
        apart.flatMap(({ values }) => [...values]),
      ),
    ).toBeLessThan(1e-6);
    expect(
      relativeError(
        together.tokenScores,
        apart.flatMap(({ tokenScores }) => [...tokenScores]),
      ),
    ).toBeLessThan(2e-6);
  });

  it('equals the score of the tokens where the probabilities are 0 and 1', async () => {
    const { tokenizer } = await loadClassifier(checkpoint(given.reward));
    const response = responses[0]!;
    const ids = tokenizer.encodeText(response);
    const rows = Int32Array.from(ids.keys()).filter((slot) => slot % 2 === 0);
    const { size } = tokenizer.vocabulary;
    const probs = new Float32Array(rows.length * size);
    for (const [r, slot] of rows.entries()) probs[r * size + ids[slot]!] = 1;
    const context = await reward.open({ prompt, vocabulary: tokenizer.vocabulary, length: ids.length });
    const { values } = await context.evaluate({
      trajectories: 1,
      tokenIds: ids,
      attention: new Uint8Array(ids.length).fill(1),
      rows,
      probs,
      weights: new Float32Array(rows.length).fill(0.5),
    });
    expect(relativeError(values, [...(await reward.score(prompt, [response]))])).toBeLessThan(1e-6);
  });
});

describe('compositeReward of checkpoints', () => {
  it('is linear in its parts, with one gradient', async () => {
    const [qwen, bert] = [torchCases[0]!, torchCases[1]!];
    const parts = await Promise.all(
      [qwen, bert].map(({ reward }) => loadReward(checkpoint(reward), { backend })),
    );
    const sum = compositeReward([
      { reward: parts[0]!, weight: 2 },
      { reward: parts[1]!, weight: -0.5 },
    ]);
    const { prompt, responses, length } = qwen;
    const combined = (a: readonly number[], b: readonly number[]) => a.map((x, i) => 2 * x - 0.5 * b[i]!);
    expect(
      relativeError(await sum.score(prompt, responses), combined(qwen.scores, bert.scores)),
    ).toBeLessThan(1e-5);
    const context = await sum.open({ prompt, vocabulary, length });
    const [a, b] = [qwen.mixes[0]!, bert.mixes[0]!];
    expect(a.probs, 'PyTorch was given the same mix for both').toEqual(b.probs);
    const { values, tokenScores } = await context.evaluate(responseMix(qwen, a));
    expect(relativeError(values, combined(a.values, b.values))).toBeLessThan(1e-5);
    expect(relativeError(tokenScores, combined(a.tokenScores, b.tokenScores))).toBeLessThan(1e-4);
    await sum.dispose();
  });
});
