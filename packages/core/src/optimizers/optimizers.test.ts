import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidArgumentError, NumericalError, optimizers } from '../index.js';
import { expectAllClose } from '../testing/index.js';

describe.each(Object.entries(optimizers))('%s', (_, optimizer) => {
  test('moves uphill in place, leaves gradient 0 and −∞ alone, and starts afresh', () => {
    const gradient = Float32Array.of(2, -3, 0, 0);
    const run = () => {
      const logits = Float32Array.of(1, 1, 1, Number.NEGATIVE_INFINITY);
      const state = make(4);
      state.update(logits, gradient);
      state.update(logits, gradient);
      return logits;
    };
    const make = optimizer(0.1);
    const first = run();
    expect(first[0]).toBeGreaterThan(1);
    expect(first[1]).toBeLessThan(1);
    expect(first[2]).toBe(1);
    expect(first[3]).toBe(Number.NEGATIVE_INFINITY);
    expect(run()).toEqual(first);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses the learning rate %d', (learningRate) => {
    expect(() => optimizer(learningRate)).toThrow(InvalidArgumentError);
    expect(() => optimizer(learningRate)).toThrow(
      `learningRate: expected a number above 0, got ${learningRate}`,
    );
  });
});

test('ascent adds η times the gradient', () => {
  const logits = Float32Array.of(1, 2);
  optimizers.ascent(0.5)(2).update(logits, Float32Array.of(4, -2));
  expect(logits).toEqual(Float32Array.of(3, 1));
});

describe('adam', () => {
  test('does what torch.optim.Adam(maximize=True) does', () => {
    // From fixtures/make-guidance-fixtures.py: gradients from 1e-9 to 0.1, on both sides of epsilon.
    const fixture = JSON.parse(readFileSync(new URL('../../fixtures/adam.json', import.meta.url), 'utf8'));
    const logits = Float32Array.from(fixture.start);
    const state = optimizers.adam(fixture.learningRate)(logits.length);
    fixture.gradients.forEach((gradient: number[], i: number) => {
      state.update(logits, Float32Array.from(gradient));
      expectAllClose(logits, fixture.values[i], { absolute: 1e-5, relative: 0 });
    });
  });

  test.each([1e-14, 1e-11, 1e-8, 1e-3])('takes its epsilon seriously: %d', (epsilon) => {
    // Kingma and Ba's algorithm 1, in float64, on gradients from far below epsilon to far above.
    const plain = (slopes: number[]) => {
      let [x, m, v] = [0, 0, 0];
      slopes.forEach((g, i) => {
        m = 0.9 * m + 0.1 * g;
        v = 0.999 * v + 0.001 * g * g;
        x += (0.5 * (m / (1 - 0.9 ** (i + 1)))) / (Math.sqrt(v / (1 - 0.999 ** (i + 1))) + epsilon);
      });
      return x;
    };
    const scales = Array.from({ length: 17 }, (_, i) => epsilon * 10 ** (i - 8));
    const state = optimizers.adam(0.5, { epsilon })(scales.length);
    const logits = new Float32Array(scales.length);
    const signs = [1, -0.5, 0.25];
    for (const sign of signs)
      state.update(
        logits,
        Float32Array.from(scales, (scale) => sign * scale),
      );
    expectAllClose(
      logits,
      scales.map((scale) => plain(signs.map((sign) => sign * scale))),
      { absolute: 1e-6, relative: 2e-3 },
    );
  });

  test('refuses gradients whose squares overflow, instead of holding their logits still', () => {
    const state = optimizers.adam(0.5)(2);
    const update = () => state.update(new Float32Array(2), Float32Array.of(1, 1e22));
    expect(update).toThrow(NumericalError);
    expect(() => optimizers.adam(0.5)(2).update(new Float32Array(2), Float32Array.of(1, 1e20))).not.toThrow();
  });

  test.each<[object, RegExp]>([
    [{ betas: [1, 0.999] }, /betas\[0\]: expected a number of at least 0 and below 1, got 1/],
    [{ betas: [0.9, -0.1] }, /betas\[1\]: .* got -0.1/],
    [{ betas: [0.9, Number.NaN] }, /betas\[1\]: .* got NaN/],
    [{ betas: ['0.9', 0.999] }, /betas\[0\]: .* got 0.9/],
    [{ betas: [0.9] }, /betas: expected two numbers/],
    [{ betas: 0.9 }, /betas: expected two numbers, got 0.9/],
    [{ epsilon: 0 }, /epsilon: expected a number above 0, got 0/],
    [{ epsilon: -1e-8 }, /epsilon: .* got -1e-8/],
    [{ epsilon: '1e-8' }, /epsilon: .* got 1e-8/],
    [{ epsilon: 1e-15 }, /epsilon: expected at least 1e-16 .* = 3.16e-15, got 1e-15/],
    [{ eps: 1e-8 }, /adam: there is no option 'eps'/],
  ])('refuses %j', (options, message) => {
    expect(() => optimizers.adam(0.5, options)).toThrow(InvalidArgumentError);
    expect(() => optimizers.adam(0.5, options)).toThrow(message);
  });

  test('knows its bound for any decay, and where there is none', () => {
    // Each update of sign descent is the learning rate.
    expect(optimizers.adam(0.5, { betas: [0, 0] }).maxMovement!(3)).toBeCloseTo(1.5, 12);
    expect(optimizers.adam(0.5, { betas: [0.9, 0] }).maxMovement!(3)).toBe(Number.POSITIVE_INFINITY);
  });

  test('moves a logit at most 3.005 η in three updates, whatever the gradients', () => {
    const gradient = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(
        fc.tuple(gradient, gradient, gradient),
        fc.double({ min: 0.01, max: 2, noNaN: true }),
        (g, rate) => {
          const logits = new Float32Array(1);
          const state = optimizers.adam(rate)(1);
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
      const state = optimizers.adam(0.5)(3);
      for (const g of [1, -2, 0.5]) state.update(logits, Float32Array.of(g * scale, 3 * scale, -scale));
      return logits;
    };
    expectAllClose(run(1000), run(1), { absolute: 1e-6 });
  });
});
