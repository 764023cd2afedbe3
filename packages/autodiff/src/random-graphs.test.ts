import { describe, expect, it } from 'vitest';
import { drawInputs, finiteDifferences, forwardOf, gradientOf } from './testing/gradient-check.js';
import { elementCount, numbersOf, randomNumbers, tensorOf } from './testing/numbers.js';
import { randomCase } from './testing/random-case.js';

const base = Number(process.env.ENTRGI_SEED ?? 1) * 10_000;
const count = process.env.ENTRGI_SLOW === '1' ? 400 : 12;

describe(`random graphs against central differences (from seed ${base})`, () => {
  it.each(Array.from({ length: count }, (_, i) => base + i))('graph %i', async (seed) => {
    const test = randomCase(seed);
    const random = randomNumbers(seed);
    const values = drawInputs(test, random);
    const { dims } = await forwardOf(test, values, 'float64');
    const cotangent = tensorOf(
      'float64',
      dims,
      Array.from({ length: elementCount(dims) }, () => 2 * random() - 1),
    );
    const expected = await finiteDifferences(test, values, cotangent);
    for (const knowledge of ['sizes', 'nothing'] as const) {
      const gradients = await gradientOf(test, values, cotangent, 'float64', knowledge);
      gradients.forEach((gradient, k) => {
        expect(gradient.dims).toEqual(test.inputs[k]!.dims);
        numbersOf(gradient).forEach((value, j) => {
          const difference = expected[k]![j]!;
          expect(
            Math.abs(value - difference),
            `d x${k}[${j}] = ${value}, expected ${difference}`,
          ).toBeLessThanOrEqual(1e-5 + 1e-3 * Math.abs(difference));
        });
      });
    }
  });
});
