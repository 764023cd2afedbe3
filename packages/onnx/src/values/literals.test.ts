import { InvalidArgumentError } from '@entrgi/core';
import { expect, test } from 'vitest';
import { scalar, vector } from './literals.js';

test.each([2 ** 63, -(2 ** 63) - 2 ** 11, 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
  '%f is no 64-bit integer',
  (value) => {
    expect(() => vector([1, value])).toThrow(InvalidArgumentError);
    expect(() => scalar(value, 'int64')).toThrow(InvalidArgumentError);
  },
);

test('−2⁶³ is one', () => {
  expect(vector([-(2 ** 63)]).data).toEqual(BigInt64Array.of(-(2n ** 63n)));
  expect(() => scalar(2 ** 31, 'int32')).toThrow(InvalidArgumentError);
});

test('scalars have rank 0, vectors rank 1', () => {
  expect(scalar(2, 'int64')).toEqual({ type: 'int64', dims: [], data: BigInt64Array.of(2n) });
  expect(scalar(2, 'bfloat16')).toEqual({ type: 'bfloat16', dims: [], data: Uint16Array.of(0x4000) });
  expect(scalar(2, 'float16')).toEqual({ type: 'float16', dims: [], data: Uint16Array.of(0x4000) });
  expect(vector([1, -1])).toEqual({ type: 'int64', dims: [2], data: BigInt64Array.of(1n, -1n) });
  expect(() => scalar(2, 'string')).toThrow(InvalidArgumentError);
});
