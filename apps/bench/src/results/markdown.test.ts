import { expect, test } from 'vitest';
import { markdown } from './markdown.js';

const even = (median: number) => ({ median, lower: median, upper: median });

test('a line for each side of each case, with what is missing and what differs', () => {
  const text = markdown({
    started: '2026-01-01T00:00:00.000Z',
    machine: { processor: 'some', cores: 2 },
    settings: { rounds: 3, models: ['embedded', '0.6b'] },
    cases: [
      {
        section: 'reward',
        parameters: { model: 'embedded', prompt: 64 },
        unit: 'response',
        matrixRate: even(2e11),
        sides: [
          {
            name: 'reward',
            engine: 'entrgi',
            times: { seconds: [0.0123], time: { median: 0.0123, lower: 0.012, upper: 0.0131 } },
          },
          {
            name: 'torch',
            engine: 'pytorch',
            times: {
              seconds: [0.02],
              time: even(0.02),
              ratio: { ...even(1.63), to: 'reward' },
              timesFloor: even(2),
              memory: { resident: 1.5e9, peak: 2e9 },
              agreement: { with: 'reward', difference: 0.002, tolerance: 1e-4 },
              rewards: { mean: 1, standardError: null, difference: { mean: -0.5, standardError: 0.25 } },
            },
          },
          {
            name: 'rounded',
            engine: 'entrgi',
            times: {
              seconds: [0.01],
              time: even(0.01),
              ratio: { ...even(0.5), to: 'reward' },
              texts: { same: 19, of: 20 },
              agreement: { with: 'reward', difference: 0.2, cosines: { rewards: 1, tokenScores: 0.98765 } },
            },
          },
          { name: 'gone', engine: 'pytorch', missing: 'a | b' },
        ],
      },
    ],
  });
  expect(text).toContain('- models: embedded, 0.6b');
  expect(text.split('\n').filter((line) => line.startsWith('| embedded'))).toEqual([
    '| embedded | 64 | reward | 12.3 (12–13.1) | response | – | – | – | – | 200 | – |',
    '| embedded | 64 | torch | 20 (20–20) | response | 1.63 (1.63–1.63) × reward | 2.00 (2.00–2.00) | 1.50 | 2.00 | 200 | ' +
      'DIFFERS from reward by 2.0e-3; rewards 1.00 ± –; difference -0.50 ± 0.25 |',
    '| embedded | 64 | rounded | 10 (10–10) | response | 0.50 (0.50–0.50) × reward | – | – | – | 200 | ' +
      'differs from reward by 2.0e-1, cosine of rewards 1.0000, cosine of tokenScores 0.9877; 19 of 20 texts as reward |',
    '| embedded | 64 | gone | – | response | – | – | – | – | 200 | a \\| b |',
  ]);
});
