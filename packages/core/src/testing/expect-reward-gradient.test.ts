import { expect, test } from 'vitest';
import { disposable } from '../async/disposable.js';
import type { ResponseMix } from '../contracts/guidance/response-mix.js';
import type { RewardContext } from '../contracts/guidance/reward.js';
import { expectRewardGradient } from './expect-reward-gradient.js';

const mix: ResponseMix = {
  trajectories: 1,
  tokenIds: Int32Array.of(0, 1),
  attention: Uint8Array.of(1, 1),
  rows: Int32Array.of(0, 1),
  probs: Float32Array.of(0.2, 0.8, 0.5, 0.5),
  weights: Float32Array.of(1, 1),
};

/** R = Σ p² (1 − weight), whose derivative is 2p where the weight is 0; `factor` makes it wrong. */
const squares = (factor: number): RewardContext => ({
  ...disposable(async () => {}),
  evaluate: async ({ probs, weights }) => ({
    values: Float64Array.of(probs.reduce((sum, p, i) => sum + p * p * (1 - weights[i >> 1]!), 0)),
    tokenScores: probs.map((p) => 2 * p * factor),
  }),
});

test('accepts a gradient, and refuses what is none', async () => {
  await expectRewardGradient(squares(1), mix);
  await expect(expectRewardGradient(squares(1.1), mix)).rejects.toThrow(
    /expected 1\.6\d* at index 1, got 1\.7[56]/,
  );
  await expectRewardGradient(squares(1.1), mix, { tolerance: { relative: 0.2 }, cells: [1, 3] });
});
