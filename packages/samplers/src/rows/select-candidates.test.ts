import { optimizers, type RowLogits, randomStream } from '@entrgi/core';
import { rowEntropy } from '@entrgi/core/internal';
import { expectAllClose } from '@entrgi/core/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { selectCandidates } from './select-candidates.js';

const SIZE = 512;

/** Logits like a language model's: mostly far below a few. */
const peaked = (seed: number, rows: number, spread: number): Float32Array => {
  const random = randomStream({ seed, prompt: 0, trajectory: 0, step: 0, purpose: 'token' });
  return Float32Array.from({ length: rows * SIZE }, () => 12 - 4 * spread * (1 - random.uniform() ** 6));
};

/** softmax(φ/τ) and its entropy in float64, by definition. */
const plain = (row: ArrayLike<number>, temperature: number) => {
  const highest = Math.max(...Array.from(row));
  const e = Array.from(row, (x) => Math.exp((x - highest) / temperature));
  const sum = e.reduce((a, b) => a + b);
  const probs = e.map((x) => x / sum);
  return { probs, entropy: -probs.reduce((h, p) => h + (p > 0 ? p * Math.log(p) : 0), 0) };
};

const rowsOf = (logits: Float32Array) =>
  Array.from({ length: logits.length / SIZE }, (_, r) => logits.subarray(r * SIZE, (r + 1) * SIZE));

const idsOf = ({ tokenIds, offsets }: RowLogits, row: number) =>
  Array.from(tokenIds!.subarray(offsets[row]!, offsets[row + 1]!));

describe('what is left out', () => {
  const cases = fc.record({
    seed: fc.nat(),
    spread: fc.constantFrom(6, 10, 20),
    temperature: fc.constantFrom(0.1, 0.7, 1, 3),
    maxMovement: fc.constantFrom(0, 0.3, 1.5025, 3.005),
    tolerance: fc.constantFrom(1e-9, 1e-6, 1e-3),
  });

  test('stays within the tolerance after any movement within the bound', async () => {
    let sparse = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ({ seed, spread, ...rule }) => {
        const logits = peaked(seed, 3, spread);
        const selected = await selectCandidates(logits, SIZE, rule);
        if (selected.tokenIds === undefined) return;
        sparse++;
        rowsOf(logits).forEach((row, r) => {
          const ids = new Set(idsOf(selected, r));
          // The worst that can happen: all candidates fall, all others rise. Total variation is then the share of the others.
          const worst = row.map((x, id) => x + (ids.has(id) ? -1 : 1) * rule.maxMovement);
          const { probs } = plain(worst, rule.temperature);
          const share = probs.reduce((sum, p, id) => sum + (ids.has(id) ? 0 : p), 0);
          expect(share).toBeLessThanOrEqual(rule.tolerance * (1 + 1e-6));
          // Values come along, ascending by token; none is left out that is more likely than one kept.
          expect(Array.from(ids)).toEqual([...ids].sort((a, b) => a - b));
          const { offsets, values } = selected;
          expect(values.subarray(offsets[r]!, offsets[r + 1]!)).toEqual(
            Float32Array.from(ids, (id) => row[id]!),
          );
          const least = Math.min(...Array.from(ids, (id) => row[id]!));
          row.forEach((x, id) => {
            if (!ids.has(id)) expect(x).toBeLessThanOrEqual(least);
          });
        });
      }),
      { numRuns: 60 },
    );
    expect(sparse).toBeGreaterThan(10);
  });

  test('counts for the entropy, also after the logits have moved', async () => {
    for (const temperature of [0.7, 1, 2]) {
      const logits = peaked(5, 4, 10);
      const selected = await selectCandidates(logits, SIZE, {
        temperature,
        maxMovement: 0.5,
        tolerance: 1e-2,
      });
      expect(selected.tokenIds).toBeDefined();
      const moved = { ...selected, values: selected.values.map((x, i) => x + 0.5 * Math.sin(i)) };
      const everything = logits.slice();
      for (let r = 0; r < 4; r++) {
        idsOf(selected, r).forEach((id, i) => {
          everything[r * SIZE + id] = moved.values[selected.offsets[r]! + i]!;
        });
      }
      for (const entropyOf of ['untempered', 'tempered'] as const) {
        const entropies = Array.from({ length: 4 }, (_, r) => rowEntropy(moved, r, temperature, entropyOf));
        const expected = rowsOf(everything).map(
          (row) => plain(row, entropyOf === 'tempered' ? temperature : 1).entropy,
        );
        // A bin is 1/32 wide, and the mean of its logits stands for each of them.
        expectAllClose(entropies, expected, { absolute: 2e-5, relative: 0 });
      }
    }
  });
});

describe('keeps the whole vocabulary', () => {
  const whole = async (
    logits: Float32Array,
    changes: Partial<Parameters<typeof selectCandidates>[2]> = {},
  ) => {
    const rule = { temperature: 0.7, maxMovement: 1, tolerance: 1e-6, ...changes };
    const selected = await selectCandidates(logits, SIZE, rule);
    return selected.tokenIds === undefined && selected.values === logits;
  };

  test('where nothing may be lost or nothing is known of the movement', async () => {
    const logits = peaked(1, 2, 20);
    expect(await whole(logits)).toBe(false);
    expect(await whole(logits, { tolerance: 0 })).toBe(true);
    expect(await whole(logits, { maxMovement: Number.POSITIVE_INFINITY })).toBe(true);
  });

  test('of flat rows, and where the movement could raise anything to the top', async () => {
    expect(await whole(peaked(1, 2, 0.5))).toBe(true);
    expect(await whole(peaked(1, 2, 20), { maxMovement: 40, temperature: 1 })).toBe(true);
  });
});

test('leaves out excluded tokens, at temperature 0 as at 1', async () => {
  const logits = peaked(3, 1, 20);
  logits[7] = Number.NEGATIVE_INFINITY;
  const cold = await selectCandidates(logits, SIZE, { temperature: 0, maxMovement: 0, tolerance: 1e-6 });
  expect(idsOf(cold, 0)).not.toContain(7);
  expect(cold).toEqual(
    await selectCandidates(logits, SIZE, { temperature: 1, maxMovement: 0, tolerance: 1e-6 }),
  );
});

test.each([1, 1e3, 5e14, 1e30])(
  'collects as many tokens as it counts, at logits of %d',
  async (magnitude) => {
    // Neighbors in float32 and a few nats apart, around the edges of bins, where rounding is coarser than a bin.
    const step = Math.max(1 / 64, magnitude * 2 ** -24);
    const logits = Float32Array.from({ length: 2 * SIZE }, (_, i) =>
      i % SIZE < 40 ? magnitude - (i % SIZE) * step : -1e37,
    );
    for (const [temperature, maxMovement] of [
      [0.7, 0],
      [1, 1.5],
      [3, 0.1],
    ] as const) {
      const selected = await selectCandidates(logits, SIZE, { temperature, maxMovement, tolerance: 1e-6 });
      rowsOf(logits).forEach((row, r) => {
        const ids = idsOf(selected, r);
        const { offsets, values } = selected;
        expect(values.subarray(offsets[r]!, offsets[r + 1]!)).toEqual(
          Float32Array.from(ids, (id) => row[id]!),
        );
        const { probs } = plain(row, temperature);
        const lost = probs.reduce((sum, p, id) => sum + (ids.includes(id) ? 0 : p), 0);
        expect(lost).toBeLessThanOrEqual(1e-6);
      });
    }
  },
);

test('Adam never moves a logit further than its bound', () => {
  const optimizer = optimizers.adam(0.5);
  // One update: η, attained by any gradient. Three: 3.005 η (the property is tested beside the optimizer, too).
  expect(optimizer.maxMovement!(3)).toBeCloseTo(0.5 * 3.005, 4);
  expect(optimizer.maxMovement!(1)).toBeCloseTo(0.5, 12);
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 12 }),
      (gradients) => {
        const logits = new Float32Array(1);
        const state = optimizer(1);
        for (const g of gradients) state.update(logits, Float32Array.of(g));
        expect(Math.abs(logits[0]!)).toBeLessThanOrEqual(
          optimizer.maxMovement!(gradients.length) * (1 + 1e-5),
        );
      },
    ),
    { numRuns: 1000 },
  );
});
