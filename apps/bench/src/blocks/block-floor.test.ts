import { expect, test } from 'vitest';
import { blockFloor } from './block-floor.js';

const rates = { operations: 1000, bytes: 100 };

test('a dense step takes as long as its products, or as reading its weights', () => {
  const model = { active: { first: 10, layer: 20, head: 5 } };
  // 2 · (4 · 50 + 3 · 5) operations, 55 weights of four bytes.
  const long = blockFloor(model, { layers: 3, tokens: 4, rows: 3, dtype: 'fp32' }, rates);
  expect(long).toMatchObject({ weightGigabytes: 220e-9, secondsPerStep: 2.2, expertsTouched: 0 });
  const wide = blockFloor(model, { layers: 3, tokens: 40, rows: 0, dtype: 'fp32' }, rates);
  expect(wide.secondsPerStep).toBe(4);
});

test('of experts, a token computes those that it has chosen, and a step reads those that any has', () => {
  const experts = { count: 4, chosen: 1, weights: 8 };
  const model = { active: { first: 10, layer: 20, head: 0 }, experts };
  const step = { layers: 2, rows: 0, dtype: 'fp32' } as const;
  // One token chooses one of four; two choose 1.75 of them on average.
  expect(blockFloor(model, { ...step, tokens: 1 }, rates)).toMatchObject({ weightGigabytes: 120e-9 });
  const two = blockFloor(model, { ...step, tokens: 2 }, rates);
  expect(two).toMatchObject({ expertsTouched: 1.75, weightGigabytes: 144e-9 });
  // Where both are known to choose the same, it is one again.
  const same = blockFloor(model, { ...step, tokens: 2, touched: 1 }, rates);
  expect(same).toMatchObject({ expertsTouched: 1, weightGigabytes: 120e-9 });
});
