import picocolors from 'picocolors';
import { describe, expect, test } from 'vitest';
import { progressLine, seconds, stepClock } from './progress-line.js';

const plain = picocolors.createColors(false);

describe('progressLine', () => {
  test('says how far, how long, and how long still', () => {
    const line = progressLine(
      { step: 16, steps: 64, elapsedMs: 5000, stepMs: 312.5, entropyWeight: 0.426 },
      plain,
      68,
    );
    expect(line).toBe('━━━───────── step 16/64 25% · 5.0 s, 15 s left · w 0.43');
  });

  test('guesses nothing before it knows how long a step takes, and knows no weight without guidance', () => {
    expect(progressLine({ step: 0, steps: 8, elapsedMs: 900 }, plain, 40)).toBe('──── step 0/8 0% · 0.9 s');
  });

  test('is full at the end', () => {
    expect(progressLine({ step: 8, steps: 8, elapsedMs: 4000, stepMs: 500 }, plain, 40)).toBe(
      '━━━━ step 8/8 100% · 4.0 s, 0.0 s left',
    );
  });
});

test.each([
  [0, '0.0 s'],
  [9949, '9.9 s'],
  [9950, '10 s'],
  [59_499, '59 s'],
  [59_500, '1 min 0 s'],
  [200_000, '3 min 20 s'],
])('%i ms are %s', (milliseconds, text) => {
  expect(seconds(milliseconds)).toBe(text);
});

test('the clock of a step starts with the first step that committed something', () => {
  const clock = stepClock();
  const committed = [{ trajectory: 0, position: 0, tokenId: 1 }];
  expect(clock({ step: 1, committed: [] }, 1000)).toBeUndefined();
  expect(clock({ step: 2, committed }, 5000)).toBeUndefined();
  expect(clock({ step: 3, committed }, 5100)).toBe(100);
  expect(clock({ step: 4, committed: [] }, 5300)).toBe(150);
});
