import { InvalidArgumentError } from '@entrgi/core';
import { expect, test } from 'vitest';
import { bfloat16Bits, float16Bits, scalar, vector } from './literals.js';

/** The value that float16 bits stand for. */
function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

test('every finite float16 value has its own bits', () => {
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = float16Value(bits);
    if (Number.isFinite(value)) expect(float16Bits(value)).toBe(bits);
  }
});

test.each([
  [65519.99, 0x7bff],
  [65520, 0x7c00],
  [-1e9, 0xfc00],
  [1 + 2 ** -11, 0x3c00], // a tie goes to the even neighbour
  [1 + 3 * 2 ** -11, 0x3c02],
  [2 ** -25, 0x0000],
  [2 ** -24 * 0.51, 0x0001],
  [Number.NaN, 0x7e00],
])('%f rounds to the nearest float16', (value, bits) => {
  expect(float16Bits(value)).toBe(bits);
});

test.each([
  [1, 0x3f80],
  [-2, 0xc000],
  [1 + 2 ** -8, 0x3f80], // a tie goes to the even neighbour
  [1 + 3 * 2 ** -8, 0x3f82],
  [1e39, 0x7f80],
  [3.4e38, 0x7f80],
  [2 ** -133, 0x0001], // the smallest
  [Number.NaN, 0x7fc0],
  [-0, 0x8000],
])('%f rounds to the nearest bfloat16', (value, bits) => {
  expect(bfloat16Bits(value)).toBe(bits);
});

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
