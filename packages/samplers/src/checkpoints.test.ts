import { fileURLToPath } from 'node:url';
import { nodeBackend } from '@entrgi/backend-node';
import { type DifferentiableReward, optimisers, relaxations, rewardGuidance } from '@entrgi/core';
import { expectAllClose } from '@entrgi/core/testing';
import { loadDenoiser } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SampleOptions, sample } from './index.js';

// Tiny random checkpoints: a real denoiser and a real reward model, on onnxruntime.
const fixture = (name: string) => fileURLToPath(new URL(`../../models/fixtures/${name}`, import.meta.url));
const backend = nodeBackend({ threads: 1 });
let denoiser: Awaited<ReturnType<typeof loadDenoiser>>;
let reward: DifferentiableReward;
beforeAll(async () => {
  denoiser = await loadDenoiser(fixture('dream'), { backend });
  reward = await loadReward(fixture('qwen3-reward'), { backend });
});
afterAll(() => backend.dispose());

const run = async (options: Partial<SampleOptions> = {}) => {
  const responses: Int32Array[] = [];
  const rewards: number[][] = [];
  for await (const event of sample({
    denoiser,
    prompts: ['abc'],
    trajectories: 2,
    steps: 6,
    maxNewTokens: 8,
    ...options,
  })) {
    if (event.type === 'prompt-end') responses.push(...event.trajectories.map(({ tokenIds }) => tokenIds));
    else if (event.rewards !== undefined) rewards.push([event.rewards.first[0]!, event.rewards.last[0]!]);
  }
  return { responses, rewards };
};

const guidance = (relaxation = relaxations.entrgi, guidanceSteps = 2, learningRate = 0.5) =>
  rewardGuidance({ reward, relaxation, guidanceSteps, optimiser: optimisers.adam(learningRate) });

describe('on real checkpoints', () => {
  test('responses hold neither masks nor padding rows, and are the same again', async () => {
    const { responses } = await run({ temperature: 5, filters: [] });
    for (const id of responses.flatMap((response) => [...response])) {
      expect(denoiser.vocabulary.tokens[id]).toBeDefined();
      expect(id).not.toBe(denoiser.vocabulary.maskId);
    }
    expect((await run({ temperature: 5, filters: [] })).responses).toEqual(responses);
  });

  test.each(Object.entries(relaxations))(
    '%s raises the reward of the relaxed response',
    async (_, relaxation) => {
      const { rewards } = await run({ guidance: guidance(relaxation, 6) });
      expect(rewards.length).toBeGreaterThan(0);
      const gain = rewards.reduce((sum, [first, last]) => sum + last! - first!, 0);
      expect(gain).toBeGreaterThan(0);
    },
  );

  test('guidance in zero steps changes nothing; in two it does', async () => {
    const { responses } = await run();
    expect((await run({ guidance: guidance(undefined, 0) })).responses).toEqual(responses);
    expect((await run({ guidance: guidance(undefined, 2) })).responses).not.toEqual(responses);
  });

  test('a guided prompt does not depend on the others in its batch', async () => {
    const alone = await run({ guidance: guidance() });
    const together = await run({ prompts: ['a longer one', 'abc'], guidance: guidance() });
    expect(together.responses.slice(2)).toEqual(alone.responses);
  });

  test('leaving out improbable tokens changes no drawn token', async () => {
    // The random checkpoint's logits lie close together: it takes a low temperature and small steps to set some apart.
    const options = { temperature: 0.02, guidance: guidance(undefined, 2, 0.01) };
    const all = await run({ ...options, vocabularyTolerance: 0 });
    const few = await run(options);
    expect(few.responses).toEqual(all.responses);
    expect(few.rewards).not.toEqual(all.rewards); // other matrix products: it did take another way
    expectAllClose(few.rewards.flat(), all.rewards.flat(), { absolute: 1e-4 });
  });
});
