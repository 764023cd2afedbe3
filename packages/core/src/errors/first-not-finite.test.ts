import { describe, expect, it } from 'vitest';
import { firstNotFinite } from './first-not-finite.js';

const { MAX_VALUE, NaN: nan, NEGATIVE_INFINITY: below, POSITIVE_INFINITY: above } = Number;
/** Numbers one by one, by what the language calls finite. */
const oneByOne = (values: readonly number[], allowed?: number): number =>
  values.findIndex((value) => !Number.isFinite(value) && value !== allowed);

describe('firstNotFinite', () => {
  it('finds it wherever it stands among however many', () => {
    for (let length = 0; length <= 20; length++) {
      for (let at = 0; at < length; at++) {
        for (const value of [nan, below, above]) {
          const values = Array.from({ length }, (_, i) => (i === at ? value : i - 7));
          expect(firstNotFinite(Float32Array.from(values))).toBe(at);
          expect(firstNotFinite(values, below)).toBe(oneByOne(values, below));
        }
      }
    }
  });

  it('is not taken in by numbers whose sum is infinite, nor by infinities that cancel', () => {
    const large = Array.from({ length: 16 }, (_, i) => (i % 3 === 0 ? -MAX_VALUE : MAX_VALUE));
    expect(firstNotFinite(Float64Array.from(large))).toBe(-1);
    expect(firstNotFinite([...large, above])).toBe(16);
    expect(firstNotFinite([below, above, 0, 0, 0, 0, 0, 0], below)).toBe(1);
    expect(
      firstNotFinite(
        Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? below : 1)),
        below,
      ),
    ).toBe(-1);
  });
});
