import { type Denoiser, hashTokens, InvalidArgumentError, randomStream, type StepEvent } from '@entrgi/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { draws, orders, presets, remaskings, type SampleOptions, sample, schedules } from './index.js';
import { bigramDenoiser, vocabulary } from './testing/bigram-denoiser.js';
import { pullGuidance, pullReward } from './testing/pull-guidance.js';

const { size, maskId, endIds } = vocabulary;
const MASK = maskId!;
const drawable = (id: number) => id !== MASK && vocabulary.tokens[id] !== undefined;

interface Case {
  readonly prompt: string;
  readonly steps: number;
  readonly length: number;
  readonly blockLength: number;
  readonly temperature: number;
  readonly scale: number;
  readonly remasking: 'low_confidence' | 'random';
  readonly response: readonly number[];
}

/** LLaDA's generation as its code describes it, for one trajectory, in plain arrays and float64: which slots and tokens each step commits. */
const reference = async (given: Case, seed: number, trajectory: number) => {
  const { steps, length, blockLength, temperature, scale, remasking } = given;
  const denoiser = bigramDenoiser();
  const prompt = Array.from(denoiser.encodePrompt(given.prompt));
  const x = [...prompt, ...given.response];
  const isPrompt = x.map((id) => id !== MASK);
  const forward = async (ids: number[]) =>
    Array.from(
      await denoiser.logits({
        tokenIds: Int32Array.from(ids),
        batch: 1,
        length: ids.length,
        positions: Int32Array.from(ids.keys()),
      }),
    );
  const history: number[][][] = [];
  const perBlock = steps / (length / blockLength);
  for (let block = 0; block < length / blockLength; block++) {
    const begin = prompt.length + block * blockLength;
    const masksOf = () =>
      Array.from({ length: blockLength }, (_, i) => begin + i).filter((slot) => x[slot] === MASK);
    const initially = masksOf().length;
    const transfers = Array.from(
      { length: perBlock },
      (_, i) => Math.floor(initially / perBlock) + (i < initially % perBlock ? 1 : 0),
    );
    for (let i = 0; i < perBlock; i++) {
      const key = { seed, prompt: hashTokens(prompt), trajectory, step: block * perBlock + i + 1 };
      const [noise, order] = (['token', 'order'] as const).map((purpose) =>
        randomStream({ ...key, purpose }),
      );
      const own = await forward(x);
      const without = scale > 0 ? await forward(x.map((id, slot) => (isPrompt[slot] ? MASK : id))) : own;
      const logits = own.map((value, at) => without[at]! + (scale + 1) * (value - without[at]!));
      const drawn = masksOf().map((slot) => {
        const row = logits.slice(slot * size, (slot + 1) * size);
        const noisy = row.map((value, id) => {
          const uniform = temperature === 0 ? 0 : noise!.uniform();
          if (!drawable(id)) return Number.NEGATIVE_INFINITY;
          return temperature === 0 ? value : Math.exp(value) / (-Math.log(uniform)) ** temperature;
        });
        const token = noisy.indexOf(Math.max(...noisy));
        const mass = row.reduce((sum, value, id) => sum + (drawable(id) ? Math.exp(value) : 0), 0);
        return { slot, token, confidence: Math.exp(row[token]!) / mass };
      });
      if (remasking === 'random') for (const each of drawn) each.confidence = order!.uniform();
      const kept = drawn.toSorted((a, b) => b.confidence - a.confidence).slice(0, transfers[i]);
      for (const { slot, token } of kept) x[slot] = token;
      history.push(
        kept
          .map(({ slot, token }) => [slot - prompt.length, token])
          .toSorted(([a], [b]) => (a as number) - (b as number)),
      );
    }
  }
  return history;
};

const committedBy = async (options: SampleOptions, trajectory: number) => {
  const history: number[][][] = [];
  for await (const event of sample(options)) {
    if (event.type === 'prompt-end') continue;
    const own = event.committed.filter((each) => each.trajectory === trajectory);
    history.push(own.map(({ position, tokenId }) => [position, tokenId]));
  }
  return history;
};

const cases = fc
  .record({ blocks: fc.integer({ min: 1, max: 3 }), blockLength: fc.integer({ min: 1, max: 6 }) })
  .chain(({ blocks, blockLength }) =>
    fc.record({
      prompt: fc.constantFrom('a story', 'x', 'cab'),
      steps: fc.integer({ min: 1, max: 8 }).map((perBlock) => perBlock * blocks),
      length: fc.constant(blocks * blockLength),
      blockLength: fc.constant(blockLength),
      temperature: fc.constantFrom(0, 0.3, 1, 2),
      scale: fc.constantFrom(0, 0, 0.5, 2),
      remasking: fc.constantFrom('low_confidence' as const, 'random' as const),
      response: fc
        .array(fc.constantFrom(MASK, MASK, MASK, 5), {
          minLength: blocks * blockLength,
          maxLength: blocks * blockLength,
        })
        .filter((ids) => ids.includes(MASK)),
    }),
  );

describe('LLaDA', () => {
  test('same random numbers, same order and tokens as its code, whatever the steps, blocks, temperature, scale and remasking', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.nat(1000), async (given, seed) => {
        const options: SampleOptions = {
          denoiser: bigramDenoiser(),
          prompts: [given.prompt],
          trajectories: 2,
          steps: given.steps,
          maxNewTokens: given.length,
          blockLength: given.blockLength,
          temperature: given.temperature,
          classifierFreeScale: given.scale,
          order: orders[given.remasking === 'random' ? 'random' : 'lowConfidence'],
          schedule: schedules.even,
          draw: draws.gumbel_max,
          response: Int32Array.from(given.response),
          filters: [],
          deprioritizeEos: false,
          stopAtEnd: false,
          vocabularyTolerance: 0,
          // No end token is let before text that stands: an end token of its own is none here.
          ...(given.response.includes(5) ? { denoiser: endless() } : {}),
          seed,
        };
        for (const trajectory of [0, 1]) {
          expect(await committedBy(options, trajectory)).toEqual(await reference(given, seed, trajectory));
        }
      }),
      { numRuns: 100 },
    );
  });

  test('the preset is that, and greedy', async () => {
    const options = { ...presets.llada.sample, steps: 6, maxNewTokens: 8, blockLength: 4 };
    const given = {
      prompt: 'a story',
      steps: 6,
      length: 8,
      blockLength: 4,
      temperature: 0,
      scale: 0,
      remasking: 'low_confidence',
      response: new Array(8).fill(MASK),
    } as const;
    const run = { ...options, denoiser: bigramDenoiser(), prompts: ['a story'], stopAtEnd: false };
    expect(await committedBy(run, 0)).toEqual(await reference(given, 1, 0));
  });
});

/** The bigram denoiser with no token that ends a response. */
const endless = (): Denoiser =>
  bigramDenoiser({ vocabulary: { ...vocabulary, endIds: [], specialIds: [3, MASK] } });

test('no mask is left for any tokens, steps, blocks, order and schedule, guided or not', async () => {
  const shapes = fc
    .record({ blocks: fc.integer({ min: 1, max: 5 }), blockLength: fc.integer({ min: 1, max: 7 }) })
    .chain(({ blocks, blockLength }) =>
      fc.record({
        blockLength: fc.constant(blockLength),
        maxNewTokens: fc.constant(blocks * blockLength),
        steps: fc.integer({ min: 1, max: 12 }).map((perBlock) => perBlock * blocks),
        order: fc.constantFrom(...Object.values(orders)),
        schedule: fc.constantFrom(...Object.values(schedules)),
        draw: fc.constantFrom(...Object.values(draws)),
        temperature: fc.constantFrom(0, 0.9),
        classifierFreeScale: fc.constantFrom(0, 1.5),
        skipRedundant: fc.boolean(),
        stopAtEnd: fc.boolean(),
        // Those that mask tokens again have none left either.
        remasking: fc.constantFrom(undefined, undefined, remaskings.cap(0.3), remaskings.conf(0.5)),
        guided: fc.boolean(),
      }),
    );
  await fc.assert(
    fc.asyncProperty(shapes, async ({ guided, ...options }) => {
      let last: StepEvent | undefined;
      const guidance = guided ? pullGuidance(pullReward(endIds[0]!, size), 1) : undefined;
      const denoiser = bigramDenoiser();
      for await (const event of sample({ ...options, denoiser, guidance, prompts: ['p'], trajectories: 2 })) {
        if (event.type === 'step-end') last = event;
      }
      expect(last!.remaining).toEqual([0, 0]);
      expect(last!.tokenIds.every(drawable)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

describe('the even schedule', () => {
  test('is ⌊masks / steps⌋ a step, and one more in the first ones', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.integer({ min: 1, max: 60 }), (masks, steps) => {
        let left = masks;
        for (let step = 1; step <= steps; step++) {
          const count = step === steps ? left : schedules.even.count!(left, step, steps);
          expect(count).toBe(Math.floor(masks / steps) + (step - 1 < masks % steps ? 1 : 0));
          left -= count;
        }
        expect(left).toBe(0);
      }),
    );
  });

  test.each([-1, 0.5, 99, Number.NaN])('a schedule of one’s own that counts %d is refused', async (count) => {
    const schedule = Object.assign((step: number, steps: number) => 1 - step / steps, { count: () => count });
    const failure = committedBy(
      { denoiser: bigramDenoiser(), prompts: ['p'], schedule, maxNewTokens: 8, steps: 4 },
      0,
    );
    await expect(failure).rejects.toThrow(/^schedule.count\(8, 1, 4\): expected a number up to 8/);
    await expect(failure).rejects.toThrow(InvalidArgumentError);
  });
});

describe('classifier-free guidance', () => {
  test('goes around a cached block as around everything', async () => {
    // Keeps nothing: exact.
    const openBlock: NonNullable<Denoiser['openBlock']> = async ({ length, tokenIds, start, end }) => ({
      logits({ sequences, tokenIds: own, positions }) {
        const whole = new Int32Array(sequences.length * length);
        sequences.forEach((sequence, b) => {
          whole.set(tokenIds.subarray(sequence * length, (sequence + 1) * length), b * length);
          whole.set(own.subarray(b * (end - start), (b + 1) * (end - start)), b * length + start);
        });
        const at = positions.map((p) => Math.floor(p / (end - start)) * length + start + (p % (end - start)));
        return bigramDenoiser().logits({ tokenIds: whole, batch: sequences.length, length, positions: at });
      },
    });
    const options = {
      prompts: ['a story'],
      maxNewTokens: 9,
      blockLength: 3,
      steps: 9,
      temperature: 1,
      classifierFreeScale: 1.5,
      response: [2, 'b', null] as const,
    };
    const whole = await committedBy({ ...options, denoiser: bigramDenoiser() }, 2);
    const cached = { ...options, denoiser: bigramDenoiser({ openBlock }), cacheBlocks: true };
    expect(await committedBy(cached, 2)).toEqual(whole);
    expect(
      await committedBy({ ...options, denoiser: bigramDenoiser(), classifierFreeScale: 0 }, 2),
    ).not.toEqual(whole);
  });

  test('costs every pass twice, and leaves what is excluded excluded', async () => {
    const passes = async (classifierFreeScale: number) => {
      const inner = bigramDenoiser();
      const denoiser = bigramDenoiser({
        async logits(request) {
          const logits = await inner.logits(request);
          // Token 4 is excluded, once with the prompt and once without.
          for (let row = 0; row < request.positions.length; row++)
            logits[row * size + 4 + (row % 2)] = -Infinity;
          return logits;
        },
      });
      const run = sample({
        denoiser,
        prompts: ['p'],
        trajectories: 1,
        steps: 6,
        maxNewTokens: 5,
        stopAtEnd: false,
        classifierFreeScale,
      });
      for await (const event of run) if (event.type === 'prompt-end') return event.cost.denoiserPasses;
      return 0;
    };
    expect(await passes(2)).toBe(2 * (await passes(0)));
  });
});
