import {
  type Denoiser,
  InvalidArgumentError,
  type ResponseMix,
  type RewardRequest,
  UnsupportedError,
} from '@entrgi/core';
import { expectAllClose, expectRewardGradient } from '@entrgi/core/testing';
import { describe, expect, it } from 'vitest';
import { confidenceReward } from './confidence-reward.js';
import { logRatioReward } from './log-ratio-reward.js';
import { letters, responses, tableDenoiser } from './testing/table-denoiser.js';

const policy = tableDenoiser(5);
const reference = tableDenoiser(3);
/** The two-letter texts, and where each with its end stands in the table. */
const texts = ['aa', 'ab', 'ba', 'bb'];
const at = texts.map((text) =>
  responses.findIndex((ids) => ids.map((id) => letters.tokens[id]).join('') === `${text}.`),
);
const exact = { absolute: 1e-5, relative: 1e-5 };

describe('score', () => {
  it.each([1, 2, 3])(
    'is the exact log-likelihood where a step reveals one token, whatever the order (seed %i)',
    async (seed) => {
      const ratio = logRatioReward(policy.denoiser, reference.denoiser, { steps: 3, seed });
      expectAllClose(
        await ratio.score('p', texts),
        at.map((i) => Math.log(policy.joint[i]!) - Math.log(reference.joint[i]!)),
        exact,
      );
      const confidence = confidenceReward(policy.denoiser, { steps: 7, seed });
      expectAllClose(
        await confidence.score('p', texts),
        at.map((i) => Math.log(policy.joint[i]!) / 3),
        exact,
      );
    },
  );

  it('is the likelihood of independent tokens in a single step', async () => {
    const marginal = (slot: number, id: number) => policy.conditional([3, 3, 3], slot, id);
    expectAllClose(
      await confidenceReward(policy.denoiser, { steps: 1 }).score('p', texts),
      at.map((i) => responses[i]!.reduce((sum, id, slot) => sum + Math.log(marginal(slot, id)), 0) / 3),
      exact,
    );
  });

  it('rates tokens where they are revealed', async () => {
    // Two steps, one of one slot and one of the other two: one of three paths.
    const [score] = await confidenceReward(policy.denoiser, { steps: 2 }).score('p', ['ab']);
    const ids = responses[at[1]!]!;
    const paths = [0, 1, 2].map((first) => {
      const standing = [3, 3, 3];
      standing[first] = ids[first]!;
      const rest = [0, 1, 2].filter((slot) => slot !== first);
      const sum = rest.reduce(
        (total, slot) => total + Math.log(policy.conditional(standing, slot, ids[slot]!)),
        Math.log(policy.conditional([3, 3, 3], first, ids[first]!)),
      );
      return sum / 3;
    });
    expect(Math.min(...paths.map((path) => Math.abs(path - score!)))).toBeLessThan(1e-6);
  });

  it('needs as many passes as it has steps, each of one response', async () => {
    const seen: number[] = [];
    const counting: Denoiser = {
      ...policy.denoiser,
      logits: (request) => {
        seen.push(request.positions.length);
        return policy.denoiser.logits(request);
      },
    };
    await confidenceReward(counting, { steps: 2 }).score('p', ['ab', 'ba']);
    expect(seen).toEqual([1, 2, 1, 2]);
  });

  it('has a number for what a denoiser finds impossible', async () => {
    const sure: Denoiser = {
      ...policy.denoiser,
      logits: async ({ positions }) =>
        Float32Array.from({ length: positions.length * 5 }, (_, i) => (i % 5 === 1 ? 0 : -Infinity)),
    };
    const reward = confidenceReward({ ...sure, vocabulary: { ...letters, endIds: [] } }, { steps: 1 });
    expectAllClose(await reward.score('p', ['bb', 'ba', 'aa', '']), [0, -50, -100, 0], exact);
  });

  it('refuses what does not fit, what is no denoiser and one that knows no mask', async () => {
    const reward = confidenceReward(policy.denoiser);
    await expect(reward.score('p', ['abab'])).rejects.toThrow(/expected at most 5 tokens, got 6/);
    expect(() => confidenceReward({} as Denoiser)).toThrow(InvalidArgumentError);
    const unmasked = { ...policy.denoiser, vocabulary: { ...letters, maskId: undefined } };
    expect(() => confidenceReward(unmasked)).toThrow(/a denoiser with a mask token/);
    expect(() => confidenceReward(policy.denoiser, { steps: 0 })).toThrow(/steps: expected a whole number/);
    expect(() => confidenceReward(policy.denoiser, { stepz: 2 } as object)).toThrow(/stepz/);
  });
});

describe('open', () => {
  const request: RewardRequest = { prompt: 'p', vocabulary: letters, length: 3 };
  /** Two trajectories: one with its first token written, one all masked whose last slot is not to be looked at. */
  const mix: ResponseMix = {
    trajectories: 2,
    tokenIds: Int32Array.of(1, 0, 2, 0, 1, 0),
    attention: Uint8Array.of(1, 1, 1, 1, 1, 0),
    rows: Int32Array.of(1, 2, 3, 4, 5),
    candidates: Int32Array.of(0, 1, 2),
    probs: Float32Array.of(0.2, 0.5, 0.3, 0.1, 0.1, 0.8, 0.6, 0.3, 0.1, 0.25, 0.5, 0.25, 0.4, 0.4, 0.2),
    weights: Float32Array.of(0, 0.25, 0.5, 1, 0.5),
  };
  const standing = [
    [1, 3, 3],
    [3, 3, 3],
  ];
  const places = [
    [0, 1],
    [0, 2],
    [1, 0],
    [1, 1],
  ] as const;

  it('is the log-ratio of what the mixtures stand for, and its slope that of each token', async () => {
    const context = await logRatioReward(policy.denoiser, reference.denoiser).open(request);
    const scores = places.flatMap(([k, slot]) =>
      [0, 1, 2].map((id) => {
        const of = ({ conditional }: typeof policy) => Math.log(conditional(standing[k]!, slot, id));
        return of(policy) - of(reference);
      }),
    );
    const { values, tokenScores } = await context.evaluate(mix);
    expectAllClose(tokenScores, [...scores, 0, 0, 0], exact);
    const expected = [0, 0];
    places.forEach(([k, slot], r) => {
      const w = mix.weights[r]!;
      for (let c = 0; c < 3; c++) expected[k]! += (1 - w) * mix.probs[3 * r + c]! * scores[3 * r + c]!;
      expected[k]! += w * scores[3 * r + mix.tokenIds[3 * k + slot]!]!;
    });
    expectAllClose(values, expected, exact);
    await context.dispose();
  });

  it.each([
    ['log-ratio', logRatioReward(policy.denoiser, reference.denoiser)],
    ['confidence', confidenceReward(policy.denoiser)],
  ])('has the gradient of its values: %s', async (_, reward) => {
    const context = await reward.open(request);
    await expectRewardGradient(context, mix);
    const whole = new Float32Array(25).map((_, i) => (i % 5 < 3 ? (1 + (i % 7)) / 20 : 0));
    await expectRewardGradient(context, { ...mix, candidates: undefined, probs: whole });
  });

  it('predicts what comes after a block, too, from masks', async () => {
    const lengths: number[] = [];
    const seeing: Denoiser = {
      ...policy.denoiser,
      logits: (asked) => {
        lengths.push(asked.length);
        return policy.denoiser.logits(asked);
      },
    };
    const context = await confidenceReward(seeing).open(request);
    const short = { ...mix, trajectories: 1, tokenIds: Int32Array.of(1, 0), attention: Uint8Array.of(1, 1) };
    const { tokenScores } = await context.evaluate({
      ...short,
      rows: Int32Array.of(1),
      probs: Float32Array.of(0.2, 0.5, 0.3),
      weights: Float32Array.of(0),
    });
    expect(lengths).toEqual([4]);
    expectAllClose(
      tokenScores,
      [0, 1, 2].map((id) => Math.log(policy.conditional([1, 3, 3], 1, id))),
      exact,
    );
  });

  it('does not guide a denoiser with other tokens, and says so', async () => {
    const other = { ...letters, tokens: ['a', 'c', '.', '[MASK]'] };
    const reward = logRatioReward(policy.denoiser, { ...reference.denoiser, vocabulary: other });
    await expect(reward.open(request)).rejects.toThrow(UnsupportedError);
    await expect(reward.open({ ...request, length: 5 })).rejects.toThrow(/expected at most 5|others/);
  });
});
