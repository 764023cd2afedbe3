import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bestOfCurve } from './summary/best-of-curve.js';
import { bleu, diversityOf, wordsOf } from './summary/diversity.js';
import { estimate, estimateOver, isClear } from './summary/statistics.js';

test('means and standard errors are those of Python’s statistics', () => {
  // statistics.mean, and statistics.stdev / sqrt(n), of Python 3.11.
  expect(estimate([0.5, 1.25, -2, 3.125, 0.75])).toEqual({
    mean: 0.725,
    error: expect.closeTo(0.8219641111386798, 14),
  });
  expect(estimate([3])).toEqual({ mean: 3, error: null });
  const seeds = [1, 2, 4]
    .map((value) => ({ seed: 1, value }))
    .concat([0, 5].map((value) => ({ seed: 2, value })));
  const over = estimateOver(
    seeds,
    ({ seed }) => seed,
    ({ value }) => value,
  );
  expect(over.mean).toBeCloseTo(2.416666666666667, 14);
  expect(over.error).toBeCloseTo(0.08333333333333326, 14);
  expect([0.201, -0.201, 0.199].map((mean) => isClear({ mean, error: 0.1 }))).toEqual([true, true, false]);
  expect(isClear({ mean: 5, error: null })).toBe(false);
});

test('expected best of n is the mean over all choices of n', () => {
  const values = [0.3, -1, 2.5, 2.5, 0, 7, -3];
  const bestBySubset = (n: number): number => {
    const bests: number[] = [];
    for (let chosen = 0; chosen < 2 ** values.length; chosen++) {
      const subset = values.filter((_, i) => (chosen >> i) & 1);
      if (subset.length === n) bests.push(Math.max(...subset));
    }
    return bests.reduce((sum, best) => sum + best, 0) / bests.length;
  };
  const curve = bestOfCurve(values);
  expect(curve).toHaveLength(values.length);
  for (const [i, best] of curve.entries()) expect(best).toBeCloseTo(bestBySubset(i + 1), 12);
});

test('BLEU is that of NLTK', () => {
  const cases: readonly { text: string; references: string[]; bleu: number }[] = JSON.parse(
    readFileSync(new URL('../../fixtures/bleu.json', import.meta.url), 'utf8'),
  );
  for (const { text, references, bleu: expected } of cases) {
    const score = bleu(
      text.split(' '),
      references.map((reference) => reference.split(' ')),
    );
    expect(score, text).toBeCloseTo(expected, 12);
  }
});

test('distinct-n counts n-grams over all responses', () => {
  expect(wordsOf("Don't go, Émile! 3×")).toEqual(["don't", 'go', ',', 'émile', '!', '3', '×']);
  const { distinct, selfBleu } = diversityOf(['a b a', 'a b c']);
  // a b c of six words; ab ba bc of four pairs; aba abc of two.
  expect(distinct).toEqual([3 / 6, 3 / 4, 1]);
  expect(selfBleu).toBeGreaterThan(0);
  expect(diversityOf(['same words here now', 'same words here now']).selfBleu).toBe(1);
  expect(diversityOf(['one'])).toEqual({ distinct: [1, null, null], selfBleu: null });
});
