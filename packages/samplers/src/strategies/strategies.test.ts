import {
  disposable,
  InvalidArgumentError,
  NumericalError,
  type PromptEndEvent,
  type Reward,
} from '@entrgi/core';
import { describe, expect, test } from 'vitest';
import {
  draws,
  orders,
  passesOf,
  remaskings,
  type Strategy,
  type StrategyEndEvent,
  type StrategyOptions,
  schedules,
  strategies,
} from '../index.js';
import { type BigramDenoiser, bigramDenoiser, vocabulary } from '../testing/bigram-denoiser.js';
import { pullGuidance, pullReward } from '../testing/pull-guidance.js';

/** How many of the words are t7. */
const sevens = (text: string) => text.split(' ').filter((word) => word === 't7').length;

const countingReward = (rate = sevens) => {
  const reward = {
    name: 'sevens',
    scored: 0,
    score: async (_: unknown, responses: readonly string[]) => {
      reward.scored += responses.length;
      return Float64Array.from(responses, rate);
    },
    ...disposable(async () => {}),
  };
  return reward satisfies Reward;
};

const base = { prompt: 'a story', trajectories: 4, steps: 12, maxNewTokens: 12, seed: 3 };

const ended = async (
  strategy: Strategy,
  options: Partial<StrategyOptions> = {},
): Promise<StrategyEndEvent> => {
  const run = strategy({ denoiser: bigramDenoiser(), reward: countingReward(), ...base, ...options });
  for await (const event of run) if (event.type === 'prompt-end') return event;
  throw new Error('expected the end');
};

const tokens = ({ trajectories }: PromptEndEvent) => trajectories.map(({ tokenIds }) => [...tokenIds]);

const all: Record<keyof typeof strategies, Strategy> = {
  independent: strategies.independent(),
  compute_matched: strategies.compute_matched({ passes: 60 }),
  smc: strategies.smc({ beta: 0.5, every: 3 }),
  particle_gibbs: strategies.particle_gibbs({ beta: 0.5, every: 3 }),
};

describe.each(Object.entries(all))('%s', (name, strategy) => {
  const samplers: [string, Partial<StrategyOptions>][] = [
    ...Object.entries(orders).map(([order, value]): [string, Partial<StrategyOptions>] => [
      order,
      { order: value },
    ]),
    ['blocks', { blockLength: 4 }],
    [
      'the LLaDA sampler',
      {
        order: orders.lowConfidence,
        schedule: schedules.even,
        draw: draws.gumbel_max,
        classifierFreeScale: 0.5,
        blockLength: 6,
      },
    ],
    ['ReMDM', { remasking: remaskings.cap(0.2) }],
    ['ReMDM in blocks', { remasking: remaskings.conf(), blockLength: 6 }],
    ['guidance', { guidance: pullGuidance(pullReward(7, 12), 2) }],
    [
      'guidance in blocks, at times',
      { guidance: pullGuidance(pullReward(7, 12), 2), blockLength: 4, guidanceEvery: 2 },
    ],
    ['greedy', { temperature: 0, guidance: pullGuidance(pullReward(7, 12), 1) }],
    ['text that stands', { response: ['ab', null, 'c'] }],
    ['everything computed', { skipRedundant: false, stopAtEnd: false }],
    ['sure tokens', { confidenceThreshold: 0.4 }],
  ];

  test.each(samplers)(
    'leaves no mask, rates its own texts, counts its cost, and is the same again: %s',
    async (_, options) => {
      const denoiser = bigramDenoiser();
      const reward = countingReward();
      const guided = pullReward(7, 12);
      const end = await ended(strategy, { ...options, denoiser, reward });
      expect(end.trajectories.length).toBeGreaterThanOrEqual(1);
      if (name !== 'compute_matched') expect(end.trajectories.length).toBe(4);
      for (const [k, { tokenIds, text }] of end.trajectories.entries()) {
        expect(tokenIds).not.toContain(vocabulary.maskId);
        expect(text).toBe(denoiser.decode(tokenIds));
        expect(end.scores.trajectories[k]).toEqual({ text, reward: sevens(text) });
      }
      expect(end.scores.top1).toBe(Math.max(...end.trajectories.map(({ text }) => sevens(text))));
      expect(end.cost.denoiserPasses).toBe(denoiser.requests.reduce((sum, { batch }) => sum + batch, 0));
      if (options.guidance === undefined) expect(end.cost.rewardPasses).toBe(reward.scored);
      else expect(end.cost.rewardPasses).toBeGreaterThan(reward.scored);
      expect(end.cost.seconds).toBe(end.timings.totalMs / 1000);
      expect(guided.evaluations).toBe(0);
      expect(tokens(await ended(strategy, options))).toEqual(tokens(end));
    },
  );

  test('another seed is something else', async () => {
    expect(tokens(await ended(strategy, { seed: 4 }))).not.toEqual(tokens(await ended(strategy)));
  });

  test('an abort ends it with its reason', async () => {
    const stop = new AbortController();
    const run = strategy({
      denoiser: bigramDenoiser(),
      reward: countingReward(),
      ...base,
      signal: stop.signal,
    });
    const consume = async () => {
      for await (const _ of run) stop.abort(new Error('enough'));
    };
    await expect(consume()).rejects.toThrow('enough');
  });

  test('a reward that is not finite, or is missing, is an error', async () => {
    await expect(ended(strategy, { reward: countingReward(() => Number.NaN) })).rejects.toThrow(
      NumericalError,
    );
    const short = { ...countingReward(), score: async () => new Float64Array(0) };
    await expect(ended(strategy, { reward: short })).rejects.toThrow(
      /rewards of 'sevens': expected \d+, one per response/,
    );
  });
});

describe('steering', () => {
  const mean = async (strategy: Strategy, options: Partial<StrategyOptions> = {}) => {
    let sum = 0;
    for (let seed = 1; seed <= 12; seed++)
      sum += (await ended(strategy, { ...options, seed, trajectories: 6 })).scores.avg;
    return sum / 12;
  };

  test('by a reward of which only values are known, SMC and particle Gibbs reach more than best-of-n, under every kind of sampler', async () => {
    for (const options of [
      {},
      { blockLength: 4 },
      { order: orders.lowConfidence, schedule: schedules.even },
      { remasking: remaskings.rescale(0.3) },
    ]) {
      const plain = await mean(all.independent, options);
      expect(await mean(strategies.smc({ beta: 0.25, every: 2 }), options)).toBeGreaterThan(plain + 0.5);
      expect(await mean(strategies.particle_gibbs({ beta: 0.25, every: 2 }), options)).toBeGreaterThan(
        plain + 0.5,
      );
    }
  });

  test('changes what a trajectory is, and says so', async () => {
    let changes = 0;
    const response = new Int32Array(48).fill(vocabulary.maskId!);
    for await (const event of all.smc({ denoiser: bigramDenoiser(), reward: countingReward(), ...base })) {
      if (event.type === 'prompt-end') continue;
      for (const { trajectory, position, tokenId } of [...event.committed, ...(event.changed ?? [])]) {
        response[trajectory * 12 + position] = tokenId;
      }
      changes += event.changed?.length ?? 0;
      expect(event.tokenIds).toEqual(response);
    }
    expect(changes).toBeGreaterThan(0);
  });

  test('goes on in blocks that are kept as if nothing were kept', async () => {
    // Keeps nothing: exact.
    const inner = bigramDenoiser();
    const openBlock: NonNullable<BigramDenoiser['openBlock']> = async ({ length, tokenIds, start, end }) => ({
      logits({ sequences, tokenIds: own, positions }) {
        const whole = new Int32Array(sequences.length * length);
        sequences.forEach((sequence, b) => {
          whole.set(tokenIds.subarray(sequence * length, (sequence + 1) * length), b * length);
          whole.set(own.subarray(b * (end - start), (b + 1) * (end - start)), b * length + start);
        });
        const at = positions.map((p) => Math.floor(p / (end - start)) * length + start + (p % (end - start)));
        return inner.logits({ tokenIds: whole, batch: sequences.length, length, positions: at });
      },
    });
    // Whole drafts would be drawn from what is kept of later blocks: the last block has none.
    const options = { blockLength: 4, order: orders.entropy };
    const strategy = strategies.smc({ beta: 0.5, every: 12 });
    const cached = await ended(strategy, {
      ...options,
      denoiser: bigramDenoiser({ openBlock }),
      cacheBlocks: true,
    });
    expect(tokens(cached)).toEqual(tokens(await ended(strategy, options)));
    const often = strategies.smc({ beta: 0.5, every: 1 });
    const again = { ...options, cacheBlocks: true };
    const first = await ended(often, { ...again, denoiser: bigramDenoiser({ openBlock }) });
    for (const { tokenIds } of first.trajectories) expect(tokenIds).not.toContain(vocabulary.maskId);
  });
});

describe('compute_matched', () => {
  test('takes the first of the same trajectories, as many as the budget buys', async () => {
    const counts: number[] = [];
    for (const passes of [1, 30, 60, 150, 400]) {
      const end = await ended(strategies.compute_matched({ passes }));
      const trajectories = end.trajectories.length;
      counts.push(trajectories);
      const many = await ended(all.independent, { trajectories });
      expect(tokens(end)).toEqual(tokens(many));
      const each = passesOf(end.cost) / trajectories;
      // Another one would cost more than what is left, and at most one group's estimate is off.
      if (trajectories > 1) expect(passesOf(end.cost)).toBeLessThanOrEqual(passes + each);
      expect(passesOf(end.cost) + each).toBeGreaterThan(passes);
    }
    expect(counts[0]).toBe(1);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(counts.at(-1)).toBeGreaterThan(10);
  });

  test('buys by seconds, too', async () => {
    const one = await ended(strategies.compute_matched({ seconds: 1e-9 }));
    expect(one.trajectories.length).toBe(1);
    const more = await ended(strategies.compute_matched({ seconds: Math.max(0.5, 20 * one.cost.seconds) }));
    expect(more.trajectories.length).toBeGreaterThan(1);
  });

  test.each([
    [{}],
    [{ passes: 1, seconds: 1 }],
    [{ passes: 0 }],
    [{ seconds: Number.NaN }],
    [{ tokens: 4 }],
    [undefined],
  ])('a budget of %j is refused', (budget) => {
    expect(() => strategies.compute_matched(budget as never)).toThrow(/^budget/);
    expect(() => strategies.compute_matched(budget as never)).toThrow(InvalidArgumentError);
  });
});

test.each<[object, RegExp]>([
  [{ beta: 0 }, /smc: beta: expected a number above 0/],
  [{ potential: 'diff' }, /smc: potential: expected one of difference, max, sum, got 'diff'/],
  [{ every: 0 }, /smc: every: expected a whole number of at least 1/],
  [{ resampleBelow: 0 }, /smc: resampleBelow: expected a number above 0 and at most 1/],
  [{ drafts: 1.5 }, /smc: drafts/],
  [{ betta: 1 }, /smc: there is no option 'betta'. Is 'beta' meant/],
])('SMC refuses %j', (options, message) => {
  expect(() => strategies.smc(options)).toThrow(message);
  expect(() => strategies.smc(options)).toThrow(InvalidArgumentError);
});

test('particle Gibbs refuses no sweep and a single particle', async () => {
  expect(() => strategies.particle_gibbs({ iterations: 0 })).toThrow(
    /iterations: expected a whole number of at least 1/,
  );
  await expect(ended(all.particle_gibbs, { trajectories: 1 })).rejects.toThrow(
    /trajectories: expected at least 2/,
  );
});
