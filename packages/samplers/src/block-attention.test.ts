import { readFile } from 'node:fs/promises';
import { nodeBackend } from '@entrgi/backend-node';
import {
  type Backend,
  type Denoiser,
  type DifferentiableReward,
  InvalidArgumentError,
  optimizers,
  type ResponseMix,
  rewardGuidance,
} from '@entrgi/core';
import { loadDenoiser } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blockFamilies, openBlockFamily } from '../../models/fixtures/block-families.js';
import { fixture, relativeError } from '../../models/fixtures/fixture.js';
import { orders, type SampleOptions, sample, schedules } from './index.js';

const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());

const run = async (denoiser: Denoiser, options: Partial<SampleOptions>) => {
  const responses: number[][] = [];
  const steps: number[][] = [];
  const rewards: number[] = [];
  let passes = 0;
  const given = { prompts: ['abc'], trajectories: 3, maxNewTokens: 10, steps: 10, stopAtEnd: false };
  for await (const event of sample({ denoiser, ...given, ...options })) {
    if (event.type === 'step-end') {
      steps.push(event.committed.map(({ position }) => position));
      for (const values of Object.values(event.rewards ?? {}))
        rewards.push(...[...values].filter(Number.isFinite));
    } else {
      responses.push(...event.trajectories.map((t) => [...t.tokenIds]));
      passes += event.cost.denoiserPasses;
    }
  }
  return { responses, steps, rewards, passes };
};

interface Text {
  readonly blockLength: number;
  readonly prompt: number[];
  readonly tokens: number[];
}
const texts = JSON.parse(await readFile(fixture('block-causal-texts.json'), 'utf8')) as Text[];

describe.each(texts)(
  'in blocks of $blockLength behind $prompt.length tokens',
  ({ blockLength, prompt, tokens }) => {
    test.each([true, false])('writes what the toolkit writes (cache: %s)', async (cacheBlocks) => {
      const attention = { attention: 'block-causal', blockLength } as const;
      await using denoiser = await loadDenoiser(fixture('a2d-qwen3'), { backend, ...attention });
      const { responses, steps } = await run(
        { ...denoiser, encodePrompt: () => Int32Array.from(prompt) },
        {
          trajectories: 1,
          temperature: 0,
          filters: [],
          order: orders.lowConfidence,
          schedule: schedules.even,
          deprioritizeEos: false,
          maxNewTokens: tokens.length,
          // One token a step: a share is rounded up, so that of the last, shorter block some steps have nothing left.
          steps: blockLength * Math.ceil(tokens.length / blockLength),
          cacheBlocks,
        },
      );
      expect(responses).toEqual([tokens]);
      const order = steps.flat().map((slot) => Math.floor(slot / blockLength));
      expect(order).toEqual([...order].sort((a, b) => a - b));
    });
  },
);

/** Tokens of responses that went through the reward's gradient. */
let gradientTokens = 0;
const counting: Backend = {
  ...backend,
  async createSession(...model) {
    const session = await backend.createSession(...model);
    const run: typeof session.run = (feeds, options) => {
      if (feeds.probs !== undefined) gradientTokens += feeds.ids!.dims.reduce((a, b) => a * b);
      return session.run(feeds, options);
    };
    return { ...session, run };
  },
};

const reward = await loadReward(fixture('qwen3-reward'), { backend: counting });
const recomputing = await loadReward(fixture('qwen3-reward'), { backend: counting, prefixReuse: false });

/** No multiple of the blocks, from wherever they are counted. */
const prefix = Int32Array.from({ length: 7 }, (_, i) => (11 * i + 3) % 90);

describe.each(Object.keys(blockFamilies))('blocks of %s', (name) => {
  let denoiser: Denoiser;
  /** Where the first block of a response ends: others are 4 tokens further each. */
  let first: number;
  beforeAll(async () => {
    const family = blockFamilies[name]!;
    const [folder, remove] = await openBlockFamily(family);
    const loaded = await loadDenoiser(folder, { backend, ...family.attention });
    denoiser = { ...loaded, encodePrompt: () => prefix };
    first = denoiser.blockAttention!.countedFrom === 'response' ? 4 : 1;
    return async () => {
      await loaded.dispose();
      await remove();
    };
  });

  /** The denoiser, noting every row of logits that it gives. */
  const noting = (inner: Denoiser) => {
    const rows: number[] = [];
    const note = (logits: Float32Array) => {
      rows.push(...logits);
      return logits;
    };
    const outer: Denoiser = {
      ...inner,
      logits: async (request) => note(await inner.logits(request)),
      async openBlock(request) {
        const block = await inner.openBlock!(request);
        return { logits: async (within) => note(await block.logits(within)) };
      },
    };
    return { rows, denoiser: outer };
  };

  test.each<[string, Partial<SampleOptions>]>([
    ['hot', { temperature: 1.3, order: orders.maskgitPlus }],
    ['by a threshold', { confidenceThreshold: 0.02 }],
    ['by an entropy bound', { order: orders.entropyBound, entropyBound: 8 }],
    ['in half blocks', { blockLength: 2 }],
    ['with edited tokens', { editThreshold: 0.02, steps: 18 }],
    ['guided away from no prompt', { classifierFreeScale: 0.5 }],
    ['around text that stands', { response: Int32Array.of(-1, -1, 5, -1, -1, -1, -1, 7, -1, -1) }],
  ])('are the same with and without cache: %s', async (_, options) => {
    const given =
      options.response instanceof Int32Array
        ? { response: options.response.map((id) => (id < 0 ? denoiser.vocabulary.maskId! : id)) }
        : {};
    const cached = noting(denoiser);
    const whole = noting(denoiser);
    // Equal responses go through a whole pass once, through a block one by one.
    const each = { ...options, ...given, skipRedundant: false };
    const withCache = await run(cached.denoiser, each);
    const without = await run(whole.denoiser, { ...each, cacheBlocks: false });
    expect(withCache.responses).toEqual(without.responses);
    expect(withCache.steps).toEqual(without.steps);
    expect(cached.rows.length).toBe(whole.rows.length);
    expect(relativeError(cached.rows, whole.rows)).toBeLessThan(1e-5);
  });

  test('are the same guided, by a reward that keeps what is finished and by one that computes it again', async () => {
    const guided = async (by: DifferentiableReward, cacheBlocks: boolean) => {
      const noted = noting(denoiser);
      const guidance = rewardGuidance({ reward: by, optimizer: optimizers.adam(0.5), guidanceSteps: 2 });
      const options = { trajectories: 2, maxNewTokens: 18, steps: 10, skipRedundant: false };
      // Nothing hides what stands behind it: that would not be kept.
      const vocabulary = { ...denoiser.vocabulary, endIds: [], padId: undefined };
      gradientTokens = 0;
      const done = await run({ ...noted.denoiser, vocabulary }, { ...options, guidance, cacheBlocks });
      return { ...done, rows: noted.rows, tokens: gradientTokens };
    };
    const kept = await guided(reward, true);
    const again = await guided(recomputing, false);
    expect(kept.responses).toEqual(again.responses);
    expect(kept.steps).toEqual(again.steps);
    expect(relativeError(kept.rows, again.rows)).toBeLessThan(1e-5);
    expect(kept.rewards.length).toBeGreaterThan(2 * 10);
    expect(relativeError(kept.rewards, again.rewards)).toBeLessThan(1e-4);
    expect(kept.tokens).toBeLessThan(again.tokens);
  });

  test('show a reward what is written and the current block, and nothing that follows', async () => {
    const seen: { length: number; rows: number[]; masks: number }[] = [];
    const mask = denoiser.vocabulary.maskId!;
    const spied: DifferentiableReward = {
      ...reward,
      async open(request) {
        const context = await reward.open(request);
        const evaluate = (mix: ResponseMix) => {
          const length = mix.tokenIds.length / mix.trajectories;
          seen.push({
            length,
            rows: [...mix.rows].map((slot) => slot % length),
            masks: mix.tokenIds.filter((id) => id === mask).length,
          });
          return context.evaluate(mix);
        };
        return { ...context, evaluate };
      },
    };
    const guidance = () =>
      rewardGuidance({ reward: spied, optimizer: optimizers.adam(0.5), guidanceSteps: 2 });
    const guided = await run(denoiser, { guidance: guidance() });
    const ends = first === 4 ? [4, 8, 10] : [1, 5, 9, 10];
    expect([...new Set(seen.map(({ length }) => length))]).toEqual(ends);
    for (const { length, rows, masks } of seen) {
      const begins = ends[ends.indexOf(length) - 1] ?? 0;
      expect(rows.every((slot) => slot >= begins && slot < length)).toBe(true);
      expect(masks).toBe(0);
    }
    expect((await run(denoiser, { guidance: guidance(), cacheBlocks: false })).responses).toEqual(
      guided.responses,
    );
    expect(guided.responses).not.toEqual((await run(denoiser, {})).responses);
  });

  test('end where every response has', async () => {
    // An end token stands at the end of the second block.
    const [end] = denoiser.vocabulary.endIds;
    const response = new Int32Array(10).fill(denoiser.vocabulary.maskId!);
    response[first + 3] = end!;
    const begun: number[] = [];
    const spied: Denoiser = {
      ...denoiser,
      openBlock(request) {
        begun.push(request.start - prefix.length);
        return denoiser.openBlock!(request);
      },
    };
    const { responses } = await run(spied, { response, stopAtEnd: true });
    for (const tokens of responses) expect(tokens.slice(first + 3)).toEqual(new Array(7 - first).fill(end));
    expect(new Set(begun)).toEqual(new Set([0, first]));
  });

  test.each<[Partial<SampleOptions>, string]>([
    [{ blockLength: 3 }, "a divisor of the denoiser's blocks of 4, got 3"],
    [{ blockLength: 8 }, "a divisor of the denoiser's blocks of 4, got 8"],
  ])('refuse %j', async (options, message) => {
    expect(() => sample({ denoiser, prompts: ['abc'], ...options })).toThrow(InvalidArgumentError);
    expect(() => sample({ denoiser, prompts: ['abc'], ...options })).toThrow(message);
  });
});
