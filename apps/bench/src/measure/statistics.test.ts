import { expect, test } from 'vitest';
import { mean, median, quantile, standardError } from './statistics.js';

test('median of odd and even counts', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

test('standard error of 2, 4, 4, 4, 5, 5, 7, 9: s² = 32 / 7', () => {
  const values = [2, 4, 4, 4, 5, 5, 7, 9];
  expect(mean(values)).toBe(5);
  expect(standardError(values)).toBeCloseTo(Math.sqrt(32 / 7 / 8), 12);
});

test('quantiles lie linearly between values: those of 1, 2, 3, 4 as in numpy', () => {
  expect([0, 0.25, 0.5, 0.75, 1].map((share) => quantile([4, 1, 3, 2], share))).toEqual([
    1, 1.75, 2.5, 3.25, 4,
  ]);
});
