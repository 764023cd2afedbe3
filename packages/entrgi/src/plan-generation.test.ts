import { describe, expect, test } from 'vitest';
import {
  type Denoiser,
  denoiserDirectory,
  type GenerateOptions,
  loadDenoiser,
  nodeBackend,
  preset,
  presets,
} from './index.js';
import { planGeneration } from './plan-generation.js';

const settingsOf = (options: GenerateOptions) => planGeneration(options).settings;

describe('planGeneration', () => {
  test('the defaults are the published settings, shorter and with smaller updates for the embedded denoiser', () => {
    const others = { vocabularyTolerance: 1e-6, endTokens: 'turn' };
    const published = { ...presets.published.settings, ...others };
    expect(settingsOf({ denoiser: 'owner/name' })).toEqual(published);
    expect(settingsOf({})).toEqual({ ...published, steps: 64, maxNewTokens: 64, learningRate: 0.15 });
    expect(settingsOf({ denoiser: denoiserDirectory, steps: undefined })).toEqual(settingsOf({}));
    expect(settingsOf({ denoiser: `${denoiserDirectory}/` })).toEqual(settingsOf({}));
  });

  test('the settings follow the denoiser, also as an object', async () => {
    const backend = nodeBackend({ threads: 1 });
    const embedded = await loadDenoiser(denoiserDirectory, { backend });
    expect(settingsOf({ denoiser: embedded })).toEqual(settingsOf({}));
    const other = { ...embedded, source: undefined };
    expect(settingsOf({ denoiser: other })).toEqual(settingsOf({ denoiser: 'owner/name' }));
    await backend.dispose();
  });

  test('a preset, by name or itself, says all that is not said', () => {
    const own = preset({ ...presets.talk.settings, topK: 7 });
    expect(planGeneration({ preset: 'talk', steps: 3 })).toMatchObject({
      preset: 'talk',
      settings: { ...presets.talk.settings, steps: 3 },
    });
    expect(planGeneration({ preset: presets.paper })).toMatchObject({ preset: 'paper' });
    expect(planGeneration({ preset: own })).toMatchObject({ preset: undefined, settings: own.settings });
  });

  test('β is ascent with learning rate 1/β; an explicit learning rate replaces it', () => {
    expect(settingsOf({ beta: 4 })).toMatchObject({ update: 'ascent', learningRate: 0.25 });
    expect(settingsOf({ beta: 4, learningRate: 3 })).toMatchObject({ update: 'ascent', learningRate: 3 });
    expect(() => settingsOf({ beta: 0 })).toThrow('beta: expected a number above 0, got 0.');
  });

  test.each<[GenerateOptions, string]>([
    [{ trajectories: 0 }, 'trajectories: expected a whole number of at least 1, got 0.'],
    [{ temperature: -0.1 }, 'temperature: expected a number of at least 0, got -0.1.'],
    [{ topP: 1.01 }, 'topP: expected a number above 0 and at most 1, got 1.01.'],
    [{ topK: 0 }, 'topK: expected a whole number of at least 1, got 0.'],
    [{ confidenceThreshold: 0 }, 'confidenceThreshold: expected a number above 0 and at most 1, got 0.'],
    [{ maxNewTokens: 2 ** 53 }, 'maxNewTokens: expected a whole number of at least 1, got 9007199254740992.'],
    [{ blockLength: 5 }, 'blockLength: expected a divisor of maxNewTokens (64), got 5.'],
    [{ schedule: 'odd' as never }, "schedule: expected one of cosine, even, linear, got 'odd'."],
    [{ draw: 'lots' as never }, "draw: expected one of gumbel_max, inversion, got 'lots'."],
    [{ seed: 0.5 }, 'seed: expected a whole number'],
    [{ order: 'sideways' as never }, 'order: expected one of anchor, entropy'],
    [{ update: 'sgd' as never }, "update: expected one of adam, ascent, got 'sgd'."],
    [{ endTokens: 'all' as never }, "endTokens: expected one of turn, eos, got 'all'."],
  ])('refuses %o', (options, message) => {
    expect(() => planGeneration(options)).toThrow(message);
  });

  test.each<GenerateOptions>([{ temperature: 0 }, { guidanceSteps: 0 }, { topP: 1 }, { topK: 1 }])(
    '%o is at the edge of its domain',
    (options) => {
      expect(settingsOf(options)).toMatchObject(options);
    },
  );

  test('a method settles what it needs', () => {
    expect(planGeneration({ method: 'base', trajectories: 9 })).toMatchObject({
      relaxation: undefined,
      settings: { trajectories: 1, guidanceSteps: 0 },
    });
    expect(planGeneration({ method: 'bon' }).settings).toMatchObject({ trajectories: 4, guidanceSteps: 0 });
  });
});

test('blocks that the denoiser itself knows need not come out even', () => {
  const uneven = { prompt: 'a', blockLength: 8, maxNewTokens: 20, steps: 20 };
  expect(() => planGeneration(uneven)).toThrow('a divisor of maxNewTokens (20)');
  expect(planGeneration({ ...uneven, attention: 'block-causal' }).settings.blockLength).toBe(8);
  const blockAttention = { blockLength: 8, countedFrom: 'response' } as const;
  const denoiser = { logits: async () => new Float32Array(0), blockAttention } as unknown as Denoiser;
  expect(planGeneration({ ...uneven, denoiser }).settings.blockLength).toBe(8);
});
