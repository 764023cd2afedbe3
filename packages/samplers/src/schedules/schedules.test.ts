import { describe, expect, test } from 'vitest';
import { schedules } from '../index.js';

describe.each(Object.entries(schedules))('%s', (_, schedule) => {
  test.each([1, 2, 7, 64, 500])('falls strictly from 1 to at most 1e-3 in %d steps', (steps) => {
    expect(schedule(0, steps)).toBe(1);
    expect(schedule(steps, steps)).toBeLessThanOrEqual(1e-3 + 1e-9);
    expect(schedule(steps, steps)).toBeGreaterThanOrEqual(0);
    for (let step = 1; step <= steps; step++) {
      expect(schedule(step, steps)).toBeLessThan(schedule(step - 1, steps));
    }
  });
});

test('linear is linspace(1, 1e-3)', () => {
  // numpy.linspace(1, 1e-3, 5)
  const expected = [1, 0.75025, 0.5005, 0.25075, 0.001];
  expected.forEach((t, step) => {
    expect(schedules.linear(step, 4)).toBeCloseTo(t, 12);
  });
});

test('cosine starts slowly', () => {
  expect(schedules.cosine(1, 4)).toBeGreaterThan(schedules.linear(1, 4));
});
