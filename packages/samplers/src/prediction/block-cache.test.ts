import { fileURLToPath } from 'node:url';
import { nodeBackend } from '@entrgi/backend-node';
import {
  type BlockRequest,
  type Denoiser,
  type DenoiserRequest,
  type DifferentiableReward,
  optimizers,
  rewardGuidance,
  UnsupportedError,
} from '@entrgi/core';
import { loadDenoiser } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { orders, type SampleOptions, sample } from '../index.js';
import { bigramDenoiser } from '../testing/bigram-denoiser.js';

// Tiny random checkpoints, on onnxruntime: one whose logits are shifted and one whose are not.
const fixture = (name: string) => fileURLToPath(new URL(`../../../models/fixtures/${name}`, import.meta.url));
const backend = nodeBackend({ threads: 1 });
let reward: DifferentiableReward;
beforeAll(async () => {
  reward = await loadReward(fixture('qwen3-reward'), { backend });
});
afterAll(() => backend.dispose());

/** The denoiser, noting what is asked of it. */
const watched = (denoiser: Denoiser) => {
  const asked = { whole: 0, opened: [] as number[], block: 0 };
  return {
    asked,
    denoiser: {
      ...denoiser,
      logits(request: DenoiserRequest) {
        asked.whole += request.batch;
        return denoiser.logits(request);
      },
      async openBlock(request: BlockRequest) {
        asked.opened.push(request.batch);
        const block = await denoiser.openBlock!(request);
        const logits: typeof block.logits = (given) => {
          asked.block += given.sequences.length;
          return block.logits(given);
        };
        return { logits };
      },
    },
  };
};

const run = async (denoiser: Denoiser, options: Partial<SampleOptions>) => {
  const responses: number[][] = [];
  const given = { prompts: ['abc'], trajectories: 3, maxNewTokens: 8, blockLength: 2, stopAtEnd: false };
  for await (const event of sample({ denoiser, ...given, ...options })) {
    if (event.type === 'prompt-end') responses.push(...event.trajectories.map((t) => [...t.tokenIds]));
  }
  return responses;
};

const guidance = () => rewardGuidance({ reward, optimizer: optimizers.adam(0.5), guidanceSteps: 2 });

describe.each(['dream', 'llada'])('cacheBlocks: %s', (name) => {
  let inner: Denoiser;
  beforeAll(async () => {
    inner = await loadDenoiser(fixture(name), { backend });
  });

  test('is exact where a block takes one step: nothing around it changes', async () => {
    for (const blockLength of [1, 2, 4, 8]) {
      const options = { blockLength, steps: 8 / blockLength };
      const exact = await run(inner, options);
      expect(await run(inner, { ...options, cacheBlocks: true })).toEqual(exact);
      const guided = await run(inner, { ...options, guidance: guidance() });
      expect(await run(inner, { ...options, cacheBlocks: true, guidance: guidance() })).toEqual(guided);
      expect(guided).not.toEqual(exact);
    }
  });

  test('computes what lies around once for each block', async () => {
    const { asked, denoiser } = watched(inner);
    const options = { steps: 16, blockLength: 4, cacheBlocks: true };
    const responses = await run(denoiser, options);
    expect(responses.flat()).not.toContain(denoiser.vocabulary.maskId);
    // In the beginning all responses are equal.
    expect(asked).toMatchObject({ whole: 0, opened: [1, 3] });
    expect(asked.block).toBeGreaterThan(3 * 2 * 2);
    expect(await run(denoiser, options)).toEqual(responses);
  });

  test('opens a block for equal responses too, where redundant work is not skipped', async () => {
    const { asked, denoiser } = watched(inner);
    const options = { steps: 16, blockLength: 4, cacheBlocks: true };
    expect(await run(denoiser, { ...options, skipRedundant: false })).toEqual(await run(inner, options));
    expect(asked).toMatchObject({ opened: [3, 3], block: 16 * 3 });
  });

  test('asks for the later masks once for each block, where guidance needs them', async () => {
    const { asked, denoiser } = watched(inner);
    await run(denoiser, { steps: 16, cacheBlocks: true, guidance: guidance() });
    // The last block has no later masks.
    expect(asked).toMatchObject({ whole: 1 + 3 + 3, opened: [1, 3, 3, 3] });
  });

  test('keeps trajectories apart that sit steps out or are done', async () => {
    const options = { steps: 24, cacheBlocks: true, order: orders.origin, stopAtEnd: true, temperature: 3 };
    const together = await run(inner, { ...options, trajectories: 4 });
    const two = await run(inner, { ...options, trajectories: 2 });
    expect(together.slice(0, 2)).toEqual(two);
    for (const seed of [1, 2, 3]) {
      const guided = await run(inner, { ...options, seed, guidance: guidance() });
      expect(guided.flat()).not.toContain(inner.vocabulary.maskId);
    }
  });
});

test('a denoiser that cannot keep anything is refused at once', () => {
  const options = { denoiser: bigramDenoiser(), prompts: ['abc'], cacheBlocks: true };
  expect(() => sample(options)).toThrow(UnsupportedError);
  expect(() => sample(options)).toThrow(
    "Denoiser 'bigram': expected one that can keep what lies around a block",
  );
});
