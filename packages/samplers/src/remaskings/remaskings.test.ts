import { InvalidArgumentError, type Remasking, type StepEvent } from '@entrgi/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { draws, orders, remaskings, type SampleOptions, sample, schedules } from '../index.js';
import { bigramDenoiser, vocabulary } from '../testing/bigram-denoiser.js';
import { pullGuidance, pullReward } from '../testing/pull-guidance.js';

const MASK = vocabulary.maskId!;
const denoiser = bigramDenoiser();
const base = { denoiser, prompts: ['a story'], trajectories: 2, steps: 12, maxNewTokens: 12 };

const stepsOf = async (options: Partial<SampleOptions>): Promise<StepEvent[]> => {
  const steps: StepEvent[] = [];
  for await (const event of sample({ ...base, ...options })) if (event.type === 'step-end') steps.push(event);
  return steps;
};

const variants: [string, Remasking][] = [
  ['cap', remaskings.cap(0.3)],
  ['rescale', remaskings.rescale(0.5)],
  ['conf', remaskings.conf()],
];

test('σ is what the paper and its code say', () => {
  const probabilities = Float64Array.of(0.9, 0.2, 0.5);
  const sigma = (remasking: Remasking, limit: number) => {
    const { committed, masked } = remasking({ limit, probabilities });
    return [Array.from(committed), masked];
  };
  expect(sigma(remaskings.cap(0.3), 0.8)).toEqual([[0.3, 0.3, 0.3], 0.3]);
  expect(sigma(remaskings.cap(0.3), 0.1)).toEqual([[0.1, 0.1, 0.1], 0.1]);
  expect(sigma(remaskings.rescale(0.5), 0.8)).toEqual([[0.4, 0.4, 0.4], 0.4]);
  const e = [0.9, 0.2, 0.5].map((p) => Math.exp(-p));
  const total = e.reduce((a, b) => a + b);
  const [conf, masked] = sigma(remaskings.conf(), 0.8);
  expect(masked).toBe(0);
  (conf as number[]).forEach((value, i) => {
    expect(value).toBeCloseTo((0.8 * e[i]!) / total, 12);
  });
});

test('each token is masked again with its probability, and masks are revealed as the noise levels ask (4 standard deviations)', async () => {
  // One token a position is all but certain, so that nothing but σ decides. The order of the process itself.
  const eta = 0.4;
  const length = 12;
  const options = {
    order: orders.origin,
    remasking: remaskings.cap(eta),
    steps: 6,
    maxNewTokens: length,
    trajectories: 200,
  };
  const steps = await stepsOf(options);
  const t = (step: number) => schedules.linear(step, 6);
  for (let step = 2; step < 6; step++) {
    const { tokenIds: before } = steps[step - 2]!;
    const { tokenIds: after } = steps[step - 1]!;
    const limit = Math.min(1, t(step) / (1 - t(step - 1)));
    const sigma = Math.min(eta, limit);
    const alpha = [1 - t(step - 1), 1 - t(step)] as const;
    const reveal = (alpha[1] - (1 - sigma) * alpha[0]) / (1 - alpha[0]);
    let [written, again, masks, revealed] = [0, 0, 0, 0];
    before.forEach((id, at) => {
      if (id === MASK) {
        masks++;
        if (after[at] !== MASK) revealed++;
      } else {
        written++;
        if (after[at] === MASK) again++;
        else expect(after[at]).toBe(id);
      }
    });
    const within = (count: number, of: number, p: number) =>
      expect(Math.abs(count - of * p)).toBeLessThanOrEqual(4 * Math.sqrt(of * p * (1 - p)) + 1e-9);
    within(again, written, sigma);
    within(revealed, masks, reveal);
  }
  expect(steps.at(-1)!.tokenIds).not.toContain(MASK);
});

test('what is not remasked is not drawn again: with η = 0 nothing changes but that nothing ends early', async () => {
  const plain = await stepsOf({ stopAtEnd: false });
  for (const remasking of [remaskings.cap(0), remaskings.rescale(0), remaskings.conf(0)]) {
    const none = await stepsOf({ remasking });
    expect(none.map(({ tokenIds, changed }) => [tokenIds, changed])).toEqual(
      plain.map(({ tokenIds, changed }) => [tokenIds, changed]),
    );
  }
});

test('ReMDM-conf goes by the probability with which a token was drawn', async () => {
  const seen: number[][] = [];
  const watch: Remasking = ({ limit, probabilities }) => {
    if (probabilities.length > 0) seen.push([...probabilities]);
    return { committed: new Float64Array(probabilities.length), masked: 0 * limit };
  };
  const steps = await stepsOf({ remasking: watch, trajectories: 1, temperature: 0.8, filters: [] });
  // Once more, from the logits before the first token was committed.
  const prefix = denoiser.encodePrompt('a story');
  const first = steps.find(({ committed }) => committed.length > 0)!.committed[0]!;
  const tokenIds = Int32Array.from([...prefix, ...new Array(12).fill(MASK)]);
  const positions = Int32Array.of(prefix.length + first.position);
  const logits = await bigramDenoiser().logits({ tokenIds, batch: 1, length: tokenIds.length, positions });
  const weights = Array.from(logits, (x, id) => (id < 10 ? Math.exp(x / 0.8) : 0));
  const probability = weights[first.tokenId]! / weights.reduce((a, b) => a + b);
  expect(seen[0]![0]).toBeCloseTo(probability, 5);
});

describe.each(variants)('%s', (_, remasking) => {
  test('masks again within the block, never what stands, and leaves no mask, whatever the sampler', async () => {
    let again = 0;
    const shapes = fc
      .record({ blocks: fc.integer({ min: 1, max: 3 }), blockLength: fc.constantFrom(4, 6) })
      .chain(({ blocks, blockLength }) =>
        fc.record({
          blockLength: fc.constant(blockLength),
          maxNewTokens: fc.constant(blocks * blockLength),
          steps: fc.integer({ min: 2, max: 9 }).map((perBlock) => perBlock * blocks),
          order: fc.constantFrom(...Object.values(orders)),
          schedule: fc.constantFrom(...Object.values(schedules)),
          draw: fc.constantFrom(...Object.values(draws)),
          temperature: fc.constantFrom(0, 0.9),
          skipRedundant: fc.boolean(),
          guided: fc.boolean(),
          response: fc.constantFrom([], ['ab'], [1, 'b']),
        }),
      );
    await fc.assert(
      fc.asyncProperty(shapes, async ({ guided, ...options }) => {
        const guidance = guided ? pullGuidance(pullReward(7, 12), 1) : undefined;
        const steps = await stepsOf({ ...options, remasking, guidance });
        const { blockLength, maxNewTokens: length } = options;
        const perBlock = options.steps / (length / blockLength);
        const [given, from] = [
          options.response.join('').replace('1', '').length,
          options.response[0] === 1 ? 1 : 0,
        ];
        let before = new Int32Array(2 * length).fill(MASK);
        for (let k = 0; k < 2; k++) {
          for (let slot = from; slot < from + given; slot++)
            before[k * length + slot] = steps[0]!.tokenIds[k * length + slot]!;
        }
        for (const { step, tokenIds, committed, changed = [] } of steps) {
          for (const { trajectory, position, tokenId } of [...committed, ...changed]) {
            expect(Math.floor(position / blockLength)).toBe(Math.floor((step - 1) / perBlock));
            expect(position >= from && position < from + given).toBe(false);
            before[trajectory * length + position] = tokenId;
          }
          for (const { tokenId } of changed) expect(tokenId).toBe(MASK);
          again += changed.length;
          expect(tokenIds).toEqual(before);
          before = tokenIds.slice();
        }
        expect(steps.at(-1)!.remaining).toEqual([0, 0]);
      }),
      { numRuns: 60 },
    );
    expect(again).toBeGreaterThan(50);
  });

  test('the same seed gives the same, and trajectories do not depend on each other', async () => {
    const tokens = async (options: Partial<SampleOptions>) =>
      (await stepsOf({ remasking, ...options })).map(({ tokenIds }) => tokenIds);
    const two = await tokens({});
    expect(await tokens({})).toEqual(two);
    expect(await tokens({ trajectories: 1 })).toEqual(two.map((ids) => ids.slice(0, 12)));
    expect(await tokens({ trajectories: 1, firstTrajectory: 1 })).toEqual(two.map((ids) => ids.slice(12)));
  });
});

test.each([-0.1, 1.1, Number.NaN, '0.5'])('an η of %s is refused', (eta) => {
  for (const remasking of [remaskings.cap, remaskings.rescale, remaskings.conf]) {
    expect(() => remasking(eta as number)).toThrow(/eta: expected a number of at least 0 and at most 1/);
    expect(() => remasking(eta as number)).toThrow(InvalidArgumentError);
  }
});

test('a remasking of one’s own is checked', async () => {
  const remasking: Remasking = () => ({ committed: Float64Array.of(2), masked: 0 });
  await expect(stepsOf({ remasking })).rejects.toThrow(/remasking: expected \d+ probabilities/);
  expect(() => sample({ ...base, remasking: 'cap' as never })).toThrow(
    /remasking: expected a way to mask again/,
  );
});
