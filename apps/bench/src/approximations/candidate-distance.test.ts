import { relaxations } from '@entrgi/core';
import { denoiserDirectory, rewardDirectory } from '@entrgi/tiny-stories';
import { expect, test } from 'vitest';
import { type CandidateDistance, candidateDistances } from './candidate-distance.js';

test('is 0 where no token is left out, and grows with what is', async () => {
  const found: CandidateDistance[] = [];
  const settings = { openings: 1, trajectories: 2, length: 4, steps: 2, threads: 1 };
  const lists = { temperatures: [0.1], learningRates: [0.05], tolerances: [0, 1e-6, 0.1] };
  const models = { denoiser: denoiserDirectory, reward: rewardDirectory, relaxation: relaxations.entrgi };
  for await (const distance of candidateDistances({ ...models, ...settings, ...lists })) found.push(distance);
  const [exact, close, coarse] = found;
  // Two responses. The linear schedule's first of two steps reveals ⌊4 · 0.4995⌋ = 1 of 4 masked positions: 4 + 3 each.
  expect(found.map(({ positions }) => positions)).toEqual([14, 14, 14]);
  expect(exact).toMatchObject({ kept: 1, mean: 0, max: 0, beyond: 0, equalTokens: 1 });
  expect(close!.kept).toBeLessThan(1);
  expect(coarse!.kept).toBeLessThan(close!.kept);
  expect(close!.max).toBeLessThan(0.01);
  expect(coarse!.max).toBeGreaterThan(close!.max);
  expect(coarse!.mean).toBeGreaterThan(close!.mean);
});
