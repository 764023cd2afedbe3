import { disposable, InvalidArgumentError, NumericalError, type Reward } from '@entrgi/core';
import { expect, test } from 'vitest';
import { bestOfN } from '../index.js';

/** Longer is better. */
const length: Reward = {
  name: 'length',
  score: async (_, texts, options) => {
    options?.signal?.throwIfAborted();
    return Float64Array.from(texts, (text) => text.length);
  },
  ...disposable(async () => {}),
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

const constant = (...values: number[]): Reward => ({
  ...length,
  score: async () => Float64Array.from(values),
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  'a reward of %d is an error that names reward and response',
  async (value) => {
    const failure = bestOfN({ reward: constant(1, value), prompt: 'p', texts: ['a', 'b'] });
    await expect(failure).rejects.toThrow(NumericalError);
    await expect(failure).rejects.toThrow(
      `Reward 'length': expected a finite reward for response 1, got ${value}`,
    );
  },
);

test('the mean of rewards whose sum overflows is finite', async () => {
  const { avg } = await bestOfN({ reward: constant(1.5e308, 1.5e308), prompt: 'p', texts: ['a', 'b'] });
  expect(avg).toBe(1.5e308);
});

test.each<[object, RegExp]>([
  [{ texts: 'abc' }, /texts: expected an array of responses, got abc/],
  [{ texts: ['a', 5] }, /texts\[1\]: expected a text, got 5/],
  [{ texts: new Array(2) }, /texts\[0\]: expected a text, got undefined/],
  [{ reward: 'length' }, /reward: expected a reward/],
  [{ reward: { name: 'x' } }, /reward.score: expected a reward/],
  [{ reward: constant(1) }, /rewards of 'length': expected 2, one per response, got 1/],
  [{ signal: {} }, /signal: expected an AbortSignal/],
  [{ responses: ['a'] }, /no option 'responses'/],
])('refuses %j', async (options, message) => {
  const failure = bestOfN({ reward: length, prompt: 'p', texts: ['a', 'b'], ...options } as never);
  await expect(failure).rejects.toThrow(InvalidArgumentError);
  await expect(failure).rejects.toThrow(message);
});
