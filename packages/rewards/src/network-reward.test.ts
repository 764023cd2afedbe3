import { nodeBackend } from '@entrgi/backend-node';
import {
  BackendError,
  InvalidArgumentError,
  NumericalError,
  type ResponseMix,
  type Vocabulary,
} from '@entrgi/core';
import type { Classifier } from '@entrgi/models';
import type { GraphBuilder } from '@entrgi/onnx';
import { afterAll, describe, expect, it } from 'vitest';
import { type NetworkRewardOptions, networkReward } from './network-reward.js';

// A network small enough to be written down twice: once as a graph, once in JavaScript's float64.
// h = tanh(x W + 0.25 · segment), reward = Σ over attended slots s of (s + 1) · h_s · v / 10

const letters = ['a', 'b', 'c', 'd', '?', '[', ']'];
const width = 3;
const pseudoRandom = (count: number, seed: number) =>
  Array.from({ length: count }, (_, i) => Math.fround(Math.sin((i + 1) * 12.9898 + seed)));
const E = pseudoRandom(letters.length * width, 1);
const W = pseudoRandom(width * width, 2);
const v = pseudoRandom(width, 3);

const vocabulary = (tokens: (string | undefined)[], unknown?: string): Vocabulary => ({
  size: tokens.length,
  tokens,
  unknownId: unknown === undefined ? undefined : tokens.indexOf(unknown),
  endIds: [],
  specialIds: [],
});
const encode = (text: string) => Int32Array.from(text, (letter) => letters.indexOf(letter));
const float32 = (dims: number[], data: number[]) =>
  ({ type: 'float32', dims, data: Float32Array.from(data) }) as const;

const embeddings = (g: GraphBuilder) =>
  g.has('E') ? 'E' : g.initializer('E', float32([letters.length, width], E));

const network: Classifier = {
  name: 'letters',
  external: async () => ({ folder: '.' }),
  vocabularySize: letters.length,
  maxLength: 8,
  tokenizer: {
    vocabulary: vocabulary(letters, '?'),
    encodeDialogue(prompt, response) {
      const types = Int32Array.from({ length: 2 + prompt.length + response.length }, (_, i) =>
        i <= prompt.length ? 0 : 1,
      );
      return { ids: encode(`[${prompt}${response}]`), types };
    },
    responseSlot: (prompt) => ({
      prefix: encode(`[${prompt}`),
      suffix: encode(']'),
      types: { prefix: new Int32Array(1 + prompt.length), response: 1, suffix: Int32Array.of(1) },
    }),
  },
  embed: (g, ids) => g.Gather(embeddings(g), ids),
  embeddingTable: embeddings,
  rewards(g: GraphBuilder, { embeds, attention, segments }) {
    const mask = g.Unsqueeze(g.Cast(attention, 'float32'), [2]);
    const segment = g.Mul(g.Unsqueeze(g.Cast(segments, 'float32'), [2]), g.scalar(0.25, 'float32'));
    const h = g.Tanh(g.Add(g.MatMul(embeds, g.initializer('W', float32([width, width], W))), segment));
    const rated = g.Mul(g.MatMul(h, g.initializer('v', float32([width, 1], v))), mask);
    const place = g.Mul(
      g.Cast(g.CumSum(g.Expand(g.int64s([1]), g.Shape(attention)), g.scalar(1, 'int64')), 'float32'),
      g.scalar(0.1, 'float32'),
    );
    return g.Squeeze(g.ReduceSum(g.Mul(rated, g.Unsqueeze(place, [2])), [1]), [1, 2]);
  },
};

/** The same reward in float64 of one sequence of embeddings; `prefix` is where the response begins. */
const rewardOf = (embeds: readonly number[][], attention: readonly number[], prefix: number): number =>
  embeds.reduce((total, x, s) => {
    const h = v.map((_, j) =>
      Math.tanh(x.reduce((sum, xi, i) => sum + xi * W[i * width + j]!, 0) + (s < prefix ? 0 : 0.25)),
    );
    return total + (attention[s]! * (s + 1) * h.reduce((sum, hj, j) => sum + hj * v[j]!, 0)) / 10;
  }, 0);
const embeddingOf = (id: number) => E.slice(id * width, (id + 1) * width);

const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());
const load = (options: Partial<NetworkRewardOptions> = {}) => networkReward(network, { backend, ...options });

describe('networkReward: score', () => {
  it('puts the template around each response, as tokens', async () => {
    const reward = load();
    const scores = await reward.score('ab', ['c', '', 'dda']);
    ['c', '', 'dda'].forEach((response, i) => {
      const ids = [...encode(`[ab${response}]`)];
      expect(scores[i]).toBeCloseTo(
        rewardOf(
          ids.map(embeddingOf),
          ids.map(() => 1),
          3,
        ),
        6,
      );
    });
    expect(await reward.score('ab', [])).toEqual(new Float64Array(0));
    expect(await reward.score('ab', ['dda']), 'whatever else is scored').toEqual(scores.slice(2));
  });

  it.each([[null], ['text'], [['a', 1]], [[undefined]]])(
    'refuses responses that are no texts: %j',
    async (responses) => {
      const reward = load();
      await expect(reward.score('a', responses as never)).rejects.toThrow(InvalidArgumentError);
      await reward.dispose();
    },
  );

  it('refuses what is longer than the window, an aborted run, and use after dispose', async () => {
    const reward = load({ name: 'mine' });
    const failure = reward.score('abc', ['a', 'abcd']);
    await expect(failure).rejects.toThrow(InvalidArgumentError);
    await expect(failure).rejects.toThrow("Reward 'mine': expected at most 8 tokens, got 9. Shorten");
    await expect(reward.score('a', ['a'], { signal: AbortSignal.abort() })).rejects.toThrow('abort');
    await reward.dispose();
    await reward.dispose();
    await expect(reward.score('a', ['a'])).rejects.toThrow(BackendError);
  });
});

// A denoiser with other ids, a padding row, and a token ('z') that the reward lacks.
const denoiser = vocabulary(['z', 'd', 'c', undefined, 'b', 'a']);
const table = [-1, 3, 2, -1, 1, 0];
const length = 4;
const prefix = [...encode('[a')];

const mix = (candidates?: Int32Array): ResponseMix => {
  const columns = candidates?.length ?? denoiser.size;
  const raw = pseudoRandom(3 * columns, 7).map((x, i) =>
    // no probability on the padding row
    (candidates?.[i % columns] ?? i % columns) === 3 ? 0 : Math.abs(x) + 0.1,
  );
  return {
    trajectories: 2,
    tokenIds: Int32Array.of(5, 0, 4, 0, /**/ 2, 1, 1, 5),
    attention: Uint8Array.of(1, 1, 1, 0, /**/ 1, 1, 1, 1),
    rows: Int32Array.of(1, 3, 4),
    candidates,
    probs: Float32Array.from(raw, (x, i) => {
      const row = Math.floor(i / columns);
      return x / raw.slice(row * columns, (row + 1) * columns).reduce((sum, y) => sum + y, 0);
    }),
    weights: Float32Array.of(0.25, 0.5, 0),
  };
};

const expectClose = (values: Float64Array, expected: readonly number[]) => {
  expect(values).toHaveLength(expected.length);
  for (const [k, value] of expected.entries()) expect(values[k], `trajectory ${k}`).toBeCloseTo(value, 6);
};

/** The embedding of a denoiser token under a policy for tokens that the reward model lacks. */
const lookUp = (id: number, missing: 'unknown' | 'zero'): number[] => {
  const row = table[id]!;
  if (row >= 0) return embeddingOf(row);
  return missing === 'zero' ? [0, 0, 0] : embeddingOf(letters.indexOf('?'));
};

/** Rewards of a mix in float64, with `shift` added to ê of one row. */
const valuesOf = (
  given: ResponseMix,
  missing: 'unknown' | 'zero',
  shiftedRow = -1,
  shift = [0, 0, 0],
): number[] => {
  const candidates = given.candidates ?? Int32Array.from(denoiser.tokens.keys());
  return Array.from({ length: given.trajectories }, (_, k) => {
    const response = Array.from({ length }, (_, s) => {
      const slot = k * length + s;
      const hard = lookUp(given.tokenIds[slot]!, missing);
      const r = given.rows.indexOf(slot);
      if (r < 0) return hard;
      const w = given.weights[r]!;
      return hard.map((x, j) => {
        const soft = [...candidates].reduce(
          (sum, id, c) => sum + given.probs[r * candidates.length + c]! * lookUp(id, missing)[j]!,
          0,
        );
        return soft + w * (x - soft) + (r === shiftedRow ? shift[j]! : 0);
      });
    });
    const around = [...prefix.map(embeddingOf), ...response, embeddingOf(letters.indexOf(']'))];
    const attention = [1, 1, ...given.attention.slice(k * length, (k + 1) * length), 1];
    return rewardOf(around, attention, prefix.length);
  });
};

describe.each(['unknown', 'zero'] as const)("networkReward: gradient, missing tokens as '%s'", (missing) => {
  const reward = load({ missingTokens: missing });
  const open = () => reward.open({ prompt: 'a', vocabulary: denoiser, length });

  it.each([
    ['the whole vocabulary', undefined],
    ['candidates', Int32Array.of(5, 0, 1)],
  ])('of %s: values and token scores are those of the formula', async (_, candidates) => {
    const given = mix(candidates);
    const ids = candidates ?? Int32Array.from(denoiser.tokens.keys());
    const { values, tokenScores } = await (await open()).evaluate(given);
    expectClose(values, valuesOf(given, missing));
    expect(tokenScores).toHaveLength(3 * ids.length);
    given.rows.forEach((slot, r) => {
      ids.forEach((id, c) => {
        const h = 1e-5;
        const total = (sign: number) =>
          valuesOf(
            given,
            missing,
            r,
            lookUp(id, missing).map((x) => sign * h * x),
          ).reduce((sum, x) => sum + x, 0);
        const expected = (total(1) - total(-1)) / (2 * h);
        const score = tokenScores[r * ids.length + c]!;
        if (given.attention[slot] === 0) expect(score, 'masked slot').toBe(0);
        else expect(score, `row ${r}, token ${id}`).toBeCloseTo(expected, 5);
      });
    });
  });

  it('equals the score of the tokens where the probabilities are 0 and 1', async () => {
    const response = Int32Array.of(4, 5, 2, 1); // b a c d
    const probs = new Float32Array(2 * denoiser.size);
    probs[4] = 1;
    probs[denoiser.size + 2] = 1;
    const { values } = await (await open()).evaluate({
      trajectories: 1,
      tokenIds: response,
      attention: Uint8Array.of(1, 1, 1, 1),
      rows: Int32Array.of(0, 2),
      probs,
      weights: Float32Array.of(0.3, 1),
    });
    expect(values[0]).toBeCloseTo((await reward.score('a', ['bacd']))[0]!, 6);
  });

  it('takes a batch in which nothing is mixed', async () => {
    const given = {
      ...mix(),
      rows: new Int32Array(0),
      probs: new Float32Array(0),
      weights: new Float32Array(0),
    };
    const { values, tokenScores } = await (await open()).evaluate(given);
    expectClose(values, valuesOf(given, missing));
    expect(tokenScores).toEqual(new Float32Array(0));
  });
});

describe('networkReward: what open and evaluate refuse', () => {
  const reward = load();
  const open = () => reward.open({ prompt: 'a', vocabulary: denoiser, length });

  it('a prompt that leaves no room for the response', async () => {
    const failure = reward.open({ prompt: 'abc', vocabulary: denoiser, length });
    await expect(failure).rejects.toThrow(InvalidArgumentError);
    await expect(failure).rejects.toThrow('expected at most 8 tokens, got 9');
  });

  it.each<[string, Partial<ResponseMix>]>([
    ['trajectories: expected a whole number of at least 1, got 0', { trajectories: 0 }],
    ['tokenIds: expected trajectories · length = 3 · up to 4 elements, got 8', { trajectories: 3 }],
    ['attention: expected 8 elements', { attention: Uint8Array.of(1) }],
    ['weights: expected 3 elements (one per row), got 1', { weights: Float32Array.of(1) }],
    ['probs: expected 18 elements (rows · columns = 3 · 6), got 2', { probs: Float32Array.of(0.5, 0.5) }],
    [
      'tokenIds[1]: expected a token id in [0, 6), got 6',
      { tokenIds: Int32Array.of(0, 6, 0, 0, 0, 0, 0, 0) },
    ],
    [
      'candidates[0]: expected a token id in [0, 6), got -1',
      { candidates: Int32Array.of(-1, 0, 1, 2, 3, 4) },
    ],
    ['rows[1]: expected an ascending slot in [0, 8), got 1', { rows: Int32Array.of(1, 1, 4) }],
    ['rows[2]: expected an ascending slot in [0, 8), got 8', { rows: Int32Array.of(1, 3, 8) }],
  ])('ResponseMix.%s', async (message, wrong) => {
    const context = await open();
    const failure = context.evaluate({ ...mix(), ...wrong });
    await expect(failure).rejects.toThrow(InvalidArgumentError);
    await expect(failure).rejects.toThrow(`ResponseMix.${message}`);
  });

  it('numbers that are not finite, by trajectory and position', async () => {
    const context = await open();
    const given = mix();
    given.probs[denoiser.size * 2] = Number.NaN;
    await expect(context.evaluate(given)).rejects.toThrow(NumericalError);
    await expect(context.evaluate(given)).rejects.toThrow('a finite reward for trajectory 1, got NaN');
  });

  it('an aborted run, and use after dispose', async () => {
    const own = load();
    const context = await own.open({ prompt: 'a', vocabulary: denoiser, length });
    await expect(context.evaluate({ ...mix(), signal: AbortSignal.abort() })).rejects.toThrow('abort');
    await context.dispose();
    await own.dispose();
    await expect(context.evaluate(mix())).rejects.toThrow(BackendError);
  });
});
