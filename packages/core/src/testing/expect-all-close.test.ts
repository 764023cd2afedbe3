import { expect, test } from 'vitest';
import { expectAllClose } from './expect-all-close.js';

test('accepts what is within the tolerance', () => {
  expectAllClose([1, 100.0009, Number.POSITIVE_INFINITY], Float64Array.of(1, 100, Number.POSITIVE_INFINITY));
  expectAllClose([1.4], [1], { absolute: 0.5 });
});

test.each<[number[], number[], RegExp]>([
  [[1], [1, 2], /expected 2 numbers, got 1/],
  [[1, 2, 3], [1, 2.1, 4], /expected 4 at index 2, got 3/],
  [[0, Number.NaN, 9], [0, 0, 0], /expected 0 at index 1, got NaN/],
  [[Number.POSITIVE_INFINITY], [Number.NEGATIVE_INFINITY], /expected -Infinity at index 0/],
])('refuses %j for %j', (actual, expected, message) => {
  expect(() => expectAllClose(actual, expected)).toThrow(message);
});
