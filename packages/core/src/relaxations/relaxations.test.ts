import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { relaxations } from '../index.js';

describe.each(Object.entries(relaxations))('%s', (_, relaxation) => {
  test('maps [0, 1] into [0, 1], never down as entropy goes up, and is pure', () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(unit, unit, (a, b) => {
        const [low, high] = [relaxation(Math.min(a, b)), relaxation(Math.max(a, b))];
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(high);
        expect(relaxation(a)).toBe(relaxation(a));
      }),
    );
  });
});

test('the three named methods are three weights', () => {
  const weights = (entropy: number) => [
    relaxations.expectation(entropy),
    relaxations.aps(entropy),
    relaxations.entrgi(entropy),
  ];
  expect(weights(0.25)).toEqual([0, 1, 0.25]);
});
