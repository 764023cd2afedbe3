import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { disposable } from '../async/disposable.js';
import {
  type DifferentiableReward,
  entropy,
  filters,
  type GuidanceRequest,
  InvalidArgumentError,
  MemoryLimitError,
  NonDifferentiableError,
  NumericalError,
  optimizers,
  type RandomStream,
  type Relaxation,
  type ResponseMix,
  randomStream,
  relaxations,
  rewardGuidance,
  type Vocabulary,
  wholeVocabulary,
} from '../index.js';
import { expectAllClose } from '../testing/index.js';

// From fixtures/make-guidance-fixtures.py: PyTorch autograd, float64.
const fixture = JSON.parse(readFileSync(new URL('../../fixtures/guidance.json', import.meta.url), 'utf8'));
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
  ...disposable(async () => {}),
  open: async () => ({
    ...disposable(async () => {}),
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

describe('entropies of the logits as given', () => {
  test.each([0, 0.3, 1.5])(
    'are those of softmax(φ/τ), whatever else is computed: τ = %d',
    async (temperature) => {
      for (const entropyOf of ['tempered', 'untempered'] as const) {
        const context = await open({ entropyOf });
        const given = request({ temperature });
        const values = given.logits.values.slice();
        const { entropies } = await context.optimize(given);
        expect(context.givesEntropies).toBe(true);
        const expected = entropy(values, size, temperature === 0 ? 1 : temperature);
        expectAllClose(entropies!, expected);
      }
    },
  );

  test('are not promised where the relaxed distribution is another', async () => {
    expect((await open({ softTemperature: 1 })).givesEntropies).toBe(false);
  });
});

describe('against PyTorch autograd', () => {
  test.each<Case>(fixture.cases)(
    '$relaxation at $temperature, $entropyOf entropy, $update',
    async (expected) => {
      const gradients: Float32Array[] = [];
      const inner = optimizers[expected.update](expected.learningRate);
      const context = await open({
        relaxation: relaxations[expected.relaxation],
        entropyOf: expected.entropyOf,
        guidanceSteps: 3,
        optimizer: (count) => {
          const state = inner(count);
          return {
            update(logits, gradient) {
              gradients.push(gradient.slice());
              state.update(logits, gradient);
            },
          };
        },
      });
      const given = request({ temperature: expected.temperature });
      const result = await context.optimize(given);
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
    await (await open()).optimize(request());
    const { attention } = tanhReward.mixes[0]!;
    // Trajectory 0 ends provisionally at slot 3; slot 1 of trajectory 1 is provisionally padding.
    expect(Array.from(attention)).toEqual([1, 1, 1, 1, 0, 0, 1, 0, 1, 1, 1, 1]);
  });
});

describe('hard tokens', () => {
  const collect = async (changes: Partial<GuidanceRequest>, relaxation: Relaxation = relaxations.aps) => {
    tanhReward.mixes.length = 0;
    await (await open({ relaxation })).optimize(request(changes));
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

describe('filters', () => {
  const first = async (changes: Partial<GuidanceRequest>, relaxation: Relaxation = relaxations.aps) => {
    tanhReward.mixes.length = 0;
    await (await open({ relaxation, guidanceSteps: 1 })).optimize(request(changes));
    return tanhReward.mixes[0]!;
  };
  const random = (k: number) =>
    randomStream({ seed: 1, prompt: 2, trajectory: k, step: 7, purpose: 'guidance' });
  /** Of each row, ids by falling logit. */
  const ranked = (row: number) => {
    const logits = fixtureLogits().subarray(row * size, (row + 1) * size);
    return Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]! || a - b);
  };
  const most = Array.from(rows, (_, row) => ranked(row)[0]!);

  test.each([0, 0.7])('hold at temperature %d: what is banned is no hard token', async (temperature) => {
    const banned = new Set([most[0]!, most[3]!]);
    const { tokenIds } = await first({ temperature, random, filters: [filters.ban(banned)] });
    rows.forEach((slot, row) => {
      expect(banned).not.toContain(tokenIds[slot]!);
      if (temperature > 0) return;
      expect(tokenIds[slot]).toBe(ranked(row).find((id) => !banned.has(id)));
    });
  });

  test('hold for the provisional response too: an end that is banned hides nothing', async () => {
    // Trajectory 0 ends provisionally at slot 3, slot 1 of trajectory 1 is provisionally padding: see below.
    for (const relaxation of [relaxations.aps, relaxations.expectation]) {
      const { attention } = await first(
        { random, filters: [filters.ban([fixture.end, fixture.pad])] },
        relaxation,
      );
      expect(Array.from(attention)).toEqual(new Array(12).fill(1));
    }
  });

  test('get the ids of candidates, and are named with the place where they leave nothing', async () => {
    const seen: (Int32Array | undefined)[] = [];
    const none = function none(_: Float32Array, tokenIds?: Int32Array) {
      seen.push(tokenIds?.slice());
      _.fill(0);
    };
    const failure = first({ random, filters: [filters.topP(0.9), none] });
    await expect(failure).rejects.toThrow(NumericalError);
    await expect(failure).rejects.toThrow(
      /^Denoising step 7, trajectory 0, position 0: filters\[1\] \(none\): .*none above 0/,
    );
    const tokenIds = Int32Array.from({ length: rows.length }, (_, row) => row);
    const logits = {
      size,
      values: new Float32Array(rows.length),
      offsets: Int32Array.from({ length: rows.length + 1 }, (_, row) => row),
      tokenIds,
      rest: undefined,
    };
    await expect(first({ logits, random, filters: [none] })).rejects.toThrow(NumericalError);
    expect(seen).toEqual([undefined, Int32Array.of(0)]);
  });
});

describe('a limit of memory', () => {
  const random = (k: number, m: number) =>
    randomStream({ seed: 3, prompt: 2, trajectory: k, step: 7, purpose: 'guidance', guidanceStep: m });
  const guide = async (memoryLimit?: number) => {
    tanhReward.mixes.length = 0;
    const context = await open({ memoryLimit, optimizer: optimizers.adam(0.5) });
    const result = await context.optimize(request({ random, filters: [] }));
    return { ...result, batches: tanhReward.mixes.map((mix) => mix.trajectories) };
  };
  // 4 bytes · (8 rows · 11 tokens, and for each row that is guided 6 · 11 more).
  const [logitBytes, rowBytes] = [4 * 8 * size, 4 * 6 * size];

  test('has trajectories guided some at a time, to the same end', async () => {
    const together = await guide();
    const apart = await guide(logitBytes + 4 * rowBytes);
    expect(together.batches).toEqual([2, 2, 2]);
    expect(apart.batches).toEqual([1, 1, 1, 1, 1, 1]);
    expect(await guide(logitBytes + 8 * rowBytes)).toMatchObject({ batches: [2, 2, 2] });
    expectAllClose(apart.logits.values, together.logits.values);
    expectAllClose(apart.weights, together.weights);
    apart.rewards.forEach((values, m) => {
      expectAllClose(values, together.rewards[m]!);
    });
  });

  test('that is too small for one is an error that names the numbers', async () => {
    const failure = guide(logitBytes + 4 * rowBytes - 1);
    await expect(failure).rejects.toThrow(MemoryLimitError);
    await expect(failure).rejects.toThrow(
      /one trajectory of 4 masked positions × 11 tokens takes .* MB .*, but the limit is .* MB/,
    );
  });

  test('counts in the place of the step: errors of a later group name its trajectory', async () => {
    const logits = fixtureLogits();
    logits[4 * size + 1] = Number.NaN;
    const context = await open({ memoryLimit: logitBytes + 4 * rowBytes });
    const failure = context.optimize(request({ logits: wholeVocabulary(logits, size) }));
    await expect(failure).rejects.toThrow(/trajectory 1, position 0: expected finite logits/);
  });
});

test('zero guidance steps return the very logits and never open the reward', async () => {
  const reward: DifferentiableReward = {
    ...tanhReward,
    open: () => Promise.reject(new Error('opened')),
  };
  const given = request();
  const result = await (await open({ reward, guidanceSteps: 0 })).optimize(given);
  expect(result).toEqual({
    logits: given.logits,
    rewards: [],
    weights: new Float32Array(rows.length),
    rewardMs: 0,
  });
});

test('a temperature close to 0 gives finite numbers', async () => {
  const { logits } = await (await open()).optimize(request({ temperature: 1e-30 }));
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
  await expect(context.optimize(request({ signal: controller.signal }))).rejects.toThrow('enough');
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
    const failure = (await open()).optimize(request({ logits: wholeVocabulary(logits, size) }));
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
    const failure = (await open({ reward })).optimize(request());
    await expect(failure).rejects.toThrow(NumericalError);
    await expect(failure).rejects.toThrow(
      /step 7, trajectory 0, position 5: expected finite gradient .* step 1/,
    );
  });

  test("what the reward finds not finite, with the step put before the reward's words", async () => {
    const reward: DifferentiableReward = {
      ...tanhReward,
      open: async () => ({
        ...disposable(async () => {}),
        evaluate: () =>
          Promise.reject(new NumericalError('a NaN at trajectory 1, position 2.', { value: 5 })),
      }),
    };
    const failure = (await open({ reward })).optimize(request());
    await expect(failure).rejects.toThrow(NumericalError);
    await expect(failure).rejects.toThrow(
      'Denoising step 7, guidance step 1: a NaN at trajectory 1, position 2.',
    );
  });

  test('a row of −∞ logits, by step and position', async () => {
    const logits = fixtureLogits();
    logits.fill(Number.NEGATIVE_INFINITY, 4 * size, 5 * size);
    const failure = (await open()).optimize(request({ logits: wholeVocabulary(logits, size) }));
    await expect(failure).rejects.toThrow(NumericalError);
    await expect(failure).rejects.toThrow(/step 7, trajectory 1, position 0: expected finite logits before/);
  });

  test.each([-0.1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'a relaxation of %d, by its name, step and position',
    async (weight) => {
      const mine = (entropy: number) => (entropy > 2 ? 0 : weight);
      const failure = (await open({ relaxation: mine })).optimize(request());
      await expect(failure).rejects.toThrow(NumericalError);
      await expect(failure).rejects.toThrow(
        `Denoising step 7, trajectory 0, position 0: relaxation 'mine': expected a weight in [0, 1], got ${weight}`,
      );
    },
  );

  test('a logit that falls below all numbers, which −∞ would exclude', async () => {
    const context = await open({
      guidanceSteps: 1,
      optimizer: () => ({
        update: (logits, gradient) => {
          for (let i = 0; i < logits.length; i++) if (gradient[i]! < 0) logits[i]! -= 1e39;
        },
      }),
    });
    const failure = context.optimize(request());
    await expect(failure).rejects.toThrow(NumericalError);
    await expect(failure).rejects.toThrow(/expected finite logits after guidance step 1, got -Infinity/);
  });

  test.each<[string, (scores: Float32Array, values: Float64Array) => [Float32Array, Float64Array], RegExp]>([
    [
      'a NaN',
      (scores, values) => [scores, values.fill(Number.NaN, 1)],
      /finite reward for trajectory 1, got NaN/,
    ],
    ['too few scores', (scores, values) => [scores.slice(1), values], /88 token scores, got 2 and 87/],
    ['too few rewards', (scores, values) => [scores, values.slice(1)], /expected 2 rewards .* got 1 and 88/],
  ])('a reward that returns %s', async (_, change, message) => {
    const reward: DifferentiableReward = {
      ...tanhReward,
      open: async (opening) => {
        const inner = await tanhReward.open(opening);
        return {
          ...inner,
          async evaluate(mix) {
            const result = await inner.evaluate(mix);
            const [tokenScores, values] = change(result.tokenScores, result.values);
            return { values, tokenScores };
          },
        };
      },
    };
    await expect((await open({ reward })).optimize(request())).rejects.toThrow(message);
  });

  test.each<[object, RegExp]>([
    [{ relaxation: 'entrgi' }, /relaxation: expected a relaxation, .* got entrgi/],
    [{ optimizer: { learningRate: 1 } }, /optimizer: expected an optimizer/],
    [{ guidanceSteps: '3' }, /guidanceSteps: expected a whole number/],
    [{ memoryLimit: '4GB' }, /memoryLimit: expected a number of bytes above 0, got 4GB/],
    [{ memoryLimit: 0 }, /memoryLimit/],
    [{ reward: undefined }, /reward: expected a reward/],
    [{ reward: 'skywork' }, /reward: expected a reward/],
    [{ guidanceStep: 3 }, /no option 'guidanceStep'. Is 'guidanceSteps' meant/],
  ])('%j', (options, message) => {
    const call = () => rewardGuidance({ reward: tanhReward, ...options } as never);
    expect(call).toThrow(InvalidArgumentError);
    expect(call).toThrow(message);
  });

  test('logits that overflow in an update', async () => {
    const context = await open({ optimizer: optimizers.ascent(1e308), guidanceSteps: 1 });
    await expect(context.optimize(request())).rejects.toThrow(
      /step 7, .*: expected finite logits after guidance step 1/,
    );
  });
});
