import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidArgumentError, optimisers } from '../index.js';
import { expectAllClose } from '../testing/index.js';

describe.each(Object.entries(optimisers))('%s', (_, optimiser) => {
  test('moves uphill in place, leaves gradient 0 and −∞ alone, and starts afresh', () => {
    const gradient = Float32Array.of(2, -3, 0, 0);
    const run = () => {
      const logits = Float32Array.of(1, 1, 1, Number.NEGATIVE_INFINITY);
      const state = make(4);
      state.update(logits, gradient);
      state.update(logits, gradient);
      return logits;
    };
    const make = optimiser(0.1);
    const first = run();
    expect(first[0]).toBeGreaterThan(1);
    expect(first[1]).toBeLessThan(1);
    expect(first[2]).toBe(1);
    expect(first[3]).toBe(Number.NEGATIVE_INFINITY);
    expect(run()).toEqual(first);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses the learning rate %d', (learningRate) => {
    expect(() => optimiser(learningRate)).toThrow(InvalidArgumentError);
    expect(() => optimiser(learningRate)).toThrow(
      `learningRate: expected a number above 0, got ${learningRate}`,
    );
  });
});

test('ascent adds η times the gradient', () => {
  const logits = Float32Array.of(1, 2);
  optimisers.ascent(0.5)(2).update(logits, Float32Array.of(4, -2));
  expect(logits).toEqual(Float32Array.of(3, 1));
});

describe('adam', () => {
  test('does what torch.optim.Adam(maximize=True) does', () => {
    // From fixtures/make-guidance-fixtures.py: gradients from 1e-9 to 0.1, on both sides of epsilon.
    const fixture = JSON.parse(readFileSync(new URL('../../fixtures/adam.json', import.meta.url), 'utf8'));
    const logits = Float32Array.from(fixture.start);
    const state = optimisers.adam(fixture.learningRate)(logits.length);
    fixture.gradients.forEach((gradient: number[], i: number) => {
      state.update(logits, Float32Array.from(gradient));
      expectAllClose(logits, fixture.values[i], { absolute: 1e-5, relative: 0 });
    });
  });

  test('moves a logit at most 3.005 η in three updates, whatever the gradients', () => {
    const gradient = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(
        fc.tuple(gradient, gradient, gradient),
        fc.double({ min: 0.01, max: 2, noNaN: true }),
        (g, rate) => {
          const logits = new Float32Array(1);
          const state = optimisers.adam(rate)(1);
          for (const value of g) state.update(logits, Float32Array.of(value));
          expect(Math.abs(logits[0]!)).toBeLessThanOrEqual(3.005 * rate);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('does not depend on the scale of the reward, as long as gradients are far above epsilon', () => {
    const run = (scale: number) => {
      const logits = new Float32Array(3);
      const state = optimisers.adam(0.5)(3);
      for (const g of [1, -2, 0.5]) state.update(logits, Float32Array.of(g * scale, 3 * scale, -scale));
      return logits;
    };
    expectAllClose(run(1000), run(1), { absolute: 1e-6 });
  });
});
