import { expect, test } from 'vitest';
import { exponential, powers } from './exponential.js';

test('agrees with Math.exp to 1e-10 relative', () => {
  let worst = 0;
  for (let x = -69; x <= 0; x += 0.00037) {
    worst = Math.max(worst, Math.abs(exponential(x, powers) / Math.exp(x) - 1));
  }
  expect(worst).toBeLessThan(1e-10);
});

test('is exact at 0, 0 where it is negligible, and keeps a NaN', () => {
  expect(exponential(0, powers)).toBe(1);
  expect(exponential(-69, powers)).toBeGreaterThan(0);
  expect(exponential(-69.1, powers)).toBe(0);
  expect(exponential(Number.NEGATIVE_INFINITY, powers)).toBe(0);
  expect(exponential(Number.NaN, powers)).toBeNaN();
});
