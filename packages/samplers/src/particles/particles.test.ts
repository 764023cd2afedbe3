import { randomStream } from '@entrgi/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PotentialState, potentials } from './potentials.js';
import { effectiveSampleSize, multinomial, normalizedWeights, systematic } from './resample.js';

const stream = (seed: number) =>
  randomStream({ seed, prompt: 0, trajectory: 0, step: 1, purpose: 'resample' });
const weightsOf = fc
  .array(fc.double({ min: 0, max: 5, noNaN: true }), { minLength: 1, maxLength: 12 })
  .filter((values) => values.some((value) => value > 1e-3))
  .map((values) => {
    const total = values.reduce((a, b) => a + b);
    return values.map((value) => value / total);
  });

describe('potentials', () => {
  const paths = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 6 });

  test.each(Object.entries(potentials))(
    'the product of all is exp(R/β) of the last reward: %s',
    (_, potential) => {
      fc.assert(
        fc.property(paths, (rewards) => {
          let state: PotentialState | undefined;
          let product = 0;
          rewards.forEach((scaled, look) => {
            const after = potential(state, scaled, look === rewards.length - 1);
            product += after.log;
            state = after;
          });
          expect(product).toBeCloseTo(rewards.at(-1)!, 9);
        }),
      );
    },
  );

  test('before the last look each is what its name says', () => {
    const logs = (name: keyof typeof potentials, rewards: number[]) => {
      let state: PotentialState | undefined;
      return rewards.map((scaled) => {
        const after = potentials[name](state, scaled, false);
        state = after;
        return after.log;
      });
    };
    expect(logs('difference', [1, 3, 2])).toEqual([1, 2, -1]);
    expect(logs('max', [1, 3, 2])).toEqual([1, 3, 3]);
    expect(logs('sum', [1, 3, 2])).toEqual([1, 4, 6]);
  });
});

describe('resampling', () => {
  test('weights are softmax, however small all of them are; of none all the same', () => {
    expect(normalizedWeights([Math.log(1), Math.log(3)])).toEqual(
      [0.25, 0.75].map((w) => expect.closeTo(w, 12)),
    );
    expect(normalizedWeights([-2000, -2000 + Math.log(3)])[1]).toBeCloseTo(0.75, 9);
    expect(normalizedWeights([Number.NEGATIVE_INFINITY, 0])).toEqual([0, 1]);
    expect(normalizedWeights([-Infinity, -Infinity])).toEqual([0.5, 0.5]);
  });

  test('the effective sample size is how many share the work', () => {
    expect(effectiveSampleSize([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(4, 12);
    expect(effectiveSampleSize([0, 1, 0])).toBe(1);
  });

  test('systematic: every particle as often as its weight says, but for less than one; who stays, stays in its place', () => {
    fc.assert(
      fc.property(weightsOf, fc.nat(), (weights, seed) => {
        const parents = systematic(weights, stream(seed));
        expect(parents.length).toBe(weights.length);
        weights.forEach((weight, parent) => {
          const count = parents.filter((other) => other === parent).length;
          expect(Math.abs(count - weights.length * weight)).toBeLessThan(1 + 1e-6);
          if (count > 0) expect(parents[parent]).toBe(parent);
        });
      }),
    );
  });

  test('systematic: as often on average as its weight says (4 standard deviations), equal ones exactly once', () => {
    const weights = [0.07, 0.5, 0.13, 0.3];
    const counts = [0, 0, 0, 0];
    for (let seed = 0; seed < 4000; seed++)
      for (const parent of systematic(weights, stream(seed))) counts[parent]!++;
    counts.forEach((count, parent) => {
      const share = (4 * weights[parent]!) % 1;
      expect(Math.abs(count - 4000 * 4 * weights[parent]!)).toBeLessThanOrEqual(
        4 * Math.sqrt(4000 * share * (1 - share)),
      );
    });
    for (const size of [1, 3, 7, 10, 49]) {
      const equal = normalizedWeights(new Array(size).fill(-1.7));
      for (let seed = 0; seed < 50; seed++) {
        expect(systematic(equal, stream(seed))).toEqual(Int32Array.from({ length: size }, (_, k) => k));
      }
    }
  });

  test('multinomial: each draw in proportion (chi-squared), never what weighs nothing', () => {
    const weights = [0.2, 0, 0.5, 0.3];
    const counts = [0, 0, 0, 0];
    for (const parent of multinomial(weights, 9000, stream(4))) counts[parent]!++;
    expect(counts[1]).toBe(0);
    const chi = [0, 2, 3].reduce(
      (sum, k) => sum + (counts[k]! - 9000 * weights[k]!) ** 2 / (9000 * weights[k]!),
      0,
    );
    // 99.9 % point of chi-squared with 2 degrees of freedom.
    expect(chi).toBeLessThan(13.82);
    expect(multinomial([0, 1, 0], 3, { uniform: () => 1 - 2 ** -53 })).toEqual(Int32Array.of(1, 1, 1));
  });
});
