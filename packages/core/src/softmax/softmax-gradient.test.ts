import fc from 'fast-check';
import { expect, test } from 'vitest';
import { softmax, softmaxGradient } from '../index.js';
import { expectAllClose } from '../testing/index.js';

const numbers = (count: number) =>
  fc.array(fc.double({ min: -4, max: 4, noNaN: true }).map(Math.fround), {
    minLength: count,
    maxLength: count,
  });

test('is the derivative of Σ s · softmax(φ/τ), by central differences in float64', () => {
  const objective = (row: number[], scores: number[], temperature: number) => {
    const e = row.map((x) => Math.exp(x / temperature));
    const sum = e.reduce((a, b) => a + b);
    return e.reduce((total, x, i) => total + (x / sum) * scores[i]!, 0);
  };
  fc.assert(
    fc.property(numbers(6), numbers(6), fc.constantFrom(0.1, 0.7, 1, 2), (row, scores, temperature) => {
      const expected = row.map((_, i) => {
        const h = 1e-6 * temperature;
        const [up, down] = [1, -1].map((sign) => row.with(i, row[i]! + sign * h));
        return (objective(up!, scores, temperature) - objective(down!, scores, temperature)) / (2 * h);
      });
      const probs = softmax(Float32Array.from(row), 6, temperature);
      const actual = softmaxGradient(probs, Float32Array.from(scores), 6, temperature);
      expectAllClose(actual, expected, { absolute: 1e-5, relative: 1e-4 });
    }),
  );
});

test('keeps its sign and size where one token is nearly certain', () => {
  // q₁ = 1 − 2e-6 rounds in float32, but s₁ − Σ q s must not become the rounding error of Σ q times s.
  const logits = Float32Array.of(13, 0);
  const [top] = softmaxGradient(softmax(logits, 2), Float32Array.of(1000, 999), 2, 1);
  const q = 1 / (1 + Math.exp(-13));
  expect(top! / (q * (1 - q))).toBeCloseTo(1, 5);
});

test('adds up to 0 in each row and may overwrite the scores', () => {
  const probs = softmax(Float32Array.of(1, 2, 3, 0, 0, 0), 3);
  const scores = Float32Array.of(5, -1, 2, 1, 1, 1);
  expect(softmaxGradient(probs, scores, 3, 0.5, scores)).toBe(scores);
  expect(scores[0]! + scores[1]! + scores[2]!).toBeCloseTo(0, 6);
  expectAllClose(scores.subarray(3), [0, 0, 0]);
});
