import { expect, test } from 'vitest';
import { totalVariation } from './total-variation.js';

const ln = Math.log;
const all = {
  size: 4,
  offsets: Int32Array.of(0, 4, 8),
  // (1, 2, 3, 4)/10 and (1, 1, 1, 1)/4.
  values: Float32Array.of(ln(1), ln(2), ln(3), ln(4), 5, 5, 5, 5),
};

test('is the share of what is left out where the rest kept its proportions, and more where not', () => {
  const few = {
    size: 4,
    offsets: Int32Array.of(0, 3, 5),
    values: Float32Array.of(ln(2), ln(3), ln(4), ln(3), 0),
    tokenIds: Int32Array.of(1, 2, 3, 0, 3),
  };
  // The first row lacks 1/10. The second is (3, 0, 0, 1)/4 against (1, 1, 1, 1)/4: half of 2/4 + 1/4 + 1/4.
  const [first, second] = totalVariation(few, all, 1);
  expect(first).toBeCloseTo(0.1, 6);
  expect(second).toBeCloseTo(0.5, 6);
});

test('at temperature 1/2 probabilities are squared; with every token it is 0', () => {
  const few = {
    size: 4,
    offsets: Int32Array.of(0, 1, 2),
    values: Float32Array.of(0, 0),
    tokenIds: Int32Array.of(3, 0),
  };
  const [first, second] = totalVariation(few, all, 0.5);
  expect(first).toBeCloseTo(1 - 16 / 30, 6);
  expect(second).toBeCloseTo(0.75, 6);
  expect(totalVariation(all, all, 0.5)).toEqual([0, 0]);
});
