import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spreadLabels } from './spread-labels.js';

test('labels stand apart, in the order of their points, and no higher than these on the whole', () => {
  const heights = fc.array(fc.double({ min: 0, max: 11, noNaN: true }), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(heights, (ys) => {
      const spread = spreadLabels(
        ys.map((y) => ({ y })),
        0,
        11,
      );
      expect(spread.map(({ y }) => y)).toEqual(ys.toSorted((a, b) => a - b));
      spread.slice(1).forEach(({ labelY }, i) => {
        expect(labelY - spread[i]!.labelY).toBeGreaterThan(1 - 1e-9);
      });
      const mean = (values: readonly number[]) => values.reduce((sum, y) => sum + y, 0) / values.length;
      expect(mean(spread.map(({ labelY }) => labelY))).toBeCloseTo(mean(ys), 9);
    }),
  );
});

test('a label that is in nobody’s way stands at its point', () => {
  const spread = spreadLabels([{ y: 0 }, { y: 5 }, { y: 5 }, { y: 11 }], 0, 11);
  expect(spread.map(({ labelY }) => labelY)).toEqual([0, 4.5, 5.5, 11]);
});
