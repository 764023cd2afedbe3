import { expect, test } from 'vitest';
import { cosines, difference, disagreements } from './agreement.js';

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

test('cosines: of (3, 4) with (4, 3) 24 / 25, of opposites −1', () => {
  const found = cosines({ a: [3, 4], b: [1, -2] }, { a: [4, 3], b: [-2, 4] });
  expect(found.a).toBeCloseTo(24 / 25, 12);
  expect(found.b).toBeCloseTo(-1, 12);
});

test('what must be the same and is not is a disagreement, unless everything is rounded; what is only like never is', () => {
  const even = { median: 1, lower: 1, upper: 1 };
  const side = (name: string, tolerance?: number) => {
    const agreement = { with: 'ours', difference: 0.5, ...(tolerance === undefined ? {} : { tolerance }) };
    return { name, engine: 'entrgi', times: { seconds: [1], time: even, agreement } } as const;
  };
  const sides = [side('wrong', 0.1), side('right', 0.6), side('rounded')];
  const found = (dtype: string) =>
    disagreements({
      started: '',
      machine: {},
      settings: {},
      cases: [{ section: 'reward', parameters: { dtype }, unit: 'run', matrixRate: even, sides }],
    });
  expect(found('fp32')).toEqual(["reward fp32: 'wrong' differs from 'ours' by 5.0e-1, more than 0.1."]);
  expect(found('q4')).toEqual([]);
});
