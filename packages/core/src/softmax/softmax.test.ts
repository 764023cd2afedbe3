import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { argmax, entropy, logSumExp, softmax } from '../index.js';
import { expectAllClose } from '../testing/index.js';

/** By the definition, in float64; fit for logits of moderate size. */
const plain = (row: number[], temperature: number) => {
  const e = row.map((x) => Math.exp(x / temperature));
  const sum = e.reduce((a, b) => a + b);
  const probs = e.map((x) => x / sum);
  return {
    probs,
    entropy: -probs.reduce((h, p) => h + (p > 0 ? p * Math.log(p) : 0), 0),
    logSumExp: Math.log(sum),
  };
};

const logit = fc.double({ min: -20, max: 20, noNaN: true }).map(Math.fround);
const rowsOf5 = fc.array(fc.array(logit, { minLength: 5, maxLength: 5 }), { minLength: 1, maxLength: 4 });

test('softmax, entropy and log-sum-exp are their definitions, row by row', () => {
  fc.assert(
    fc.property(rowsOf5, fc.double({ min: 0.3, max: 3, noNaN: true }), (rows, temperature) => {
      const logits = Float32Array.from(rows.flat());
      const expected = rows.map((row) => plain(row, temperature));
      const probs = softmax(logits, 5, temperature);
      expectAllClose(
        probs,
        expected.flatMap(({ probs }) => probs),
        { absolute: 1e-12, relative: 1e-6 },
      );
      const entropies = expected.map((row) => row.entropy);
      expectAllClose(entropy(logits, 5, temperature), entropies, { absolute: 1e-9, relative: 1e-8 });
      expectAllClose(
        logSumExp(logits, 5, temperature),
        expected.map((row) => row.logSumExp),
        { absolute: 1e-9, relative: 1e-9 },
      );
    }),
  );
});

describe('stability', () => {
  test('of huge logits', () => {
    expect(softmax(Float32Array.of(3e38, 3e38, -3e38), 3)).toEqual(Float32Array.of(0.5, 0.5, 0));
    expect(logSumExp(Float32Array.of(1e30, 0), 2)[0]).toBe(Math.fround(1e30));
  });

  test('of a tiny temperature', () => {
    expect(softmax(Float32Array.of(1, 2, 2), 3, 1e-300)).toEqual(Float32Array.of(0, 0.5, 0.5));
  });

  test('of excluded tokens: probability and entropy ignore −∞', () => {
    const probs = softmax(Float32Array.of(Number.NEGATIVE_INFINITY, 1, 1), 3, 0.7);
    expect(probs).toEqual(Float32Array.of(0, 0.5, 0.5));
    expect(entropy(Float32Array.of(Number.NEGATIVE_INFINITY, 1, 1), 3)[0]).toBeCloseTo(Math.LN2, 12);
  });

  test('at the ends: a flat row has entropy log V, a certain one 0', () => {
    expect(entropy(new Float32Array(2048), 2048)[0]).toBeCloseTo(Math.log(2048), 12);
    expect(entropy(Float32Array.of(500, 0, 0), 3)[0]).toBe(0);
  });
});

test('writes where it is told', () => {
  const out = new Float32Array(4);
  expect(softmax(Float32Array.of(0, 0, 0, 0), 2, 1, out)).toBe(out);
  expect(out).toEqual(Float32Array.of(0.5, 0.5, 0.5, 0.5));
});

test('argmax is the first of the largest, relative to the start', () => {
  expect(argmax(Float32Array.of(1, 5, 5, 2))).toBe(1);
  expect(argmax(Float32Array.of(9, 1, 5, 5), 1, 4)).toBe(1);
  expect(argmax(Float32Array.of(Number.NEGATIVE_INFINITY, -3))).toBe(1);
});
