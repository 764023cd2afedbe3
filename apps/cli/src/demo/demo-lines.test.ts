import picocolors from 'picocolors';
import { expect, test } from 'vitest';
import { comparisonLines, type DemoRun, runLines } from './demo-lines.js';

const plain = picocolors.createColors(false);

const run = (
  rewards: readonly number[],
  judged: readonly number[],
  rise: readonly number[] = [],
): DemoRun => {
  const top = Math.max(...rewards);
  return {
    result: {
      text: ` text ${rewards.indexOf(top) + 1}`,
      reward: top,
      avg: rewards.reduce((sum, value) => sum + value, 0) / rewards.length,
      trajectories: rewards.map((reward, k) => ({ text: `text ${k + 1}`, tokenIds: [], reward })),
      timings: { totalMs: 1234, denoiserMs: 0, guidanceMs: 0, rewardMs: 0, steps: 2 },
    },
    judged,
    rise,
  };
};

const unguided = run([1, 2, 0, 1], [0.5, 0.25, 0.75, 0.5]);
const guided = run([2, 1, 3, 2], [0.5, 0.5, 1, 0.5], [-1, 0, 2]);

test('a run is its best response, with what the judge says of that one', () => {
  expect(runLines('Guided', guided, plain)).toEqual([
    '',
    'Guided · reward 3.00, judge 1.00, 1.2 s',
    '   text 3',
  ]);
});

test('the comparison has the rise, a row for each run, and a sentence', () => {
  const lines = comparisonLines({ unguided, guided }, plain);
  expect(lines.map((line) => line.replace(/ {2,}/g, '  '))).toEqual([
    '',
    'Reward while guided  -1.00 ▁▃█ 2.00',
    '',
    '  best  mean of 4  judge',
    'unguided  2.00  1.00  0.50',
    'guided  3.00  2.00  0.63',
    'unguided, mean of 64 openings  5.71  3.85  0.93',
    'guided, mean of 64 openings  5.91  4.53  0.91',
    '',
    expect.stringMatching(
      /^Guidance raised the mean reward by 1\.00\. The judge.*: higher for the guided ones\.$/,
    ),
    '',
  ]);
});

test('what got worse is said', () => {
  const lines = comparisonLines({ unguided: guided, guided: { ...unguided, rise: [0, 0] } }, plain, 80);
  const text = lines.join('\n');
  expect(text.replace(/\s+/g, ' ')).toContain('Guidance lowered the mean reward by 1.00.');
  expect(text.replace(/\s+/g, ' ')).toContain('lower for the guided ones.');
  for (const line of lines) expect(line.length).toBeLessThan(80);
});
