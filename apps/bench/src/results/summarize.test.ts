import { expect, test } from 'vitest';
import { summarize } from './summarize.js';

test('divides round by round, so that a machine that slows down does not show in ratios', () => {
  // The machine halves its speed from each round to the next: 3 times the base and 4 times the floor throughout.
  const { time, ratio, timesFloor, rewards } = summarize({
    seconds: [3, 6, 12],
    matrixSeconds: [0.1, 0.2, 0.4],
    operations: 7.5,
    base: { name: 'base', seconds: [1, 2, 4], rewards: [1, 1, 1], texts: [] },
    rewards: [1, 2, 3],
    texts: [],
  });
  expect(time).toEqual({ median: 6, lower: 4.5, upper: 9 });
  expect(ratio).toEqual({ median: 3, lower: 3, upper: 3, to: 'base' });
  expect(timesFloor?.median).toBeCloseTo(4, 12);
  expect(timesFloor?.lower).toBeCloseTo(4, 12);
  // Standard deviation 1 of three values.
  expect(rewards?.mean).toBe(2);
  expect(rewards?.difference?.mean).toBe(1);
  expect(rewards?.difference?.standardError).toBeCloseTo(1 / Math.sqrt(3), 12);
});

test('leaves out what there is nothing to say about', () => {
  const only = {
    seconds: [1],
    matrixSeconds: [1],
    operations: undefined,
    base: undefined,
    rewards: [],
    texts: ['a'],
  };
  expect(summarize(only)).toEqual({ seconds: [1], time: { median: 1, lower: 1, upper: 1 } });
  expect(summarize({ ...only, rewards: [2] }).rewards).toEqual({ mean: 2, standardError: null });
});

test('counts the texts that are those of the base, where it has as many', () => {
  const texts = ['a', 'b', 'c', 'd'];
  const own = { seconds: [1], matrixSeconds: [1], operations: undefined, rewards: [], texts };
  const base = { name: 'base', seconds: [1], rewards: [] };
  expect(summarize({ ...own, base: { ...base, texts: ['a', 'x', 'c', 'd'] } }).texts).toEqual({
    same: 3,
    of: 4,
  });
  expect(summarize({ ...own, base: { ...base, texts: [] } }).texts).toBeUndefined();
});
