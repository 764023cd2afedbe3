import { InvalidArgumentError, type Reward } from '@entrgi/core';
import { expect, test } from 'vitest';
import { bestOfN } from './index.js';

/** Longer is better. */
const length: Reward = {
  name: 'length',
  score: async (_, texts, options) => {
    options?.signal?.throwIfAborted();
    return Float64Array.from(texts, (text) => text.length);
  },
  dispose: async () => {},
};

test('scores in order, picks the best and the first of equals', async () => {
  const result = await bestOfN({ reward: length, prompt: 'p', texts: ['a', 'ccc', 'bbb', ''] });
  expect(result).toEqual({
    trajectories: [
      { text: 'a', reward: 1 },
      { text: 'ccc', reward: 3 },
      { text: 'bbb', reward: 3 },
      { text: '', reward: 0 },
    ],
    best: { text: 'ccc', reward: 3 },
    top1: 3,
    avg: 7 / 4,
  });
});

test('refuses to pick from nothing', async () => {
  const failure = bestOfN({ reward: length, prompt: 'p', texts: [] });
  await expect(failure).rejects.toThrow(InvalidArgumentError);
  await expect(failure).rejects.toThrow('texts: expected at least one response');
});

test('hands the signal to the reward', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(bestOfN({ reward: length, prompt: 'p', texts: ['a'], signal })).rejects.toThrow('enough');
});
