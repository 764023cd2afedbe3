import { expect, test } from 'vitest';
import { sparkline } from './sparkline.js';

test('is highest where the series is', () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 40)).toBe('▁▂▃▄▅▆▇█');
  expect(sparkline([3, -1], 40)).toBe('█▁');
});

test('has means of neighbors where there is no room', () => {
  expect(sparkline([0, 2, 6, 8, 3, 5], 3)).toBe('▁█▅');
});

test('is flat where the series is', () => {
  expect(sparkline([2, 2], 40)).toBe('▁▁');
});
