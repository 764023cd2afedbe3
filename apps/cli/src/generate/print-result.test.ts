import { defaults } from 'entrgi';
import picocolors from 'picocolors';
import { describe, expect, test } from 'vitest';
import { Collector } from '../testing/capture.js';
import { printResult, resultLines } from './print-result.js';
import type { Result } from './result.js';

const plain = picocolors.createColors(false);

const result = (rewards: readonly number[], text = 'Once upon a time.\nThe end.'): Result => ({
  prompt: 'Complete this story: Once',
  method: 'entrgi',
  seed: 1,
  settings: { ...defaults, denoiser: 'd', reward: 'r' },
  trajectories: rewards.map((reward) => ({ text, tokenIds: [1], reward })),
  best: { text, reward: Math.max(...rewards) },
  top1: Math.max(...rewards),
  avg: 0.5,
  timings: { totalMs: 12_345, denoiserMs: 2000, guidanceMs: 9000, rewardMs: 8000, steps: 64 },
  cost: { seconds: 12.345, denoiserPasses: 250, rewardPasses: 1516 },
});

describe('resultLines', () => {
  test('shows every text with its reward, the best one marked and last, and a summary', () => {
    expect(resultLines(result([1.5, -0.5]), plain)).toEqual([
      'Complete this story: Once',
      '',
      '2  reward -0.5000',
      '   Once upon a time.',
      '   The end.',
      '',
      '1  reward 1.5000  ★ best',
      '   Once upon a time.',
      '   The end.',
      '',
      'entrgi · top@1 1.5000 · avg@2 0.5000 · 64 steps in 12 s (denoiser 2.0 s, guidance 9.0 s, reward 8.0 s)',
      '',
    ]);
  });

  test('a single response is not called the best', () => {
    expect(resultLines(result([0.5]), plain).join('\n')).not.toContain('best');
  });

  test('wraps to the terminal without losing a word', () => {
    const words = Array.from({ length: 40 }, (_, i) => `word${i}`).join(' ');
    const lines = resultLines(result([1], words), plain, 40);
    for (const line of lines.slice(1)) expect(line.length).toBeLessThan(40);
    expect(lines.join(' ').replace(/\s+/g, ' ')).toContain(words);
  });
});

test('a text is one line where nobody looks, and colored nowhere', () => {
  const stdout = new Collector();
  printResult(result([1], 'long '.repeat(100).trim()), { stdout, env: {} });
  expect(stdout.text).toContain(`   ${'long '.repeat(100).trim()}\n`);
  expect(stdout.text).not.toContain('\u001b');
});
