import { fileURLToPath } from 'node:url';
import { nodeBackend } from '@entrgi/backend-node';
import {
  type Denoiser,
  type DifferentiableReward,
  filters,
  type Order,
  optimizers,
  relaxations,
  rewardGuidance,
} from '@entrgi/core';
import { type WatchedRun, watchBackend } from '@entrgi/core/testing';
import { loadDenoiser } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { denoiserDirectory, rewardDirectory } from '@entrgi/tiny-stories';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { byConfidence, draws, orders, remaskings, type SampleOptions, sample } from '../index.js';

// The oracle is the way through JavaScript, with the same models and seed: rows, filters, draws and what orders ask are computed twice.

const runs: WatchedRun[] = [];
const backend = watchBackend(nodeBackend({ threads: 1 }), runs);
const fixture = (name: string) => fileURLToPath(new URL(`../../../models/fixtures/${name}`, import.meta.url));
type Models = Record<'held' | 'rows', { denoiser: Denoiser; reward: DifferentiableReward }>;
const load = async (denoiser: string, reward: string): Promise<Models> => {
  const of = async (fused: boolean) => ({
    denoiser: await loadDenoiser(denoiser, { backend, fused }),
    reward: await loadReward(reward, { backend, fused }),
  });
  return { held: await of(true), rows: await of(false) };
};
let tiny: Models;
beforeAll(async () => {
  tiny = await load(fixture('dream'), fixture('qwen3-reward'));
});
afterAll(() => backend.dispose());

type Settings = Partial<SampleOptions> & { readonly guide?: Partial<Parameters<typeof rewardGuidance>[0]> };

const generate = async ({ denoiser, reward }: Models['held'], { guide = {}, ...settings }: Settings) => {
  runs.length = 0;
  const committed: unknown[] = [];
  const rewards: number[] = [];
  const weights: number[] = [];
  const guidance = rewardGuidance({ reward, optimizer: optimizers.ascent(3), guidanceSteps: 2, ...guide });
  for await (const event of sample({
    denoiser,
    prompts: ['abc'],
    guidance,
    trajectories: 2,
    steps: 4,
    maxNewTokens: 8,
    temperature: 0.7,
    filters: [filters.topP(0.95)],
    ...settings,
  })) {
    if (event.type !== 'step-end') continue;
    committed.push(event.committed);
    rewards.push(...(event.rewards?.first ?? []), ...(event.rewards?.last ?? []));
    weights.push(event.entropyWeight ?? 0);
  }
  const { size } = denoiser.vocabulary;
  const crossing = runs.flatMap(({ inputs, outputs }) => Object.values({ ...inputs, ...outputs }));
  return {
    committed,
    rewards,
    weights,
    // In rows of the vocabulary. Two are what may not be drawn, of rows of two kinds.
    largest: Math.max(...crossing.map(({ data }) => data.length / size)),
    isDrawnThere: runs.some(({ outputs }) => 'tokens' in outputs),
  };
};

const compare = async (models: Models, settings: Settings) => {
  const rows = await generate(models.rows, settings);
  const held = await generate(models.held, settings);
  expect(rows.isDrawnThere).toBe(false);
  expect(rows.largest).toBeGreaterThan(2);
  expect(held.committed).toEqual(rows.committed);
  expect(held.rewards.length).toBe(rows.rewards.length);
  expect(held.rewards.length).toBeGreaterThan(0);
  expect(Math.abs(held.weights[0]! - rows.weights[0]!)).toBeLessThan(1e-5);
  held.rewards.forEach((value, i) => {
    expect(Math.abs(value - rows.rewards[i]!)).toBeLessThan(1e-4);
  });
  return held;
};

describe('a step whose logits stay on the device is that of JavaScript', () => {
  const cases: [string, Settings][] = [
    ['no filter', { filters: [], seed: 4 }],
    ['top-k and top-p', { filters: [filters.topK(8), filters.topP(0.5)], seed: 5 }],
    ['one trajectory', { trajectories: 1, seed: 6 }],
    ['equal responses apart', { skipRedundant: false, seed: 7 }],
    ['guidance in every other step', { guidanceEvery: 2, seed: 8 }],
    ['masked again', { remasking: remaskings.conf(), seed: 9, steps: 8 }],
    ['blocks', { blockLength: 4, seed: 10 }],
    [
      'text that stands, before which no response ends',
      { response: [4, 'abc', null], temperature: 3, filters: [], seed: 11 },
    ],
    ['end tokens late', { deprioritizeEos: true, temperature: 3, filters: [], seed: 11 }],
    ['a temperature of the order', { orderTemperature: 0.5, seed: 12 }],
    ['expectation', { guide: { relaxation: relaxations.expectation }, seed: 13 }],
    ['one trajectory at a time', { guide: { memoryLimit: 120_000 }, trajectories: 3, seed: 14 }],
    ['other temperatures', { guide: { softTemperature: 1, entropyOf: 'tempered' }, seed: 15 }],
  ];
  test.each(Object.entries(orders) as [string, Order][])('%s', async (_, order) => {
    for (const temperature of [0, 0.7, 1.5]) {
      const { isDrawnThere, largest } = await compare(tiny, { order, temperature });
      expect(isDrawnThere).toBe(true);
      expect(largest).toBeLessThanOrEqual(2);
    }
  });

  test.each(cases)('%s', async (_, settings) => {
    const { isDrawnThere, largest } = await compare(tiny, settings);
    expect(isDrawnThere).toBe(true);
    if (settings.guidanceEvery === undefined) expect(largest).toBeLessThanOrEqual(2);
  });

  test('with the embedded models', { timeout: 60_000 }, async () => {
    const embedded = await load(denoiserDirectory, rewardDirectory);
    const settings = { maxNewTokens: 24, steps: 6, prompts: ['Once upon a time, there was a dragon.'] };
    const { isDrawnThere, largest } = await compare(embedded, settings);
    expect(isDrawnThere).toBe(true);
    expect(largest).toBeLessThanOrEqual(2);
  });
});

test.each<[string, Settings]>([
  ['an order that reads rows', { order: byConfidence(({ probs }, row) => probs(row)[0]!) }],
  ['a filter that no graph knows', { filters: [filters.ban([3])] }],
  ['another draw', { draw: draws.gumbel_max }],
  ['a confidence threshold', { confidenceThreshold: 0.9 }],
  ['an edit of the logits', { edit: { logits() {} } }],
])('rows cross for %s', async (_, settings) => {
  const { isDrawnThere } = await compare(tiny, settings);
  expect(isDrawnThere).toBe(false);
});

test('an order that reads rows after all is refused', async () => {
  const order = byConfidence(({ probs }, row) => probs(row)[0]!, { readsRows: false });
  await expect(generate(tiny.held, { order })).rejects.toThrow('expected none that reads probs');
});

test('a reward on another backend gets rows', async () => {
  const other = nodeBackend({ threads: 1 });
  const reward = await loadReward(fixture('qwen3-reward'), { backend: other, fused: true });
  const { isDrawnThere } = await compare({ ...tiny, held: { ...tiny.held, reward } }, {});
  expect(isDrawnThere).toBe(false);
  await other.dispose();
});
