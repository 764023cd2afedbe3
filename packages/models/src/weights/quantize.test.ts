import { describe, expect, it } from 'vitest';
import { packCodes, type Quantization, quantize } from './quantize.js';

/** Normally distributed numbers (Box–Muller on a congruential generator), with one outlier. */
const matrix = (rows: number, columns: number): Float32Array => {
  let state = 7;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 1) / (2 ** 32 + 1);
  };
  const values = Float32Array.from(
    { length: rows * columns },
    () => 0.02 * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
  values[5] = -0.3;
  return values;
};

const columns = 96;
const tileOf = (i: number, tileRows: number) =>
  Math.floor(Math.floor(i / columns) / tileRows) * (columns / 32) + Math.floor((i % columns) / 32);

const restored = (values: Float32Array, quantization: Quantization): number[] => {
  const { codes, scales } = quantize(values, columns, quantization)!;
  const middle = 2 ** (quantization.bits - 1);
  return Array.from(codes, (code, i) => scales[tileOf(i, quantization.tileRows)]! * (code - middle) + 0);
};

const squaredError = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0);

describe('quantize', () => {
  it.each([
    { bits: 8, tileRows: 1 },
    { bits: 8, tileRows: 32 },
  ] as const)('%o: every number is within a step of what it was', (quantization) => {
    const values = matrix(70, columns);
    const { scales } = quantize(values, columns, quantization)!;
    restored(values, quantization).forEach((value, i) => {
      const step = Math.abs(scales[tileOf(i, quantization.tileRows)]!);
      expect(Math.abs(value - values[i]!)).toBeLessThanOrEqual(1.01 * step);
    });
  });

  it.each([1, 32] as const)(
    '4 bits, %i rows: less error than a range of ±7 to the largest number',
    (tileRows) => {
      const values = matrix(64, columns);
      const largest = new Map<number, number>();
      values.forEach((value, i) => {
        const tile = tileOf(i, tileRows);
        largest.set(tile, Math.max(largest.get(tile) ?? 0, Math.abs(value)));
      });
      const plain = Array.from(values, (value, i) => {
        const scale = largest.get(tileOf(i, tileRows))! / 7;
        return scale * Math.round(value / scale);
      });
      const error = squaredError(restored(values, { bits: 4, tileRows }), values);
      expect(error).toBeLessThan(squaredError(plain, values));
    },
  );

  it('represents what can be represented, zeros included', () => {
    const values = Float32Array.from({ length: 2 * columns }, (_, i) =>
      i < columns ? 0.5 * ((i % 15) - 7) : 0,
    );
    expect(restored(values, { bits: 4, tileRows: 1 })).toEqual([...values]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %d', (value) => {
    const values = matrix(32, columns);
    values[40] = value;
    expect(quantize(values, columns, { bits: 4, tileRows: 32 })).toBeUndefined();
  });

  it('packs two codes into a byte, the first below', () => {
    expect(packCodes(Uint8Array.of(1, 2, 15, 0), 4)).toEqual(Uint8Array.of(0x21, 0x0f));
    expect(packCodes(Uint8Array.of(1, 255), 8)).toEqual(Uint8Array.of(1, 255));
  });
});
