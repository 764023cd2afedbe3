import { expect, test } from 'vitest';
import { axes } from './axes.js';

test('runs through each list with the others at their first value, no point twice', () => {
  expect(axes({ prompt: [64, 256], trajectories: [4, 1, 16], threads: [2] })).toEqual([
    { prompt: 64, trajectories: 4, threads: 2 },
    { prompt: 256, trajectories: 4, threads: 2 },
    { prompt: 64, trajectories: 1, threads: 2 },
    { prompt: 64, trajectories: 16, threads: 2 },
  ]);
});
