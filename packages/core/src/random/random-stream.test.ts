import { describe, expect, test } from 'vitest';
import { hashTokens, InvalidArgumentError, type RandomStreamKey, randomStream } from '../index.js';

const key: RandomStreamKey = {
  seed: 1,
  prompt: 2,
  trajectory: 3,
  step: 4,
  purpose: 'guidance',
  guidanceStep: 0,
};

const numbers = (changes: Partial<RandomStreamKey> = {}, count = 5) => {
  const stream = randomStream({ ...key, ...changes });
  return Array.from({ length: count }, () => stream.uniform());
};

describe('a stream', () => {
  test('gives the same numbers for the same key, in this and any later version', () => {
    expect(numbers()).toEqual(numbers());
    // Written down once: a change of these numbers changes every seeded result of users.
    expect(numbers({}, 3)).toMatchInlineSnapshot(`
      [
        0.0007729329764220028,
        0.570027377433793,
        0.8803332809803097,
      ]
    `);
  });

  test('differs in each coordinate', () => {
    const variants: Partial<RandomStreamKey>[] = [
      {},
      { seed: 2 },
      { seed: -1 },
      { seed: 1 + 2 ** 32 },
      { prompt: 3 },
      { prompt: 2 + 2 ** 32 },
      { trajectory: 4 },
      { step: 5 },
      { guidanceStep: 1 },
      { purpose: 'token' },
      { purpose: 'order' },
    ];
    expect(new Set(variants.map((changes) => numbers(changes).join())).size).toBe(variants.length);
  });

  test('is uniform in [0, 1): 20 bins, chi-squared', () => {
    const bins = new Array<number>(20).fill(0);
    for (const u of numbers({}, 100_000)) bins[Math.floor(u * 20)]!++;
    expect(bins).toHaveLength(20);
    const chi = bins.reduce((sum, n) => sum + (n - 5000) ** 2 / 5000, 0);
    // 99.9 % point of chi-squared with 19 degrees of freedom.
    expect(chi).toBeLessThan(43.82);
  });

  test.each([0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])('takes the seed %d', (seed) => {
    expect(numbers({ seed }).every((u) => u >= 0 && u < 1)).toBe(true);
  });

  test.each([0.5, Number.NaN, 2 ** 53])('refuses the seed %d', (seed) => {
    expect(() => numbers({ seed })).toThrow(InvalidArgumentError);
  });
});

describe('the hash of a prompt', () => {
  test('depends on every id, on their order and on how many there are', () => {
    const prompts = [[], [0], [0, 0], [1, 2, 3], [1, 3, 2], [3, 2, 1], [1, 2], [151_643, 2, 3]];
    const hashes = prompts.map((ids) => hashTokens(Int32Array.from(ids)));
    expect(new Set(hashes).size).toBe(prompts.length);
    for (const hash of hashes) expect(Number.isSafeInteger(hash) && hash >= 0).toBe(true);
  });
});
