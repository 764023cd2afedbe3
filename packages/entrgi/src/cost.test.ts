import { nodeBackend } from '@entrgi/backend-node';
import { type Backend, type Cost, type Denoiser, isDifferentiable, type Reward } from '@entrgi/core';
import { loadDenoiser } from '@entrgi/models';
import {
  compositeReward,
  confidenceReward,
  loadReward,
  logRatioReward,
  penalties,
  verifiableReward,
} from '@entrgi/rewards';
import { denoiserDirectory, moodDirectory, rewardDirectory } from '@entrgi/tiny-stories';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generate, type MethodName, methodNames } from './index.js';

// What methods say that they cost, against what the runtime is really given: a backend that counts rows of its
// sessions' inputs and outputs, and knows nothing of methods.

const inner = nodeBackend({ threads: 1 });

/** A backend, and how many sequences went through its sessions, forward and backward, by what `rows` says. */
const counting = (rows: (feeds: Dims, outputs: Dims) => number) => {
  const count = { passes: 0 };
  const backend: Backend = {
    ...inner,
    async createSession(...given) {
      const session = await inner.createSession(...given);
      return {
        ...session,
        async run(...asked) {
          const outputs = await session.run(...asked);
          count.passes += rows(dimsOf(asked[0]), dimsOf(outputs));
          return outputs;
        },
      };
    },
  };
  return { backend, count };
};

type Dims = Readonly<Record<string, readonly number[] | undefined>>;

const dimsOf = (tensors: Readonly<Record<string, { readonly dims: readonly number[] }>>): Dims =>
  Object.fromEntries(Object.entries(tensors).map(([name, { dims }]) => [name, dims]));

const writing = counting(({ ids }) => ids![0]!);
const rating = counting((_, { rewards, token_scores }) =>
  // Without rewards it is the beginning of a prompt, computed once for all.
  rewards === undefined ? 0 : rewards[0]! * (token_scores === undefined ? 1 : 2),
);

let denoiser: Denoiser;
const rewards: Record<string, Reward> = {};

beforeAll(async () => {
  denoiser = await loadDenoiser(denoiserDirectory, { backend: writing.backend });
  const [quality, mood] = await Promise.all(
    [rewardDirectory, moodDirectory].map((path) => loadReward(path, { backend: rating.backend })),
  );
  const confidence = confidenceReward(denoiser, { steps: 3 });
  rewards.model = quality!;
  rewards.confidence = confidence;
  rewards['log-ratio'] = logRatioReward(denoiser, denoiser, { steps: 2 });
  rewards['two models'] = compositeReward([
    { reward: quality!, weight: 1 },
    { reward: mood!, weight: -1 },
  ]);
  rewards['a model and a likelihood'] = compositeReward([
    { reward: quality!, weight: 1 },
    { reward: confidence, weight: 1 },
  ]);
  rewards['a model and a rule'] = compositeReward([
    { reward: quality!, weight: 1 },
    { reward: penalties.length(5), weight: 1 },
  ]);
  rewards['a rule'] = verifiableReward('short', (text) => text.length < 20);
});

afterAll(() => inner.dispose());

/** What a run says that it cost, beside what went through networks for it. */
const spent = async (method: MethodName, reward: Reward) => {
  const before = [writing.count.passes, rating.count.passes];
  const { cost, matched } = await generate({
    denoiser,
    reward,
    method,
    prompt: 'Complete this story: A cat',
    trajectories: 3,
    steps: 4,
    maxNewTokens: 6,
    guidanceSteps: 2,
    lookEvery: 2,
  });
  const [wrote, rated] = [writing.count.passes - before[0]!, rating.count.passes - before[1]!];
  return { cost, matched, wrote, rated };
};

const sum = (costs: readonly (Cost | undefined)[], of: 'denoiserPasses' | 'rewardPasses'): number =>
  costs.reduce((total, cost) => total + (cost?.[of] ?? 0), 0);

describe.each(methodNames)('%s', (method) => {
  test('costs the passes that a reward model and a denoiser really make', async () => {
    const { cost, matched, wrote, rated } = await spent(method, rewards.model!);
    expect(sum([cost, matched], 'denoiserPasses')).toBe(wrote);
    expect(sum([cost, matched], 'rewardPasses')).toBe(rated);
    expect(wrote).toBeGreaterThan(0);
    expect(rated).toBeGreaterThan(0);
  });
});

describe.each([
  'confidence',
  'log-ratio',
  'two models',
  'a model and a likelihood',
  'a model and a rule',
  'a rule',
])('by %s', (name) => {
  test.each<MethodName>(['entrgi', 'smc'])('%s costs what really runs', async (method) => {
    const reward = rewards[name]!;
    if (method === 'entrgi' && !isDifferentiable(reward)) return;
    const { cost, wrote, rated } = await spent(method, reward);
    expect(cost.denoiserPasses + cost.rewardPasses).toBe(wrote + rated);
  });
});
