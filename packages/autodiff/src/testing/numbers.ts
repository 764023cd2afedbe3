import type { Tensor } from '@entrgi/core';
import { float16Bits } from '@entrgi/onnx/internal';

export type FloatType = 'float64' | 'float32' | 'float16';

/** A float tensor of any precision from JavaScript numbers. */
export function tensorOf(type: FloatType, dims: readonly number[], values: ArrayLike<number>): Tensor {
  switch (type) {
    case 'float64':
      return { type, dims, data: Float64Array.from(values) };
    case 'float32':
      return { type, dims, data: Float32Array.from(values) };
    case 'float16':
      return { type, dims, data: Uint16Array.from(values, float16Bits) };
  }
}

/** The elements of a tensor as JavaScript numbers. */
export const numbersOf = ({ type, data }: Tensor): number[] =>
  Array.from(data as ArrayLike<number | bigint>, (value) =>
    type === 'float16' ? fromFloat16(Number(value)) : Number(value),
  );

function fromFloat16(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const magnitude = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  return bits & 0x8000 ? -magnitude : magnitude;
}

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const elementCount = (dims: readonly number[]): number =>
  dims.reduce((product, size) => product * size, 1);

/** The largest difference, in units of the largest expected magnitude. */
export function relativeDifference(actual: readonly number[], expected: readonly number[]): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  const scale = Math.max(1e-30, ...expected.map(Math.abs));
  return actual.reduce((worst, value, i) => {
    const difference = Math.abs(value - expected[i]!) / scale;
    return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(worst, difference);
  }, 0);
}
