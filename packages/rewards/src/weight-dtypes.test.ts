import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeBackend } from '@entrgi/backend-node';
import type { ResponseMix } from '@entrgi/core';
import { loadClassifier, type WeightOptions } from '@entrgi/models';
import { GraphBuilder, type Node } from '@entrgi/onnx';
import { afterAll, describe, expect, it } from 'vitest';
import { checkpoint, relativeError, responseMix, torchCases } from '../fixtures/torch-numbers.js';
import { gradientGraph } from './graph/gradient-graph.js';
import { loadReward } from './load-reward.js';
import { type NetworkRewardOptions, networkReward } from './network-reward.js';

type Options = WeightOptions & Pick<NetworkRewardOptions, 'prefixReuse'>;

const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());

const given = torchCases.find(({ reward }) => reward === 'qwen3-reward')!;
const { vocabulary } = (await loadClassifier(checkpoint('qwen3-reward'))).tokenizer;

/** Rewards and gradients of all mixes that PyTorch was given. */
const evaluated = async (name: string, options: Options) => {
  const reward = await loadReward(checkpoint(name), { backend, ...options });
  const scores = await reward.score(given.prompt, given.responses);
  const context = await reward.open({ prompt: given.prompt, vocabulary, length: given.length });
  const mixes = [];
  for (const mix of given.mixes) mixes.push(await context.evaluate(responseMix(given, mix)));
  await reward.dispose();
  return { scores, mixes };
};

describe('a reward whose weights are kept as stored', () => {
  it.each(['qwen3-reward-bf16', 'qwen3-reward'])('%s: rewards and gradients are the same', async (name) => {
    const expected = await evaluated(name, {});
    const actual = await evaluated(name, { dtype: 'auto' });
    expect(relativeError(actual.scores, [...expected.scores])).toBeLessThan(1e-6);
    actual.mixes.forEach(({ values, tokenScores }, i) => {
      // Float32 in other orders: a product with few rows is summed otherwise where the weight lies in the runtime's own layout.
      expect(relativeError(values, [...expected.mixes[i]!.values])).toBeLessThan(1e-5);
      expect(relativeError(tokenScores, [...expected.mixes[i]!.tokenScores])).toBeLessThan(1e-5);
    });
  });

  it('unpacks no matrix before something else is computed, and none for longer than one product', async () => {
    const classifier = await loadClassifier(checkpoint('qwen3-reward-bf16'), { dtype: 'bf16' });
    const { graph } = gradientGraph(classifier, { columns: 'table' });
    const g = new GraphBuilder(graph);
    const users = (value: string): Node[] => graph.nodes.filter(({ inputs }) => inputs.includes(value));
    const matrices = [...graph.initializers].filter(
      ([, { type, dims }]) => type === 'bfloat16' && dims.length === 2,
    );
    expect(matrices).toHaveLength(2 * 7 + 2); // two layers of seven, embeddings and score
    for (const [name] of matrices) {
      expect(users(name).map(({ opType }) => opType)).not.toContain('Cast');
      const unpacked = graph.nodes.filter(
        ({ opType, inputs }) =>
          opType === 'Cast' &&
          graph.nodes.some((node) => node.outputs[0] === inputs[0] && node.inputs[0] === name),
      );
      for (const { outputs } of unpacked) {
        expect(g.typeOf(outputs[0]!).dims).toBeDefined();
        if (!users(outputs[0]!).some(({ opType }) => opType === 'Gemm')) continue;
        expect(users(outputs[0]!)).toHaveLength(1);
      }
    }
  });
});

const embedded = fileURLToPath(new URL('../../tiny-stories/models/reward', import.meta.url));
const story = ' found a shiny red kite in the forest and was very happy. The end.';

/** The trained reward of a story, every token of it mixed with others, in one of the dtypes. */
const opened = async (options: Options) => {
  const reward = await loadReward(embedded, { backend, ...options });
  const { tokenizer } = await loadClassifier(embedded);
  const ids = tokenizer.encodeText(story);
  const context = await reward.open({
    prompt: 'Complete this story: A rabbit',
    vocabulary: tokenizer.vocabulary,
    length: ids.length,
  });
  const candidates = Int32Array.from({ length: 24 }, (_, i) => ids[i % ids.length]! + 11 * Math.floor(i / 8));
  const columns = candidates.length;
  const probs = Float32Array.from({ length: ids.length * columns }, (_, i) => 1 + Math.sin(i));
  for (let row = 0; row < ids.length; row++) {
    const own = probs.subarray(row * columns, (row + 1) * columns);
    const sum = own.reduce((total, p) => total + p, 0);
    for (let i = 0; i < columns; i++) own[i]! /= sum;
  }
  const mix: ResponseMix = {
    trajectories: 1,
    tokenIds: ids,
    attention: new Uint8Array(ids.length).fill(1),
    rows: Int32Array.from(ids, (_, i) => i),
    candidates,
    probs,
    weights: new Float32Array(ids.length).fill(0.25),
  };
  return { reward, context, mix, evaluate: (own: Float32Array) => context.evaluate({ ...mix, probs: own }) };
};

const quantizedDir = await mkdtemp(join(tmpdir(), 'entrgi-reward-'));
afterAll(() => rm(quantizedDir, { recursive: true, force: true }));

describe.each(['q8', 'q4'] as const)('a reward in %s', (dtype) => {
  it('has a gradient that is exact for its own forward pass', async () => {
    const { mix, evaluate, reward } = await opened({ dtype, quantizedDir });
    const { tokenScores } = await evaluate(mix.probs);
    // ∂R/∂p = (1 − w) · score: the hard token is held.
    const gradient = tokenScores.map((score, i) => (1 - mix.weights[Math.floor(i / 24)]!) * score);
    const length = Math.hypot(...gradient);
    const rewardAt = async (step: number) => {
      const moved = mix.probs.map((p, i) => p + (step * gradient[i]!) / length);
      return (await evaluate(moved)).values[0]!;
    };
    const central = async (h: number) => ((await rewardAt(h)) - (await rewardAt(-h))) / (2 * h);
    const h = 0.00125;
    const slope = (4 * (await central(h / 2)) - (await central(h))) / 3;
    expect(Math.abs(slope - length) / length).toBeLessThan(2e-4);
    await reward.dispose();
  });

  it('has the same gradient where its weights are unpacked instead of multiplied by the other way round', async () => {
    const { mix, context, reward } = await opened({ dtype, quantizedDir });
    const classifier = await loadClassifier(embedded, { dtype, quantizedDir });
    const unpacking = networkReward({ ...classifier, transposedWeight: () => undefined }, { backend });
    const other = await unpacking.open({
      prompt: 'Complete this story: A rabbit',
      vocabulary: classifier.vocabulary,
      length: mix.tokenIds.length,
    });
    const [a, b] = [await context.evaluate(mix), await other.evaluate(mix)];
    expect(relativeError(a.values, [...b.values])).toBeLessThan(1e-5);
    expect(relativeError(a.tokenScores, [...b.tokenScores])).toBeLessThan(1e-4);
    await reward.dispose();
    await unpacking.dispose();
  });

  it('points where the float32 one points, and rates nearly as it does', async () => {
    const exact = await opened({});
    const rounded = await opened({ dtype, quantizedDir });
    const [a, b] = [await exact.evaluate(exact.mix.probs), await rounded.evaluate(exact.mix.probs)];
    const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
    const cosine =
      dot(a.tokenScores, b.tokenScores) /
      Math.sqrt(dot(a.tokenScores, a.tokenScores) * dot(b.tokenScores, b.tokenScores));
    // 0.99997 and 0.9937 were measured, and 0.019 and 0.20 of a reward of −1.77.
    expect(cosine).toBeGreaterThan({ q8: 0.9995, q4: 0.97 }[dtype]);
    expect(Math.abs(a.values[0]! - b.values[0]!)).toBeLessThan({ q8: 0.04, q4: 0.4 }[dtype]);
    await exact.reward.dispose();
    await rounded.reward.dispose();
  });

  it('gives the same with and without the prompt computed once', async () => {
    const once = await opened({ dtype, quantizedDir });
    const whole = await opened({ dtype, quantizedDir, prefixReuse: false });
    const [a, b] = [await once.evaluate(once.mix.probs), await whole.evaluate(once.mix.probs)];
    expect(relativeError(a.values, [...b.values])).toBeLessThan(1e-5);
    expect(relativeError(a.tokenScores, [...b.tokenScores])).toBeLessThan(1e-4);
    await once.reward.dispose();
    await whole.reward.dispose();
  });

  it('is multiplied by from both sides in packed form', async () => {
    const classifier = await loadClassifier(embedded, { dtype, quantizedDir });
    const { graph } = gradientGraph(classifier, { columns: 'candidates' });
    const opTypes = graph.nodes.map(({ opType }) => opType);
    // Four layers of seven.
    expect(opTypes.filter((opType) => opType === 'MatMulNBits')).toHaveLength(2 * 28);
    expect(opTypes).not.toContain('DequantizeLinear');
  });
});
