import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type DifferentiableReward, disposable, optimizers, rewardGuidance } from '@entrgi/core';
import { expect, test } from 'vitest';
import { sample } from './index.js';
import { bigramDenoiser, vocabulary } from './testing/bigram-denoiser.js';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const SIZE = 10_000;
const LENGTH = 8;

/** A denoiser of a large vocabulary that knows nothing: the whole of it counts everywhere. */
const flatDenoiser = (watch: () => Promise<void>) =>
  bigramDenoiser({
    vocabulary: {
      ...vocabulary,
      size: SIZE,
      tokens: Array.from({ length: SIZE }, (_, id) => `t${id}`),
      maskId: SIZE - 1,
    },
    maxLength: 1000,
    async logits({ positions }) {
      const logits = new Float32Array(positions.length * SIZE);
      for (let i = 0; i < logits.length; i++) logits[i] = (i % 7) / 7;
      await watch();
      return logits;
    },
  });

/** A reward that holds what one with its own vocabulary does, in a worker: the probabilities in it, their copy, and the scores. */
const hungryReward = (watch: (trajectories: number) => Promise<void>): DifferentiableReward => ({
  name: 'hungry',
  score: async () => new Float64Array(0),
  ...disposable(async () => {}),
  open: async () => ({
    ...disposable(async () => {}),
    async evaluate({ trajectories, probs }) {
      const held = [probs.slice(), probs.slice(), probs.slice()];
      await watch(trajectories);
      const tokenScores = held.pop()!;
      // What is left in a frame that is done is nobody's, and yet not always collected.
      held.length = 0;
      return { values: new Float64Array(trajectories), tokenScores };
    },
  }),
});

/** Bytes of arrays that somebody holds. What nobody holds is given back by another thread, in its own time: the least of some looks. */
const heldBytes = async (): Promise<number> => {
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < 4; look++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 2));
    least = Math.min(least, process.memoryUsage().arrayBuffers);
  }
  return least;
};

test('a guided step on the whole vocabulary holds at most 2.5 times its logits', async () => {
  const trajectories = 8;
  const logits = 4 * trajectories * LENGTH * SIZE;
  const before = await heldBytes();
  let most = 0;
  const batches = new Set<number>();
  const watch = async () => {
    most = Math.max(most, (await heldBytes()) - before);
  };
  const reward = hungryReward(async (batch) => {
    batches.add(batch);
    await watch();
  });
  const guidance = rewardGuidance({ reward, optimizer: optimizers.adam(0.5), memoryLimit: 2.5 * logits });
  const options = { prompts: ['p'], trajectories, steps: 2, maxNewTokens: LENGTH, filters: [] };
  for await (const event of sample({ denoiser: flatDenoiser(watch), guidance, ...options })) void event;
  // As many as fit: in the second step fewer positions are masked.
  expect([...batches]).toEqual([2, 4]);
  // 50 kB are for what is not as large as the vocabulary.
  expect(most).toBeLessThanOrEqual(2.5 * logits + 50_000);
  // It is the memory of the step that was measured, and not nothing.
  expect(most).toBeGreaterThan(2.4 * logits);
});
