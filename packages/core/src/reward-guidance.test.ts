import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  type DifferentiableReward,
  filters,
  type GuidanceRequest,
  NonDifferentiableError,
  NumericalError,
  optimisers,
  type RandomStream,
  type Relaxation,
  type ResponseMix,
  randomStream,
  relaxations,
  rewardGuidance,
  type Vocabulary,
  wholeVocabulary,
} from './index.js';
import { expectAllClose } from './testing/index.js';

// From fixtures/make-guidance-fixtures.py: PyTorch autograd, float64.
const fixture = JSON.parse(readFileSync(new URL('../fixtures/guidance.json', import.meta.url), 'utf8'));
const { trajectories, length, width, hiddenWidth, table, hidden, out } = fixture;
const size: number = fixture.vocabulary;
const rows = Int32Array.from(fixture.rows);

const vocabulary: Vocabulary = {
  size,
  tokens: Array.from({ length: size }, (_, id) => `t${id}`),
  maskId: fixture.mask,
  padId: fixture.pad,
  endIds: [fixture.end],
  specialIds: [fixture.mask, fixture.pad, fixture.end],
};

/** The fixture's reward, written out once more: R = mean over visible slots of v · tanh(W e), and its derivative by hand. */
const tanhReward: DifferentiableReward & { mixes: ResponseMix[] } = {
  name: 'tanh',
  mixes: [],
  score: async () => new Float64Array(0),
  dispose: async () => {},
  open: async () => ({
    dispose: async () => {},
    async evaluate(mix) {
      tanhReward.mixes.push({ ...mix, tokenIds: mix.tokenIds.slice(), probs: mix.probs.slice() });
      const values = new Float64Array(mix.trajectories);
      const tokenScores = new Float32Array(mix.probs.length);
      const rowAt = new Map(Array.from(mix.rows, (slot, r) => [slot, r]));
      for (let k = 0; k < mix.trajectories; k++) {
        let visible = 0;
        for (let slot = k * length; slot < (k + 1) * length; slot++) visible += mix.attention[slot]!;
        for (let slot = k * length; slot < (k + 1) * length; slot++) {
          if (mix.attention[slot] === 0) continue;
          const r = rowAt.get(slot);
          const hard = (d: number) => table[mix.tokenIds[slot]! * width + d];
          const e = Array.from({ length: width }, (_, d) => {
            if (r === undefined) return hard(d);
            let soft = 0;
            for (let id = 0; id < size; id++) soft += mix.probs[r * size + id]! * table[id * width + d];
            return soft + mix.weights[r]! * (hard(d) - soft);
          });
          const gradient = new Float64Array(width);
          for (let h = 0; h < hiddenWidth; h++) {
            const z = Math.tanh(e.reduce((sum, x, d) => sum + x * hidden[h * width + d], 0));
            values[k]! += (out[h] * z) / visible;
            for (let d = 0; d < width; d++) {
              gradient[d]! += (out[h] * (1 - z * z) * hidden[h * width + d]) / visible;
            }
          }
          if (r === undefined) continue;
          for (let id = 0; id < size; id++) {
            tokenScores[r * size + id] = gradient.reduce((sum, g, d) => sum + g * table[id * width + d], 0);
          }
        }
      }
      return { values, tokenScores };
    },
  }),
};

const fixtureLogits = (): Float32Array => {
  const logits = Float32Array.from(fixture.logits);
  for (const id of fixture.forbidden) {
    for (let i = id; i < logits.length; i += size) logits[i] = Number.NEGATIVE_INFINITY;
  }
  return logits;
};

const never = (): RandomStream => ({ uniform: () => 0.5 });

const request = (changes: Partial<GuidanceRequest> = {}): GuidanceRequest => ({
  step: 7,
  trajectories,
  tokenIds: Int32Array.from(fixture.tokenIds),
  rows,
  logits: wholeVocabulary(fixtureLogits(), size),
  temperature: 0.7,
  filters: [filters.topK(1)],
  random: never,
  ...changes,
});

const open = (options: Partial<Parameters<typeof rewardGuidance>[0]> = {}) =>
  rewardGuidance({ reward: tanhReward, ...options }).open({ prompt: 'p', vocabulary, length });

interface Case {
  relaxation: keyof typeof relaxations;
  temperature: number;
  entropyOf: 'untempered' | 'tempered';
  update: 'adam' | 'ascent';
  learningRate: number;
  rewards: number[][];
  gradients: number[][];
  weights: number[];
  logits: number[];
}

describe('against PyTorch autograd', () => {
  test.each<Case>(fixture.cases)(
    '$relaxation at $temperature, $entropyOf entropy, $update',
    async (expected) => {
      const gradients: Float32Array[] = [];
      const inner = optimisers[expected.update](expected.learningRate);
      const context = await open({
        relaxation: relaxations[expected.relaxation],
        entropyOf: expected.entropyOf,
        guidanceSteps: 3,
        optimiser: (count) => {
          const state = inner(count);
          return {
            update(logits, gradient) {
              gradients.push(gradient.slice());
              state.update(logits, gradient);
            },
          };
        },
      });
      const before = fixtureLogits();
      const given = request({ temperature: expected.temperature, logits: wholeVocabulary(before, size) });
      const result = await context.optimise(given);
      expect(before).toEqual(fixtureLogits());
      expect(gradients).toHaveLength(3);
      for (let m = 0; m < 3; m++) {
        expectAllClose(result.rewards[m]!, expected.rewards[m]!);
        expectAllClose(gradients[m]!, expected.gradients[m]!);
      }
      expectAllClose(result.weights, expected.weights);
      const isForbidden = (i: number) => fixture.forbidden.includes(i % size);
      expectAllClose(
        result.logits.values.map((value, i) => (isForbidden(i) ? 0 : value)),
        expected.logits,
      );
      const { values } = result.logits;
      expect(values.every((value, i) => !isForbidden(i) || value === Number.NEGATIVE_INFINITY)).toBe(true);
      expect(result.rewardMs).toBeGreaterThanOrEqual(0);
    },
  );

  test('the fixture hides slots behind a provisional end, and padding', async () => {
    tanhReward.mixes.length = 0;
    await (await open()).optimise(request());
    const { attention } = tanhReward.mixes[0]!;
    // Trajectory 0 ends provisionally at slot 3; slot 1 of trajectory 1 is provisionally padding.
    expect(Array.from(attention)).toEqual([1, 1, 1, 1, 0, 0, 1, 0, 1, 1, 1, 1]);
  });
});

describe('hard tokens', () => {
  const collect = async (changes: Partial<GuidanceRequest>, relaxation: Relaxation = relaxations.aps) => {
    tanhReward.mixes.length = 0;
    await (await open({ relaxation })).optimise(request(changes));
    return tanhReward.mixes.map(({ tokenIds }) => Array.from(rows, (slot) => tokenIds[slot]!));
  };
  const random = (k: number, m: number) =>
    randomStream({ seed: 1, prompt: 2, trajectory: k, step: 7, purpose: 'guidance', guidanceStep: m });

  test('are drawn from the filtered distribution by the stream of their trajectory', async () => {
    const drawn = await collect({ random, filters: [] });
    expect(drawn).not.toEqual(await collect({ filters: [filters.topK(1)] }));
    expect(drawn).toEqual(await collect({ random, filters: [] }));
    expect(drawn.flat()).not.toContain(fixture.mask);
  });

  test('are the most probable ones at temperature 0, relaxed at temperature 1', async () => {
    const cold = await collect({ random, filters: [], temperature: 0 });
    const coldProbs = tanhReward.mixes[0]!.probs;
    expect(cold).toEqual(await collect({ random, filters: [filters.topK(1)], temperature: 1 }));
    expect(coldProbs).toEqual(tanhReward.mixes[0]!.probs);
  });

  test('of weight 0 spend their random number', async () => {
    let numbers = 0;
    const counting = () => ({
      uniform() {
        numbers++;
        return 0.5;
      },
    });
    await collect({ random: counting, filters: [] }, relaxations.expectation);
    expect(numbers).toBe(3 * rows.length);
  });
});

test('zero guidance steps return the very logits and never open the reward', async () => {
  const reward: DifferentiableReward = {
    ...tanhReward,
    open: () => Promise.reject(new Error('opened')),
  };
  const given = request();
  const result = await (await open({ reward, guidanceSteps: 0 })).optimise(given);
  expect(result).toEqual({
    logits: given.logits,
    rewards: [],
    weights: new Float32Array(rows.length),
    rewardMs: 0,
  });
});

test('a temperature close to 0 gives finite numbers', async () => {
  const { logits } = await (await open()).optimise(request({ temperature: 1e-30 }));
  expect(logits.values.some(Number.isNaN)).toBe(false);
});

test('stops between guidance steps when aborted', async () => {
  const controller = new AbortController();
  const reward: DifferentiableReward = {
    ...tanhReward,
    open: async (opening) => {
      const inner = await tanhReward.open(opening);
      return {
        ...inner,
        evaluate: (mix) => {
          controller.abort(new Error('enough'));
          return inner.evaluate(mix);
        },
      };
    },
  };
  const context = await open({ reward });
  await expect(context.optimise(request({ signal: controller.signal }))).rejects.toThrow('enough');
});

describe('refuses', () => {
  test('a reward without gradient', () => {
    const { open: _, ...black } = { ...tanhReward, name: 'black box' };
    expect(() => rewardGuidance({ reward: black as never })).toThrow(NonDifferentiableError);
    expect(() => rewardGuidance({ reward: black as never })).toThrow(/'black box'.*best-of-n/);
  });

  test.each([-1, 1.5, Number.NaN])('%d guidance steps', (guidanceSteps) => {
    expect(() => rewardGuidance({ reward: tanhReward, guidanceSteps })).toThrow(
      /guidanceSteps: expected a whole/,
    );
  });

  test('an unknown entropy', () => {
    expect(() => rewardGuidance({ reward: tanhReward, entropyOf: 'both' as never })).toThrow(
      /entropyOf: expected/,
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('a logit of %d, by step and position', async (value) => {
    const logits = fixtureLogits();
    logits[4 * size + 1] = value;
    const failure = (await open()).optimise(request({ logits: wholeVocabulary(logits, size) }));
    await expect(failure).rejects.toThrow(NumericalError);
    await expect(failure).rejects.toThrow(
      /Denoising step 7, trajectory 1, position 0: .* got (NaN|Infinity)/,
    );
  });

  test('a gradient that is NaN, by step and position', async () => {
    const reward: DifferentiableReward = {
      ...tanhReward,
      open: async (opening) => {
        const inner = await tanhReward.open(opening);
        return {
          ...inner,
          async evaluate(mix) {
            const result = await inner.evaluate(mix);
            result.tokenScores[3 * size] = Number.NaN;
            return result;
          },
        };
      },
    };
    const failure = (await open({ reward })).optimise(request());
    await expect(failure).rejects.toThrow(NumericalError);
    await expect(failure).rejects.toThrow(
      /step 7, trajectory 0, position 5: expected finite gradient .* step 1/,
    );
  });

  test("what the reward finds not finite, with the step put before the reward's words", async () => {
    const reward: DifferentiableReward = {
      ...tanhReward,
      open: async () => ({
        dispose: async () => {},
        evaluate: () =>
          Promise.reject(new NumericalError('a NaN at trajectory 1, position 2.', { value: 5 })),
      }),
    };
    const failure = (await open({ reward })).optimise(request());
    await expect(failure).rejects.toThrow(NumericalError);
    await expect(failure).rejects.toThrow(
      'Denoising step 7, guidance step 1: a NaN at trajectory 1, position 2.',
    );
  });

  test('logits that overflow in an update', async () => {
    const context = await open({ optimiser: optimisers.ascent(1e308), guidanceSteps: 1 });
    await expect(context.optimise(request())).rejects.toThrow(
      /step 7, .*: expected finite logits after guidance step 1/,
    );
  });
});
