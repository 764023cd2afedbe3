import { expect, test } from 'vitest';
import { bfloat16Bits, bfloat16Value, float16Bits, float16Value } from './float16.js';

/** The value that float16 bits stand for, as IEEE 754 writes it down. */
function defined(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

test('every float16 has its value, and every finite one its own bits', () => {
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = defined(bits);
    expect(float16Value(bits)).toBe(value);
    if (Number.isFinite(value)) expect(float16Bits(value)).toBe(bits);
  }
});

test.each([
  [65519.99, 0x7bff],
  [65520, 0x7c00],
  [-1e9, 0xfc00],
  [1 + 2 ** -11, 0x3c00], // a tie goes to the even neighbor
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
  [1 + 2 ** -8, 0x3f80], // a tie goes to the even neighbor
  [1 + 3 * 2 ** -8, 0x3f82],
  [1e39, 0x7f80],
  [3.4e38, 0x7f80],
  [2 ** -133, 0x0001], // the smallest
  [Number.NaN, 0x7fc0],
  [-0, 0x8000],
])('%f rounds to the nearest bfloat16', (value, bits) => {
  expect(bfloat16Bits(value)).toBe(bits);
});

test('a bfloat16 is the upper half of a float32', () => {
  const float32 = new DataView(new ArrayBuffer(4));
  for (let bits = 0; bits < 0x10000; bits += 7) {
    float32.setUint16(0, bits);
    expect(bfloat16Value(bits)).toBe(float32.getFloat32(0));
  }
});
