import { expect, test } from 'vitest';
import { difference } from './agreement.js';

test('is relative to the largest value of an output, and the worst over outputs', () => {
  expect(difference({ a: [1, -4] }, { a: [1.2, -4] })).toBeCloseTo(0.05, 12);
  expect(difference({ a: [1], b: [0, 0] }, { a: [1], b: [0, 0] })).toBe(0);
  expect(difference({ a: [1], b: [10] }, { a: [1], b: [9] })).toBeCloseTo(0.1, 12);
});

test('is infinite for other shapes, missing outputs and what is not finite', () => {
  expect(difference({ a: [1] }, { a: [1, 2] })).toBe(Number.POSITIVE_INFINITY);
  expect(difference({ a: [1] }, { b: [1] })).toBe(Number.POSITIVE_INFINITY);
  expect(difference({ a: [Number.NaN] }, { a: [1] })).toBe(Number.POSITIVE_INFINITY);
});
