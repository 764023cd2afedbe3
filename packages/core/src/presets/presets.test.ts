import { expect, test } from 'vitest';
import { presets } from '../index.js';

test.each(Object.entries(presets))('%s is within every domain', (_, preset) => {
  for (const count of [preset.trajectories, preset.steps, preset.guidanceSteps, preset.maxNewTokens]) {
    expect(count).toBeGreaterThan(0);
    expect(Number.isInteger(count)).toBe(true);
  }
  expect(preset.topP).toBeLessThanOrEqual(1);
  if (preset.beta !== undefined) expect(preset.learningRate).toBe(1 / preset.beta);
});

test('the published numbers: trajectories / steps / guidance steps, learning rate, temperature', () => {
  const { paper, reference, talk } = presets;
  const numbers = [paper, reference, talk].map((p) => [
    p.trajectories,
    p.steps,
    p.guidanceSteps,
    p.learningRate,
    p.temperature,
    p.update,
    p.entropyOf,
  ]);
  expect(numbers).toEqual([
    [4, 128, 3, 0.5, 0.7, 'ascent', 'tempered'],
    [8, 64, 3, 1, 0.7, 'adam', 'untempered'],
    [4, 128, 3, 0.5, 0.7, 'ascent', 'untempered'],
  ]);
});
