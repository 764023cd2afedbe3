import { type Order, type OrderRequest, randomStream } from '@entrgi/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { orders } from '../index.js';

const SIZE = 5;
const stream = (seed: number) => randomStream({ seed, prompt: 0, trajectory: 0, step: 1, purpose: 'order' });

interface Rows {
  initial: number[][];
  optimized: number[][];
  tokens: number[];
  postponed: boolean[];
  count: number;
  seed: number;
  entropyBound?: number;
}

const normalized = (row: number[]) => {
  const e = row.map(Math.exp);
  const sum = e.reduce((a, b) => a + b);
  return Float32Array.from(e, (x) => x / sum);
};

const request = (rows: Rows, temperature = 0): OrderRequest => ({
  rows: rows.tokens.length,
  count: rows.count,
  revealProbability: rows.count / rows.tokens.length,
  places: Int32Array.from(rows.tokens),
  postponed: Uint8Array.from(rows.postponed, Number),
  temperature,
  entropyBound: rows.entropyBound ?? 0.5,
  random: stream(rows.seed),
  initialEntropy: (row) => -negativeEntropy(normalized(rows.initial[row]!)),
  optimizedEntropy: (row) => -negativeEntropy(normalized(rows.optimized[row]!)),
  logSumExp: (row) => Math.log(rows.optimized[row]!.map(Math.exp).reduce((a, b) => a + b)),
  probability: (row) => filtered(rows, row)[rows.tokens[row]!]!,
  margin(row) {
    const [first, second] = filtered(rows, row).toSorted().toReversed();
    return first! - second!;
  },
  filteredEntropy: (row) => -negativeEntropy(filtered(rows, row)),
  logit: (row) => Math.fround(rows.optimized[row]![rows.tokens[row]!]!),
  probs: (row) => filtered(rows, row),
  logits: (row) => Float32Array.from(rows.optimized[row]!),
});

/** What the tokens were drawn from. */
const filtered = (rows: Rows, row: number) => normalized(rows.optimized[row]!.map((x) => 1.5 * x));

const logits = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: SIZE, maxLength: SIZE });
const cases: fc.Arbitrary<Rows> = fc.integer({ min: 1, max: 9 }).chain((n) => {
  const perRow = <T>(of: fc.Arbitrary<T>) => fc.array(of, { minLength: n, maxLength: n });
  return fc.record({
    initial: perRow(logits),
    optimized: perRow(logits),
    tokens: perRow(fc.nat(SIZE - 1)),
    postponed: perRow(fc.boolean()),
    count: fc.integer({ min: 1, max: n }),
    seed: fc.nat(),
  });
});

const negativeEntropy = (probs: Float32Array) => probs.reduce((sum, p) => sum + p * Math.log(p), 0);

/** What each order prefers, by its definition. */
const confidence: Record<
  Exclude<keyof typeof orders, 'origin' | 'random'>,
  (r: OrderRequest, row: number) => number
> = {
  maskgitPlus: (r, row) => r.probs(row)[r.places[row]!]!,
  topkMargin: (r, row) => {
    const [first, second] = r.probs(row).toSorted().toReversed();
    return first! - second!;
  },
  entropy: (r, row) => -r.initialEntropy(row),
  entropyBound: (r, row) => -r.initialEntropy(row),
  entropyOptimized: (r, row) => -r.optimizedEntropy(row),
  entropyFiltered: (r, row) => negativeEntropy(r.probs(row)),
  lowConfidence: (r, row) => Math.exp(r.logits(row)[r.places[row]!]! - r.logSumExp(row)),
  anchor: (r, row) => r.logits(row)[r.places[row]!]!,
};

describe.each(Object.entries(orders) as [keyof typeof orders, Order][])('%s', (name, order) => {
  test('returns distinct rows in range, as many as asked unless it is blind, and the same for the same stream', () => {
    fc.assert(
      fc.property(cases, fc.constantFrom(0, 0.2, 5), (rows, temperature) => {
        const chosen = order(request(rows, temperature));
        expect(new Set(chosen).size).toBe(chosen.length);
        for (const row of chosen) {
          expect(Number.isInteger(row) && row >= 0 && row < rows.tokens.length).toBe(true);
        }
        if (order.blind !== true && order.varies !== true) expect(chosen.length).toBe(rows.count);
        expect(order(request(rows, temperature))).toEqual(chosen);
      }),
    );
  });

  test('reveals everything in the last step', () => {
    fc.assert(
      fc.property(cases, (rows) => {
        const all = { ...rows, count: rows.tokens.length };
        expect(Array.from(order(request(all))).toSorted()).toEqual([...rows.tokens.keys()]);
      }),
    );
  });

  if (name !== 'origin' && name !== 'random') {
    test('prefers the most confident rows; postponed ones come last; of equal ones the lower', () => {
      fc.assert(
        fc.property(cases, (rows) => {
          const asked = request(rows);
          const scores = rows.tokens.map((_, row) =>
            rows.postponed[row] ? Number.NEGATIVE_INFINITY : confidence[name](asked, row),
          );
          const chosen = Array.from(order(asked));
          const worst = Math.min(...chosen.map((row) => scores[row]!));
          scores.forEach((score, row) => {
            if (chosen.includes(row)) return;
            expect(score).toBeLessThanOrEqual(worst + 1e-6);
            if (score !== worst) return;
            const equals = chosen.filter((other) => scores[other] === worst);
            expect(Math.max(...equals)).toBeLessThan(row);
          });
        }),
      );
    });
  }
});

test('origin reveals each row with its probability (4 standard deviations)', () => {
  const random = stream(1);
  let revealed = 0;
  for (let i = 0; i < 2000; i++) {
    revealed += orders.origin({ rows: 10, count: 3, revealProbability: 0.3, random }).length;
  }
  expect(Math.abs(revealed - 6000)).toBeLessThan(4 * Math.sqrt(20_000 * 0.3 * 0.7));
});

test('with a temperature, rows are drawn from the softmax of confidence without replacement (chi-squared)', () => {
  const optimized = [0.3, 1, 0, -0.5].map((x) => [x, 0, 0, 0, 0]);
  const rows = {
    initial: optimized,
    optimized,
    tokens: [0, 0, 0, 0],
    postponed: [false, false, false, true],
  };
  const temperature = 0.7;
  const share = [0.3, 1, 0].map((x) => Math.exp(x / temperature));
  const total = share.reduce((a, b) => a + b);
  const counts = new Map<string, number>();
  const draws = 6000;
  for (let seed = 0; seed < draws; seed++) {
    const chosen = Array.from(orders.anchor(request({ ...rows, count: 2, seed }, temperature)));
    counts.set(chosen.join(), (counts.get(chosen.join()) ?? 0) + 1);
  }
  let chi = 0;
  for (const a of [0, 1, 2]) {
    for (const b of [0, 1, 2].filter((row) => row !== a)) {
      // One after the other, as the definition says.
      const expected = draws * (share[a]! / total) * (share[b]! / (total - share[a]!));
      chi += ((counts.get(`${a},${b}`) ?? 0) - expected) ** 2 / expected;
    }
  }
  expect([...counts.keys()].every((key) => !key.includes('3'))).toBe(true);
  // 99.9 % point of chi-squared with 5 degrees of freedom.
  expect(chi).toBeLessThan(20.52);
});
