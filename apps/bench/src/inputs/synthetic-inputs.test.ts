import { softmax } from '@entrgi/core';
import { expect, test } from 'vitest';
import { fixedMix } from './fixed-mix.js';
import { halfMasked } from './half-masked.js';
import { hash } from './hash.js';
import { syntheticLogits } from './synthetic-logits.js';

// The numbers come from ../python/inputs.py, called with the same arguments.

test('hash', () => {
  expect([0, 1, 2, 1e9, 2e9 + 5].map(hash)).toEqual([
    301_794_027, 3_140_136_926, 3_601_063_660, 2_261_825_973, 4_276_613_783,
  ]);
});

test.each([
  ['peaked', [-48_669.266184687614, -48_653.07446086407, -48_764.65216720104], [189, 186, 182]],
  ['flat', [-32.53352171659935, 41.151729872915894, 20.012732120394503], [2096, 2096, 2096]],
] as const)(
  '%s logits: sums of rows without special tokens, and tokens of more than 1e-9',
  (kind, sums, support) => {
    const logits = syntheticLogits(kind, 3, 2100);
    const rows = [0, 1, 2].map((row) => logits.slice(row * 2100, (row + 1) * 2100));
    rows.forEach((row, i) => {
      expect(row.filter(Number.isFinite).reduce((sum, x) => sum + x, 0)).toBeCloseTo(sums[i]!, 2);
      expect(softmax(row, 2100, 0.7).filter((p) => p > 1e-9).length).toBe(support[i]);
    });
  },
);

test('mixes', () => {
  const { tokenIds, probs, weights } = fixedMix(2, 5);
  expect([...tokenIds]).toEqual([300, 337, 374, 411, 448, 485, 522, 559, 596, 633]);
  expect([...probs.slice(7 * 64, 7 * 64 + 3)]).toEqual(
    [0.003846153849735856, 0.004326923284679651, 0.004807692486792803].map(Math.fround),
  );
  expect([...weights]).toEqual([0, 0.25, 0.5, 0.75, 1, 0, 0.25, 0.5, 0.75, 1]);
});

test('half-masked responses', () => {
  const { tokenIds, positions } = halfMasked(Int32Array.of(1, 2), { length: 3, trajectories: 2 }, 9);
  expect([...tokenIds]).toEqual([1, 2, 9, 337, 9, 1, 2, 9, 448, 9]);
  expect([...positions]).toEqual([2, 4, 7, 9]);
});
