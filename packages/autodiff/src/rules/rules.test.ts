import { describe, expect, it } from 'vitest';
import { gradientCases } from '../testing/gradient-cases.js';
import { drawInputs, finiteDifferences, forwardOf, gradientOf } from '../testing/gradient-check.js';
import { elementCount, numbersOf, randomNumbers, relativeDifference, tensorOf } from '../testing/numbers.js';

const seed = Number(process.env.ENTRGI_SEED ?? 1);

describe(`every rule against central differences (ENTRGI_SEED=${seed})`, () => {
  it.each(gradientCases.map((test, i) => ({ name: `${test.operator} ${test.what ?? ''}`, test, i })))(
    '$name',
    async ({ test, i }) => {
      const random = randomNumbers(seed * 1000 + i);
      const values = drawInputs(test, random);
      const { dims } = await forwardOf(test, values, 'float32');
      const cotangent = tensorOf(
        'float64',
        dims,
        Array.from({ length: elementCount(dims) }, () => 2 * random() - 1),
      );
      const expected = await finiteDifferences(test, values, cotangent);
      const exact = !test.without?.includes('float64') && test.reference === undefined;
      const double = exact ? await gradientOf(test, values, cotangent, 'float64', 'sizes') : undefined;
      double?.forEach((gradient, k) => {
        numbersOf(gradient).forEach((value, j) => {
          const difference = expected[k]![j]!;
          expect(
            Math.abs(value - difference),
            `d x${k}[${j}] = ${value}, expected ${difference}`,
          ).toBeLessThanOrEqual(1e-5 + 1e-3 * Math.abs(difference));
        });
      });
      const target = double?.map(numbersOf) ?? expected;
      // float64 has run with the sizes known.
      for (const knowledge of double
        ? (['symbols', 'nothing'] as const)
        : (['sizes', 'symbols', 'nothing'] as const)) {
        const single = await gradientOf(test, values, cotangent, 'float32', knowledge);
        single.forEach((gradient, k) => {
          expect(gradient.dims).toEqual(test.inputs.filter(({ fixed }) => !fixed)[k]!.dims);
          expect(
            relativeDifference(numbersOf(gradient), target[k]!),
            `float32, graph knows ${knowledge}`,
          ).toBeLessThan(1e-4);
        });
      }
      if (test.without?.includes('float16')) return;
      const half = await gradientOf(test, values, cotangent, 'float16', 'sizes');
      half.forEach((gradient, k) => {
        expect(relativeDifference(numbersOf(gradient), target[k]!), 'float16').toBeLessThan(
          test.halfTolerance ?? 0.02,
        );
      });
    },
  );
});
