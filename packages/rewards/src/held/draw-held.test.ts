import { fileURLToPath } from 'node:url';
import { nodeBackend } from '@entrgi/backend-node';
import {
  type DrawRequest,
  type DrawResult,
  type Filter,
  filters,
  NumericalError,
  optimizers,
  type RewardGuidanceOptions,
  randomStream,
  rewardGuidance,
  wholeVocabulary,
} from '@entrgi/core';
import { drawToken } from '@entrgi/core/internal';
import { encodeModel, GraphBuilder } from '@entrgi/onnx/graphs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadReward } from '../load-reward.js';

// The oracle is the definition of each number, in float64, on logits that guidance in JavaScript gives.

const backend = nodeBackend({ threads: 1 });
const fixture = fileURLToPath(new URL('../../../models/fixtures/qwen3-reward', import.meta.url));
let fused: Awaited<ReturnType<typeof loadReward>>;
let plain: Awaited<ReturnType<typeof loadReward>>;
beforeAll(async () => {
  fused = await loadReward(fixture, { backend, fused: true });
  plain = await loadReward(fixture, { backend });
});
afterAll(() => backend.dispose());

const LENGTH = 4;
const TRAJECTORIES = 2;

/** A tensor that stays with the backend. */
const keep = async (data: Float32Array, size: number) => {
  const g = new GraphBuilder();
  g.output(g.Identity(g.input('x', 'float32', ['rows', size])), 'y');
  const session = await backend.createSession({ bytes: encodeModel(g.model()) }, { keep: ['y'] });
  const run = await session.runKeeping!({
    x: { type: 'float32', dims: [data.length / size, size], data },
  });
  await session.dispose();
  return run.kept.y!;
};

interface Step {
  readonly temperature?: number;
  readonly filters?: readonly Filter[];
  readonly guidance?: Partial<RewardGuidanceOptions>;
  /** Writes to the denoiser's logits, shape [rows of one trajectory, size]. */
  readonly change?: (logits: Float32Array, size: number) => void;
}

/** One denoising step of two responses, equal so far: the same of both reaches guidance once. */
const step = async ({ temperature = 0.7, filters: sampling = [filters.topP(0.95)], ...given }: Step) => {
  const vocabulary = fused.vocabulary!;
  const { size } = vocabulary;
  const random = randomStream({ seed: 1, prompt: 0, trajectory: 0, step: 0, purpose: 'token' });
  const logits = Float32Array.from({ length: LENGTH * size }, () => 12 * random.uniform() ** 4);
  given.change?.(logits, size);
  const excluded = new Uint8Array(2 * size);
  for (const id of vocabulary.specialIds) excluded[id] = 1;
  excluded.set(excluded.subarray(0, size), size);
  excluded[size + 40] = 1;
  const rows = Int32Array.from({ length: TRAJECTORIES * LENGTH }, (_, slot) => slot);
  const sources = rows.map((slot) => slot % LENGTH);
  const kinds = rows.map((slot) => (slot % LENGTH < 2 ? 1 : 0));
  const uniforms = Float64Array.from(rows, () => random.uniform());
  const settings = { optimizer: optimizers.ascent(3), ...given.guidance };
  const shared = {
    step: 1,
    trajectories: TRAJECTORIES,
    tokenIds: new Int32Array(TRAJECTORIES * LENGTH).fill(5),
    rows,
    temperature,
    filters: sampling,
    random: (trajectory: number, guidanceStep: number) =>
      randomStream({ seed: 1, prompt: 0, trajectory, step: 1, purpose: 'guidance', guidanceStep }),
  };
  const opened = { prompt: 'abc', vocabulary, length: LENGTH };
  const context = await rewardGuidance({ reward: fused, ...settings }).open(opened);
  const tensor = await keep(logits, size);
  const request: DrawRequest = {
    ...shared,
    logits: { size, tensor, sources, excluded, kinds },
    uniforms,
  };
  let result: DrawResult;
  try {
    result = await context.held!.draw(request);
  } finally {
    await Promise.all([tensor.dispose(), context.dispose()]);
  }
  const before = Float32Array.from({ length: rows.length * size }, (_, i) =>
    excluded[kinds[Math.floor(i / size)]! * size + (i % size)] === 1
      ? Number.NEGATIVE_INFINITY
      : logits[sources[Math.floor(i / size)]! * size + (i % size)]!,
  );
  const inJavaScript = await rewardGuidance({ reward: plain, ...settings }).open(opened);
  const guided = await inJavaScript.optimize({ ...shared, logits: wholeVocabulary(before.slice(), size) });
  await inJavaScript.dispose();
  return { result, guided, before, size, uniforms, temperature, filters: sampling };
};

const softmaxOf = (row: readonly number[], temperature: number) => {
  const highest = Math.max(...row);
  const e = row.map((x) => Math.exp((x - highest) / temperature));
  const sum = e.reduce((a, b) => a + b);
  return e.map((x) => x / sum);
};
const entropyOf = (probs: readonly number[]) =>
  -probs.reduce((sum, p) => (p > 0 ? sum + p * Math.log(p) : sum), 0);

describe('what is drawn where logits are held, and what is said of their rows', () => {
  it.each<[string, Step]>([
    ['usual', {}],
    ['temperature 0', { temperature: 0 }],
    ['temperature 1.5', { temperature: 1.5 }],
    ['no filter', { filters: [] }],
    ['top-k and top-p', { filters: [filters.topK(6), filters.topP(0.6)] }],
    ['hard filters of its own', { guidance: { hardFilters: [filters.topK(2)] } }],
    ['one trajectory at a time', { guidance: { memoryLimit: 40_000 } }],
    ['tokens that are as good as excluded', { change: (logits, size) => logits.fill(-1e9, 41, size) }],
  ])('%s', async (_, given) => {
    const { result, guided, before, size, uniforms, temperature, filters } = await step(given);
    const { drawn } = result;
    const near = (got: ArrayLike<number>, row: number, expected: number) =>
      expect(Math.abs(got[row]! - expected)).toBeLessThan(1e-4 * Math.max(1, Math.abs(expected)));
    result.rewards.forEach((values, m) => {
      values.forEach((value, k) => {
        near([value], 0, guided.rewards[m]![k]!);
      });
    });
    for (let row = 0; row < uniforms.length; row++) {
      const own = [...guided.logits.values.subarray(row * size, (row + 1) * size)];
      const tau = temperature === 0 ? 1 : temperature;
      const probs = Float32Array.from(softmaxOf(own, tau));
      near(drawn.optimizedEntropies, row, entropyOf([...probs]));
      near(
        drawn.initialEntropies,
        row,
        entropyOf(softmaxOf([...before.subarray(row * size, (row + 1) * size)], tau)),
      );
      for (const filter of filters) filter(probs);
      const mass = probs.reduce((a, b) => a + b);
      const kept = [...probs].map((p) => p / mass);
      const [first, second] = kept.toSorted((a, b) => b - a);
      near(drawn.filteredEntropies, row, entropyOf(kept));
      near(drawn.margins, row, first! - second!);
      const token =
        temperature === 0
          ? own.indexOf(Math.max(...own))
          : drawToken(probs, { uniform: () => uniforms[row]! });
      expect(drawn.tokenIds[row]).toBe(token);
      near(drawn.probabilities, row, kept[token]!);
      near(drawn.logits, row, own[token]!);
      near(drawn.logSumExps, row, Math.log(own.reduce((sum, x) => sum + Math.exp(x), 0)));
    }
  });
});

describe('refuses, with the place', () => {
  it.each<[string, Step, string]>([
    [
      'a NaN',
      { change: (logits, size) => logits.fill(Number.NaN, size + 50, size + 51) },
      'position 1: expected finite logits before guidance',
    ],
    [
      'an infinity',
      { change: (logits, size) => logits.fill(Number.POSITIVE_INFINITY, size + 50, size + 51) },
      'position 1: expected finite logits before guidance',
    ],
    [
      'a row without a token',
      { change: (logits, size) => logits.fill(Number.NEGATIVE_INFINITY, 2 * size, 3 * size) },
      'position 2: expected finite logits of a token that may be drawn, got -Infinity',
    ],
    [
      'logits that overflow',
      { guidance: { optimizer: optimizers.ascent(1e39), guidanceSteps: 1 } },
      'expected finite logits after guidance step 1',
    ],
  ])('%s', async (_, given, message) => {
    const failure = await step(given).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NumericalError);
    expect((failure as Error).message).toContain(message);
    expect((failure as Error).message).toContain('Denoising step 1, trajectory 0');
  });
});
