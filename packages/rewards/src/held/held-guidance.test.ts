import { fileURLToPath } from 'node:url';
import { nodeBackend } from '@entrgi/backend-node';
import {
  type DifferentiableReward,
  type Filter,
  filters,
  type GuidanceRequest,
  NumericalError,
  optimizers,
  type RewardGuidanceOptions,
  randomStream,
  relaxations,
  rewardGuidance,
  type Vocabulary,
  wholeVocabulary,
} from '@entrgi/core';
import { type WatchedRun, watchBackend } from '@entrgi/core/testing';
import { rewardDirectory } from '@entrgi/tiny-stories';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadReward } from '../load-reward.js';

// The oracle is the guidance of @entrgi/core, in JavaScript, on the same reward: nothing of it is shared but the graph from a mix to token scores.

const runs: WatchedRun[] = [];
const backend = watchBackend(nodeBackend({ threads: 1 }), runs);
const fixture = fileURLToPath(new URL('../../../models/fixtures/qwen3-reward', import.meta.url));
let tiny: Record<'fused' | 'plain', DifferentiableReward>;
const load = async (directory: string) => ({
  fused: await loadReward(directory, { backend, fused: true }),
  plain: await loadReward(directory, { backend }),
});
beforeAll(async () => {
  tiny = await load(fixture);
});
afterAll(() => backend.dispose());

interface Step {
  readonly seed: number;
  readonly temperature: number;
  readonly trajectories: number;
  readonly filters: readonly Filter[];
  readonly guidance: Partial<RewardGuidanceOptions>;
  /** Default: the reward's. */
  readonly vocabulary?: Vocabulary;
}

const LENGTH = 7;

/** Guides random logits once, and says which tokens the reward was shown. */
const guide = async (reward: DifferentiableReward, { seed, temperature, trajectories, ...step }: Step) => {
  const vocabulary = step.vocabulary ?? reward.vocabulary!;
  const { size } = vocabulary;
  const random = randomStream({ seed, prompt: 0, trajectory: 0, step: 0, purpose: 'token' });
  const rows = Int32Array.from({ length: trajectories * LENGTH }, (_, slot) => slot).filter(
    (slot) => slot % LENGTH > 1 || slot === 0,
  );
  const tokenIds = Int32Array.from({ length: trajectories * LENGTH }, () =>
    Math.floor(random.uniform() * size),
  );
  const logits = Float32Array.from({ length: rows.length * size }, (_, i) =>
    vocabulary.specialIds.includes(i % size) && i % 3 > 0
      ? Number.NEGATIVE_INFINITY
      : 12 * random.uniform() ** 4,
  );
  runs.length = 0;
  const context = await rewardGuidance({ reward, ...step.guidance }).open({
    prompt: 'abc',
    vocabulary,
    length: LENGTH,
  });
  const request: GuidanceRequest = {
    step: 1,
    trajectories,
    tokenIds,
    rows,
    logits: wholeVocabulary(logits.slice(), size),
    temperature,
    filters: step.filters,
    random: (trajectory, guidanceStep) =>
      randomStream({ seed, prompt: 0, trajectory, step: 1, purpose: 'guidance', guidanceStep }),
  };
  const { logits: moved, rewards, weights } = await context.optimize(request);
  await context.dispose();
  return {
    values: moved.values,
    rewards: rewards.map((each) => [...each]),
    weights,
    // What the reward was shown of the responses in each guidance step, and whether it was in its own graph.
    shown: runs.flatMap(({ inputs: { ids, weights } }) => (weights === undefined ? [] : [ids!.data])),
    held: runs.some(({ inputs }) => 'uniforms' in inputs),
    given: logits,
  };
};

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, x, i) => (x === b[i] ? most : Math.max(most, Math.abs(x - b[i]!))), 0);

const compare = async (rewards: typeof tiny, step: Step) => {
  const plain = await guide(rewards.plain, step);
  const fused = await guide(rewards.fused, step);
  expect(plain.held).toBe(false);
  expect(fused.held).toBe(true);
  expect(fused.shown).toEqual(plain.shown);
  expect(largest(fused.weights, plain.weights)).toBeLessThan(1e-5);
  fused.rewards.forEach((values, m) => {
    expect(largest(values, plain.rewards[m]!)).toBeLessThan(1e-4);
  });
  expect(fused.values.map((value) => Number(value === Number.NEGATIVE_INFINITY))).toEqual(
    fused.given.map((value) => Number(value === Number.NEGATIVE_INFINITY)),
  );
  return { plain, fused };
};

describe('guidance by one graph a step is that of JavaScript', () => {
  const usual: Step = {
    seed: 1,
    temperature: 0.7,
    trajectories: 2,
    filters: [filters.topP(0.95)],
    guidance: { optimizer: optimizers.ascent(3) },
  };
  const cases: [string, Partial<Step>][] = [
    ['usual', {}],
    ['one trajectory', { trajectories: 1, seed: 2 }],
    ['five trajectories', { trajectories: 5, seed: 3 }],
    ['expectation', { guidance: { relaxation: relaxations.expectation, optimizer: optimizers.ascent(3) } }],
    ['aps', { seed: 5, guidance: { relaxation: relaxations.aps, optimizer: optimizers.ascent(3) } }],
    ['temperature 0', { temperature: 0, seed: 6 }],
    ['temperature 0.1', { temperature: 0.1, seed: 7 }],
    ['temperature 1.5', { temperature: 1.5, seed: 8 }],
    ['no filter', { filters: [], seed: 9 }],
    ['top-k', { filters: [filters.topK(3)], seed: 10 }],
    ['top-k of more than there are', { filters: [filters.topK(10_000)], seed: 10 }],
    ['top-k and top-p', { filters: [filters.topK(8), filters.topP(0.5)], seed: 11 }],
    ['a certain token', { filters: [filters.topP(1e-6), filters.topP(1)], seed: 12 }],
    [
      'other temperatures and filters of its own',
      {
        seed: 13,
        guidance: {
          optimizer: optimizers.ascent(2),
          softTemperature: 1,
          entropyOf: 'tempered',
          hardFilters: [filters.topP(0.5)],
          guidanceSteps: 4,
        },
      },
    ],
  ];
  it.each(cases)('%s', async (_, changes) => {
    const { plain, fused } = await compare(tiny, { ...usual, ...changes });
    expect(largest(fused.values, plain.values)).toBeLessThan(1e-4);
    expect(largest(plain.values, plain.given)).toBeGreaterThan(1e-3);
  });

  it.each([1, 2, 3, 4])('Adam, seed %i', async (seed) => {
    const guidance = { optimizer: optimizers.adam(0.5) };
    const { plain, fused } = await compare(tiny, { ...usual, seed, guidance });
    // Adam divides by √v: where a gradient is near its epsilon, its last bits show.
    const differences = fused.values
      .map((value, i) => (value === plain.values[i] ? 0 : Math.abs(value - plain.values[i]!)))
      .sort();
    expect(differences[Math.floor(0.98 * differences.length)]).toBeLessThan(1e-4);
    expect(differences.at(-1)).toBeLessThan(2e-2);
  });
});

it.each(['zero', 'unknown'] as const)(
  'of a denoiser with other tokens, those that the reward lacks embedded as %s',
  async (missingTokens) => {
    const own = tiny.plain.vocabulary!;
    const tokens = [...own.tokens]
      .reverse()
      .flatMap((token, i) => (i % 9 === 4 ? [`lacked ${i}`, token] : [token]));
    const endIds = own.endIds.map((id) => tokens.indexOf(own.tokens[id]));
    const vocabulary = { size: tokens.length, tokens, endIds, specialIds: endIds };
    const options = { backend, missingTokens, minimumCoverage: 0, onWarning: () => {} };
    const rewards = {
      fused: await loadReward(fixture, { ...options, fused: true }),
      plain: await loadReward(fixture, options),
    };
    const guidance = { optimizer: optimizers.ascent(3) };
    const step = {
      seed: 3,
      temperature: 0.7,
      trajectories: 2,
      filters: [filters.topP(0.9)],
      guidance,
      vocabulary,
    };
    const { plain, fused } = await compare(rewards, step);
    expect(largest(fused.values, plain.values)).toBeLessThan(1e-4);
  },
);

describe('what no graph knows is done in JavaScript', () => {
  const step = { seed: 1, temperature: 0.7, trajectories: 1, filters: [filters.topP(0.95)] };
  it.each<[string, Partial<Step>]>([
    ['a filter', { filters: [filters.ban([3])] }],
    ['a hard filter', { guidance: { hardFilters: [filters.ban([3])] } }],
    ['an optimizer', { guidance: { optimizer: () => ({ update() {} }) } }],
  ])('%s', async (_, changes) => {
    const { held, shown } = await guide(tiny.fused, { guidance: {}, ...step, ...changes });
    expect(held).toBe(false);
    expect(shown).toHaveLength(3);
  });
});

it('refuses logits that overflow', async () => {
  const guidance = { optimizer: optimizers.ascent(1e39), guidanceSteps: 1 };
  const step = { seed: 1, temperature: 1, trajectories: 1, filters: [], guidance };
  await expect(guide(tiny.fused, step)).rejects.toThrow(NumericalError);
  await expect(guide(tiny.fused, step)).rejects.toThrow('expected finite logits after guidance step 1');
});

it('of the embedded reward', { timeout: 60_000 }, async () => {
  const embedded = await load(rewardDirectory);
  for (const seed of [1, 2]) {
    const guidance = { optimizer: optimizers.ascent(3) };
    const { plain, fused } = await compare(embedded, {
      seed,
      temperature: 0.7,
      trajectories: 2,
      filters: [filters.topP(0.95)],
      guidance,
    });
    expect(largest(fused.values, plain.values)).toBeLessThan(1e-4);
  }
});
