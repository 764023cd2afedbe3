import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { nodeBackend } from '@entrgi/backend-node';
import {
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
import { orders, type SampleOptions, sample, schedules } from './index.js';

const fixture = (name: string) => fileURLToPath(new URL(`../../models/fixtures/${name}`, import.meta.url));
const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());

const load = (blockLength: number, name = 'a2d-qwen3') =>
  loadDenoiser(fixture(name), { backend, attention: 'block-causal', blockLength });

const run = async (denoiser: Denoiser, options: Partial<SampleOptions>) => {
  const responses: number[][] = [];
  const steps: number[][] = [];
  let passes = 0;
  const given = { prompts: ['abc'], trajectories: 3, maxNewTokens: 10, steps: 10, stopAtEnd: false };
  for await (const event of sample({ denoiser, ...given, ...options })) {
    if (event.type === 'step-end') steps.push(event.committed.map(({ position }) => position));
    else {
      responses.push(...event.trajectories.map((t) => [...t.tokenIds]));
      passes += event.cost.denoiserPasses;
    }
  }
  return { responses, steps, passes };
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
      await using denoiser = await load(blockLength);
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

describe.each(['a2d-qwen2', 'a2d-qwen3', 'a2d-llama'])('blocks of %s', (name) => {
  let denoiser: Denoiser;
  let reward: DifferentiableReward;
  beforeAll(async () => {
    denoiser = await load(4, name);
    reward = await loadReward(fixture('qwen3-reward'), { backend });
    return () => denoiser.dispose();
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
    let worst = 0;
    cached.rows.forEach((x, i) => {
      const y = whole.rows[i]!;
      if (Number.isFinite(y)) worst = Math.max(worst, Math.abs(x - y) / Math.max(1, Math.abs(y)));
      else expect(x).toBe(y);
    });
    expect(worst).toBeLessThan(1e-5);
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
    // 10 tokens in blocks of 4, 4 and 2; four steps each, of which the first reveals nothing, and so do two of the last block's.
    expect([...new Set(seen.map(({ length }) => length))]).toEqual([4, 8, 10]);
    for (const { length, rows, masks } of seen) {
      const begins = length === 10 ? 8 : length - 4;
      expect(rows.every((slot) => slot >= begins && slot < length)).toBe(true);
      expect(masks).toBe(0);
    }
    expect((await run(denoiser, { guidance: guidance(), cacheBlocks: false })).responses).toEqual(
      guided.responses,
    );
    expect(guided.responses).not.toEqual((await run(denoiser, {})).responses);
  });

  test('end where every response has', async () => {
    // An end token stands at the end of the first block.
    const [end] = denoiser.vocabulary.endIds;
    const response = new Int32Array(10).fill(denoiser.vocabulary.maskId!);
    response[3] = end!;
    const { responses, passes } = await run(denoiser, { response, stopAtEnd: true });
    for (const tokens of responses) expect(tokens.slice(3)).toEqual(new Array(7).fill(end));
    // The block is opened once for all, its three masks take three steps of each, and no other block is begun.
    expect(passes).toBeLessThanOrEqual(1 + 3 * 3);
  });

  test.each<[Partial<SampleOptions>, string]>([
    [{ blockLength: 3 }, "a divisor of the denoiser's blocks of 4, got 3"],
    [{ blockLength: 8 }, "a divisor of the denoiser's blocks of 4, got 8"],
  ])('refuse %j', async (options, message) => {
    expect(() => sample({ denoiser, prompts: ['abc'], ...options })).toThrow(InvalidArgumentError);
    expect(() => sample({ denoiser, prompts: ['abc'], ...options })).toThrow(message);
  });
});
