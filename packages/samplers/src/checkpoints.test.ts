import { fileURLToPath } from 'node:url';
import { nodeBackend } from '@entrgi/backend-node';
import { type DifferentiableReward, disposable, optimizers, relaxations, rewardGuidance } from '@entrgi/core';
import { expectAllClose } from '@entrgi/core/testing';
import { loadDenoiser } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alteredFixture } from '../../models/fixtures/altered-fixture.js';
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
  /** Of steps that commit something. */
  const rewards: number[][] = [];
  /** How many responses each request is for. */
  const asked: number[] = [];
  const watched = {
    ...denoiser,
    logits(request: Parameters<typeof denoiser.logits>[0]) {
      asked.push(request.batch);
      return denoiser.logits(request);
    },
  };
  for await (const event of sample({
    denoiser: watched,
    prompts: ['abc'],
    trajectories: 2,
    steps: 6,
    maxNewTokens: 8,
    ...options,
  })) {
    if (event.type === 'prompt-end') responses.push(...event.trajectories.map(({ tokenIds }) => tokenIds));
    else if (event.rewards !== undefined && event.committed.length > 0) {
      rewards.push([event.rewards.first[0]!, event.rewards.last[0]!]);
    }
  }
  return { responses, rewards, asked };
};

const guidance = (relaxation = relaxations.entrgi, guidanceSteps = 2, learningRate = 0.5) =>
  rewardGuidance({ reward, relaxation, guidanceSteps, optimizer: optimizers.adam(learningRate) });

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

  test('a response that ends early leaves the others as they are, to the last byte', async () => {
    // Random weights end a response by chance only: an end token that is often enough drawn.
    const [end] = denoiser.vocabulary.endIds;
    const { size } = denoiser.vocabulary;
    const ending = {
      ...denoiser,
      async logits(request: Parameters<typeof denoiser.logits>[0]) {
        const logits = await denoiser.logits(request);
        for (let i = end!; i < logits.length; i += size) logits[i]! += 5;
        return logits;
      },
    };
    const options = { denoiser: ending, trajectories: 6, guidance: guidance(), deprioritizeEos: false };
    const short = (await run(options)).responses;
    const long = (await run({ ...options, stopAtEnd: false })).responses;
    const text = (ids: Int32Array) => ids.slice(0, ids.indexOf(end!) + 1 || undefined);
    expect(short.map(text)).toEqual(long.map(text));
    expect(short).not.toEqual(long);
    expect(short.some((ids) => !ids.includes(end!))).toBe(true);
  });

  test('skipping redundant work changes neither tokens nor rewards', async () => {
    const options = { steps: 14, trajectories: 3, stopAtEnd: false, guidance: guidance() };
    const skipped = await run(options);
    const computed = await run({ ...options, skipRedundant: false });
    expect(computed.responses).toEqual(skipped.responses);
    // Float32: the denoiser's first batch has one response or three.
    expectAllClose(computed.rewards.flat(), skipped.rewards.flat(), { absolute: 1e-5 });
    expect(computed.asked).toEqual(new Array(14).fill(3));
    const working = skipped.rewards.length;
    expect(working).toBeLessThanOrEqual(8);
    expect(skipped.asked).toEqual([1, ...new Array(working - 1).fill(3)]);
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

describe('which tokens end a response', () => {
  // A denoiser that is sure of its response, the less the later: ( <|im_end|> ( <|endoftext|> ( (, the eos_token being <|endoftext|> as Dream's.
  const [paren, turnEnd, eos] = [7, 290, 288];
  const sure = [paren, turnEnd, paren, eos, paren, paren];

  const written = async (endTokens: 'turn' | 'eos') => {
    const directory = await alteredFixture('dream', {
      'tokenizer_config.json': (json) => ({ ...json, eos_token: '<|endoftext|>' }),
    });
    const { size } = denoiser.vocabulary;
    const own = await loadDenoiser(directory, { backend, endTokens });
    const attention: number[][] = [];
    const watched: DifferentiableReward = {
      ...reward,
      open: async (request) => ({
        async evaluate(mix) {
          attention.push([...mix.attention]);
          return { values: new Float64Array(1), tokenScores: new Float32Array(mix.probs.length) };
        },
        ...disposable(async () => void request),
      }),
    };
    const order: number[] = [];
    let text = '';
    for await (const event of sample({
      denoiser: {
        ...own,
        async logits({ positions, length }) {
          const logits = new Float32Array(positions.length * size);
          for (const [row, position] of positions.entries()) {
            const at = position - (length - sure.length);
            logits[row * size + sure[at]!] = 40 - at;
          }
          return logits;
        },
      },
      guidance: rewardGuidance({ reward: watched, guidanceSteps: 1 }),
      prompts: ['abc'],
      trajectories: 1,
      steps: 2 * sure.length,
      maxNewTokens: sure.length,
      temperature: 0,
    })) {
      if (event.type === 'prompt-end') text = event.trajectories[0]!.text;
      else order.push(...event.committed.map(({ position }) => position));
    }
    await own.dispose();
    return { attention: attention[0], order, text };
  };

  test('turn: every one that ends a turn ends the text, is put off, and hides what stands behind it', async () => {
    // Of the last step, which commits two, in no order.
    expect(await written('turn')).toEqual({
      attention: [1, 1, 0, 0, 0, 0],
      order: [0, 2, 4, 5, 1, 3],
      text: '(',
    });
  });

  test('eos: the eos_token alone, as in the authors’ code, where it also pads', async () => {
    // Their mask of attention: not padding, nor behind the first eos.
    expect(await written('eos')).toEqual({
      attention: [1, 1, 1, 0, 0, 0],
      order: [0, 1, 2, 4, 3, 5],
      text: '((',
    });
  });
});
