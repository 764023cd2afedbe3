import { InvalidArgumentError } from '@entrgi/core';
import { describe, expect, test } from 'vitest';
import { defaults, type GivenSettings, resolveSettings } from './settings.js';

describe('resolveSettings', () => {
  test('what is not said has the default', () => {
    expect(resolveSettings({})).toEqual(defaults);
    expect(resolveSettings({ steps: undefined, topK: undefined })).toEqual(defaults);
  });

  test('other fields are no settings', () => {
    const options = { steps: 3, json: true, prompt: 'Hi' };
    expect(resolveSettings(options)).toEqual({ ...defaults, steps: 3 });
  });

  test('explicit options override the preset, which overrides the defaults', () => {
    const preset = { trajectories: 8, steps: 128 };
    expect(resolveSettings({ steps: 32 }, preset)).toEqual({ ...defaults, trajectories: 8, steps: 32 });
  });

  test('beta is plain ascent with learning rate 1/β', () => {
    expect(resolveSettings({ beta: 4 })).toEqual({ ...defaults, update: 'ascent', learningRate: 0.25 });
  });

  test.each<[string, GivenSettings, Partial<GivenSettings>]>([
    [
      'an explicit learning rate replaces the β of a preset, not its ascent',
      { learningRate: 3 },
      { update: 'ascent', learningRate: 3 },
    ],
    [
      'an explicit update replaces that of a preset with β',
      { update: 'adam' },
      { update: 'adam', learningRate: 0.5 },
    ],
    ['an explicit β replaces the β of a preset', { beta: 10 }, { update: 'ascent', learningRate: 0.1 }],
  ])('%s', (_, given, expected) => {
    expect(resolveSettings(given, { beta: 2 })).toEqual({ ...defaults, ...expected });
  });

  test.each<[GivenSettings, string]>([
    [{ trajectories: 0 }, '--trajectories: expected a whole number of at least 1, got 0.'],
    [{ steps: -3 }, '--steps: expected a whole number of at least 1, got -3.'],
    [{ guidanceSteps: -1 }, '--guidance-steps: expected a whole number of at least 0, got -1.'],
    [{ learningRate: 0 }, '--learning-rate: expected a number above 0, got 0.'],
    [{ beta: 0 }, '--beta: expected a number above 0, got 0.'],
    [{ temperature: -0.1 }, '--temperature: expected a number of at least 0, got -0.1.'],
    [{ topP: 1.01 }, '--top-p: expected a number above 0 and at most 1, got 1.01.'],
    [{ confidenceThreshold: 0 }, '--confidence-threshold: expected a number above 0 and at most 1, got 0.'],
    [{ topK: 0 }, '--top-k: expected a whole number of at least 1, got 0.'],
    [
      { maxNewTokens: 2 ** 53 },
      '--max-new-tokens: expected a whole number of at least 1, got 9007199254740992.',
    ],
  ])('%o is refused', (given, message) => {
    const attempt = () => resolveSettings(given);
    expect(attempt).toThrow(InvalidArgumentError);
    expect(attempt).toThrow(message);
  });

  test.each<GivenSettings>([
    { temperature: 0 },
    { guidanceSteps: 0 },
    { topP: 1 },
    { topK: 1 },
    { confidenceThreshold: 1 },
  ])('%o is at the edge of its domain', (given) => {
    expect(resolveSettings(given)).toEqual({ ...defaults, ...given });
  });
});
