import type { Denoiser } from '@entrgi/core';
import { describe, expect, test } from 'vitest';
import { orders, type SampleOptions, sample } from '../index.js';
import { bigramDenoiser } from '../testing/bigram-denoiser.js';
import { pullGuidance, pullReward } from '../testing/pull-guidance.js';

const costOf = async (options: Partial<SampleOptions>) => {
  const run = sample({
    denoiser: bigramDenoiser(),
    prompts: ['a'],
    trajectories: 3,
    steps: 12,
    maxNewTokens: 6,
    ...options,
  });
  let guided = 0;
  for await (const event of run) {
    if (event.type === 'prompt-end') return { ...event.cost, guided, totalMs: event.timings.totalMs };
    guided += event.rewards?.last.filter((value) => !Number.isNaN(value)).length ?? 0;
  }
  throw new Error('expected the end');
};

describe('the cost', () => {
  test.each<[string, Partial<SampleOptions>]>([
    ['by default', {}],
    ['with everything computed', { skipRedundant: false, stopAtEnd: false }],
    ['with trajectories that sit steps out', { order: orders.origin }],
  ])('counts every sequence that the denoiser is given: %s', async (_, options) => {
    const denoiser = bigramDenoiser();
    const { denoiserPasses, rewardPasses, seconds, totalMs } = await costOf({ ...options, denoiser });
    expect(denoiserPasses).toBe(denoiser.requests.reduce((sum, { batch }) => sum + batch, 0));
    expect(rewardPasses).toBe(0);
    expect(seconds).toBe(totalMs / 1000);
  });

  test('counts blocks that are computed alone, and what lies around them', async () => {
    let [around, within] = [0, 0];
    const inner = bigramDenoiser();
    const openBlock: NonNullable<Denoiser['openBlock']> = async ({ batch, length, tokenIds, start }) => {
      around += batch;
      return {
        async logits(block) {
          within += block.sequences.length;
          const size = block.tokenIds.length / block.sequences.length;
          const whole = new Int32Array(block.sequences.length * length);
          block.sequences.forEach((sequence, b) => {
            whole.set(tokenIds.subarray(sequence * length, (sequence + 1) * length), b * length);
            whole.set(block.tokenIds.subarray(b * size, (b + 1) * size), b * length + start);
          });
          const positions = block.positions.map((at) => Math.floor(at / size) * length + start + (at % size));
          return inner.logits({ tokenIds: whole, batch: block.sequences.length, length, positions });
        },
      };
    };
    const cached = { denoiser: bigramDenoiser({ openBlock }), cacheBlocks: true, blockLength: 3 };
    const { denoiserPasses } = await costOf(cached);
    expect(around).toBeGreaterThan(2);
    expect(denoiserPasses).toBe(around + within);
  });

  test('counts a gradient as two passes of every response that is guided', async () => {
    for (const order of [orders.entropy, orders.origin]) {
      const reward = pullReward(7, 12);
      const { rewardPasses, guided } = await costOf({ order, guidance: pullGuidance(reward, 3) });
      expect(reward.evaluations).toBeGreaterThan(0);
      expect(rewardPasses).toBe(2 * 3 * guided);
    }
  });
});
