import {
  type DifferentiableReward,
  disposable,
  InvalidArgumentError,
  isDifferentiable,
  NumericalError,
  type ResponseMix,
} from '@entrgi/core';
import { describe, expect, it } from 'vitest';
import { blackBoxReward } from './black-box-reward.js';
import { compositeReward } from './composite-reward.js';

/** R = Σ over rows and columns of slope · p: its values and token scores are known in closed form. */
const linearReward = (name: string, slope: number, log: string[] = []): DifferentiableReward => ({
  name,
  score: async (_, responses) => Float64Array.from(responses, (text) => slope * text.length),
  open: async () => ({
    evaluate: async ({ trajectories, probs }) => ({
      values: new Float64Array(trajectories).fill(slope * probs.reduce((sum, p) => sum + p, 0)),
      tokenScores: new Float32Array(probs.length).fill(slope),
    }),
    ...disposable(async () => void log.push(`${name} closed`)),
  }),
  ...disposable(async () => void log.push(`${name} disposed`)),
});

const request = {
  prompt: 'Tell me.',
  vocabulary: { size: 2, tokens: ['a', 'b'], endIds: [], specialIds: [] },
  length: 1,
};
const mix: ResponseMix = {
  trajectories: 1,
  tokenIds: Int32Array.of(0),
  attention: Uint8Array.of(1),
  rows: Int32Array.of(0),
  probs: Float32Array.of(0.25, 0.75),
  weights: Float32Array.of(0),
};

describe('compositeReward', () => {
  it('is the weighted sum of scores, values and token scores', async () => {
    const log: string[] = [];
    const reward = compositeReward([
      { reward: linearReward('long', 2, log), weight: 0.5 },
      { reward: linearReward('short', -4, log), weight: -0.25 },
    ]);
    expect(reward.name).toBe('0.5 × long + -0.25 × short');
    expect(await reward.score('Tell me.', ['abc', ''])).toEqual(Float64Array.of(6, 0));
    const context = await reward.open(request);
    expect(await context.evaluate(mix)).toEqual({
      values: Float64Array.of(2),
      tokenScores: Float32Array.of(2, 2),
      // Of one trajectory, forward and backward through each.
      passes: 4,
    });
    await context.dispose();
    await reward.dispose();
    expect(log).toEqual(['long closed', 'short closed', 'long disposed', 'short disposed']);
  });

  it.each([
    [1e308, 2, 'second', /got Infinity with 2 × 1e\+308 of 'second'. This is response 0/],
    [Number.NaN, 1, 'second', /got NaN with 1 × NaN of 'second'. This is response 0/],
  ])('names the part that makes %d of a score overflow', async (value, weight, name, message) => {
    const huge = { ...linearReward(name, 1), score: async () => Float64Array.of(value) };
    const reward = compositeReward([
      { reward: linearReward('first', 1), weight: 1 },
      { reward: huge, weight },
    ]);
    const failure = reward.score('Tell me.', ['abc']);
    await expect(failure).rejects.toThrow(NumericalError);
    await expect(failure).rejects.toThrow(message);
  });

  it('names the part and the place where the gradient overflows float32', async () => {
    const reward = compositeReward([
      { reward: linearReward('first', 1), weight: 1 },
      { reward: linearReward('steep', 1e20), weight: 1e20 },
    ]);
    const failure = (await reward.open(request)).evaluate(mix);
    await expect(failure).rejects.toThrow(NumericalError);
    await expect(failure).rejects.toThrow(
      /got Infinity .* of 'steep'. This is the gradient of trajectory 0, position 0/,
    );
  });

  it('refuses a part that returns another number of scores', async () => {
    const few = { ...linearReward('few', 1), score: async () => Float64Array.of(1) };
    const failure = compositeReward([{ reward: few, weight: 1 }]).score('Tell me.', ['abc', 'd']);
    await expect(failure).rejects.toThrow("Reward 'few': expected 2 numbers, got 1");
  });

  it('refuses a part that returns something other than numbers', async () => {
    const score = async () => ['1'] as unknown as Float64Array;
    const own = { name: 'own', score, ...disposable(async () => {}) };
    const scoring = compositeReward([{ reward: own, weight: 2 }]).score('Tell me.', ['abc']);
    await expect(scoring).rejects.toThrow(InvalidArgumentError);
    await expect(scoring).rejects.toThrow('Reward \'own\': expected numbers, got "1" for response 0.');
  });

  it('has a gradient exactly when all parts have one', () => {
    const black = { reward: blackBoxReward('black', () => []), weight: 1 };
    const linear = { reward: linearReward('linear', 1), weight: 1 };
    expect(isDifferentiable(compositeReward([linear, linear]))).toBe(true);
    expect(isDifferentiable(compositeReward([linear, black]))).toBe(false);
    expect(
      isDifferentiable(compositeReward([{ reward: compositeReward([linear]), weight: 2 }, linear])),
    ).toBe(true);
  });

  it('closes what it opened when a part cannot be opened', async () => {
    const log: string[] = [];
    const closed: DifferentiableReward = {
      ...linearReward('closed', 1, log),
      open: () => Promise.reject(new InvalidArgumentError('The prompt is too long.')),
    };
    const reward = compositeReward([
      { reward: linearReward('open', 1, log), weight: 1 },
      { reward: closed, weight: 1 },
    ]);
    await expect(reward.open(request)).rejects.toThrow('The prompt is too long.');
    expect(log).toEqual(['open closed']);
  });

  it('names the part that overflows, or whose number is none or missing', async () => {
    const part = (value: number) => ({
      ...linearReward(`gives ${value}`, 1),
      score: async () => Float64Array.of(value),
    });
    const sum = (value: number, weight = 1) =>
      compositeReward([
        { reward: linearReward('fine', 1), weight: 1 },
        { reward: part(value), weight },
      ]).score('Tell me.', ['a']);
    await expect(sum(1e308, 10)).rejects.toThrow(
      "Composite reward: expected a finite sum, got Infinity with 10 × 1e+308 of 'gives 1e+308'.",
    );
    await expect(sum(Number.NaN)).rejects.toThrow("NaN of 'gives NaN'");
    const two = compositeReward([{ reward: part(1), weight: 1 }]);
    await expect(two.score('Tell me.', ['a', 'b'])).rejects.toThrow(
      "Reward 'gives 1': expected 2 numbers, got 1.",
    );
  });

  it('refuses no parts and weights that are not finite', () => {
    expect(() => compositeReward([])).toThrow(InvalidArgumentError);
    const parts = [{ reward: linearReward('linear', 1), weight: Number.NaN }];
    expect(() => compositeReward(parts)).toThrow(
      "Weight of reward 'linear': expected a finite number, got NaN.",
    );
  });
});
