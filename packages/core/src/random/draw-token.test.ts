import { expect, test } from 'vitest';
import { drawToken } from './draw-token.js';
import { randomStream } from './random-stream.js';

const fixed = (u: number) => ({ uniform: () => u });

test('inverts the cumulative distribution in the order of ids', () => {
  const probs = Float32Array.of(0.25, 0, 0.5, 0.25, 0);
  const drawn = [0, 0.2499, 0.25, 0.7499, 0.75, 0.9999999].map((u) => drawToken(probs, fixed(u)));
  expect(drawn).toEqual([0, 0, 2, 2, 3, 3]);
});

test('never draws an impossible token, even where rounding runs over the end', () => {
  const probs = new Float32Array(101).fill(0.1);
  probs[100] = 0;
  expect(drawToken(probs, fixed(1 - 2 ** -53))).toBe(99);
  expect(drawToken(Float32Array.of(0, 3), fixed(0))).toBe(1);
});

test('draws each token as often as its probability says (chi-squared)', () => {
  const probs = Float32Array.of(0.5, 0.125, 0.25, 0.125);
  const random = randomStream({ seed: 3, prompt: 1, trajectory: 0, step: 1, purpose: 'token' });
  const counts = [0, 0, 0, 0];
  const draws = 40_000;
  for (let i = 0; i < draws; i++) counts[drawToken(probs, random)]!++;
  const chi = counts.reduce((sum, n, id) => sum + (n - draws * probs[id]!) ** 2 / (draws * probs[id]!), 0);
  // 99.9 % point of chi-squared with 3 degrees of freedom.
  expect(chi).toBeLessThan(16.27);
});
