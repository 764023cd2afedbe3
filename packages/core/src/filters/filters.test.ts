import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Filter, filters, InvalidArgumentError, randomStream, softmax } from '../index.js';
import { expectAllClose } from '../testing/index.js';

/** A distribution with ties: small whole numbers, rescaled. */
const distribution = fc
  .array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 30 })
  .filter((shares) => shares.some((share) => share > 0))
  .map((shares) => {
    const sum = shares.reduce((a, b) => a + b);
    return Float32Array.from(shares, (share) => share / sum);
  });

/** Ids by falling probability, of equal ones the lower first. */
const ranked = (probs: Float32Array) =>
  Array.from(probs.keys()).sort((a, b) => probs[b]! - probs[a]! || a - b);

const keep = (probs: Float32Array, ids: number[]) => {
  const mass = ids.reduce((sum, id) => sum + probs[id]!, 0);
  return probs.map((p, id) => (ids.includes(id) ? p / mass : 0));
};

const examples: Record<keyof typeof filters, Filter[]> = {
  topP: [filters.topP(0.01), filters.topP(0.5), filters.topP(0.95), filters.topP(1)],
  topK: [filters.topK(1), filters.topK(3), filters.topK(1000)],
  ban: [filters.ban([]), filters.ban([3]), filters.ban([0, 5, 1000])],
};

describe.each(Object.entries(examples))('%s', (_, variants) => {
  test('keeps tokens with their proportions, and knows each by its id wherever it stands', () => {
    fc.assert(
      fc.property(distribution, fc.nat(3), fc.constantFrom(...variants), (probs, gap, filter) => {
        const filtered = probs.slice();
        filter(filtered);
        const kept = ranked(filtered).filter((id) => filtered[id]! > 0);
        const mass = filtered.reduce((a, b) => a + b, 0);
        const scaled = filtered.map((p) => (mass === 0 ? 0 : p / mass));
        expectAllClose(scaled, keep(probs, kept), { absolute: 1e-6 });
        // The same tokens, named, of a vocabulary in which improbable ones stand between them.
        const tokenIds = Int32Array.from(probs.keys(), (id) => id * (gap + 1));
        const [some, all] = [probs.slice(), new Float32Array(probs.length * (gap + 1))];
        tokenIds.forEach((id, place) => {
          all[id] = probs[place]!;
        });
        filter(some, tokenIds);
        filter(all);
        expectAllClose(
          some,
          Array.from(tokenIds, (id) => all[id]!),
          { absolute: 1e-6 },
        );
      }),
    );
  });

  if (variants.every(({ keepsMostProbable }) => keepsMostProbable)) {
    test('keeps some of the most probable tokens, rescaled to 1, as it says', () => {
      fc.assert(
        fc.property(distribution, fc.constantFrom(...variants), (probs, filter) => {
          const filtered = probs.slice();
          filter(filtered);
          const kept = ranked(filtered).filter((id) => filtered[id]! > 0);
          expect(kept.length).toBeGreaterThan(0);
          expect(filtered.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
          expect(ranked(probs).slice(0, kept.length).sort()).toEqual(kept.sort());
        }),
      );
    });
  }

  test('leaves a certain token alone', () => {
    for (const filter of variants) {
      const probs = Float32Array.of(0, 1, 0);
      filter(probs);
      expect(probs).toEqual(Float32Array.of(0, 1, 0));
    }
  });
});

test('ban excludes its tokens, with and without ids', () => {
  const probs = () => Float32Array.of(0.5, 0.25, 0.25);
  const [all, some] = [probs(), probs()];
  filters.ban([1, 7])(all);
  expect(all).toEqual(Float32Array.of(0.5, 0, 0.25));
  filters.ban([1, 7])(some, Int32Array.of(1, 6, 7));
  expect(some).toEqual(Float32Array.of(0, 0.25, 0));
  expect(filters.ban([1]).keepsMostProbable).toBeUndefined();
});

test.each([['5'], [[-1]], [[0.5]], [[Number.NaN]], [['1']], [undefined], [7]])('ban refuses %j', (ids) => {
  expect(() => filters.ban(ids as never)).toThrow(InvalidArgumentError);
});

test('topP keeps the smallest set whose mass is at least p (all sets tried)', () => {
  // Shares of a power of two add up exactly, so that "at least p" has no rounding.
  const exact = fc
    .array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 7 })
    .map((shares) => [...shares, 64 - shares.reduce((a, b) => a + b)])
    .map((shares) => Float32Array.from(shares, (share) => share / 64));
  fc.assert(
    fc.property(exact, fc.integer({ min: 1, max: 63 }), (probs, p64) => {
      const p = p64 / 64;
      let smallest = probs.length;
      for (let set = 1; set < 1 << probs.length; set++) {
        const ids = Array.from(probs.keys()).filter((id) => (set >> id) & 1);
        const mass = ids.reduce((sum, id) => sum + probs[id]!, 0);
        if (mass >= p) smallest = Math.min(smallest, ids.length);
      }
      const filtered = probs.slice();
      filters.topP(p)(filtered);
      expectAllClose(filtered, keep(probs, ranked(probs).slice(0, smallest)), { absolute: 1e-6 });
    }),
    { numRuns: 300 },
  );
});

test.each([0.1, 1, 3, 30])(
  'topP of a vocabulary, logits spread by %d, is that of sorting all of it',
  (spread) => {
    const random = randomStream({ seed: 1, prompt: 0, trajectory: 0, step: 0, purpose: 'token' });
    for (const p of [0.05, 0.5, 0.95, 1 - 2 ** -53]) {
      // Rounded, so that some are equal.
      const logits = Float32Array.from({ length: 2048 }, () => Math.round(64 * random.uniform()) / 64);
      const probs = softmax(logits, 2048, 1 / spread);
      const ids = ranked(probs);
      const total = ids.reduce((sum, id) => sum + probs[id]!, 0);
      let mass = 0;
      const kept = ids.filter((id) => {
        const stays = mass < p * total;
        if (stays) mass += probs[id]!;
        return stays;
      });
      const filtered = probs.slice();
      filters.topP(p)(filtered);
      expectAllClose(filtered, keep(probs, kept), { absolute: 1e-7 });
    }
  },
);

test.each([2 ** -8, 2 ** 8])('topP of weights that add up to %d is that of their shares', (factor) => {
  fc.assert(
    fc.property(distribution, fc.constantFrom(0.1, 0.5, 0.95), (probs, p) => {
      const [shares, weights] = [probs.slice(), probs.map((each) => each * factor)];
      filters.topP(p)(shares);
      filters.topP(p)(weights);
      expectAllClose(weights, shares, { absolute: 1e-7 });
    }),
  );
});

test('one filter serves rows of any length, in any order', () => {
  const random = randomStream({ seed: 2, prompt: 0, trajectory: 0, step: 0, purpose: 'token' });
  const [shared, sharedK] = [filters.topP(0.9), filters.topK(5)];
  for (const size of [3, 500, 1, 70, 500]) {
    const logits = Float32Array.from({ length: size }, () => 8 * random.uniform());
    for (const [filter, fresh] of [
      [shared, filters.topP(0.9)],
      [sharedK, filters.topK(5)],
    ] as const) {
      const [own, other] = [softmax(logits, size), softmax(logits, size)];
      filter(own);
      fresh(other);
      expect(own).toEqual(other);
    }
  }
});

test('topK keeps k tokens, the lower ids of equal ones', () => {
  const probs = Float32Array.of(0.25, 0.25, 0.25, 0.25);
  filters.topK(2)(probs);
  expect(probs).toEqual(Float32Array.of(0.5, 0.5, 0, 0));
});

test('topP keeps the lower ids of equal ones', () => {
  const probs = new Float32Array(1000).fill(1 / 1000);
  filters.topP(0.1)(probs);
  const kept = Array.from(probs.keys()).filter((id) => probs[id]! > 0);
  expect(kept).toEqual(Array.from({ length: kept.length }, (_, id) => id));
  expect(Math.abs(kept.length - 100)).toBeLessThanOrEqual(1);
});

test.each([0, -1, 1.5, Number.NaN, '0.5', [0.5], undefined])('refuses %j', (value) => {
  expect(() => filters.topP(value as never)).toThrow(InvalidArgumentError);
  expect(() => filters.topK(value as never)).toThrow(InvalidArgumentError);
});
