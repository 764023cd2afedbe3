import { fileURLToPath } from 'node:url';
import { nodeBackend } from '@entrgi/backend-node';
import { BackendError, type DifferentiableReward, type ResponseMix } from '@entrgi/core';
import { type LoadedClassifier, loadClassifier } from '@entrgi/models';
import { pruneGraph } from '@entrgi/onnx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkpoint, relativeError } from '../fixtures/torch-numbers.js';
import { gradientGraph } from './graph/gradient-graph.js';
import { networkReward } from './network-reward.js';

const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());

/** Other matrix shapes round otherwise: measured up to 1.5e-6 on the embedded reward, some dozen units of a float32's last place. */
const ROUNDING = 5e-6;

const length = 12;
const prompts = ['A cat', 'Tell me a long story about a big dog.', 'No', 'A cat'];
const random = (seed: number) => (i: number) => {
  const x = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
  return x - Math.floor(x);
};

/** Two of three slots mixed, the last slots of every second trajectory hidden. */
const mixOf = (
  { vocabulary: { size } }: LoadedClassifier,
  trajectories: number,
  candidates?: Int32Array,
): ResponseMix => {
  const at = random(trajectories);
  const slots = Array.from({ length: trajectories * length }, (_, slot) => slot);
  const rows = Int32Array.from(slots.filter((slot) => slot % 3 > 0));
  const columns = candidates?.length ?? size;
  const raw = Float64Array.from({ length: rows.length * columns }, (_, i) => at(i) ** 9);
  return {
    trajectories,
    tokenIds: Int32Array.from(slots, (slot) => Math.floor(at(slot + 0.5) * size)),
    attention: Uint8Array.from(slots, (slot) =>
      slot % length >= length - 3 && Math.floor(slot / length) % 2 === 1 ? 0 : 1,
    ),
    rows,
    candidates,
    probs: Float32Array.from(raw, (x, i) => {
      const start = i - (i % columns);
      return x / raw.subarray(start, start + columns).reduce((sum, y) => sum + y, 0);
    }),
    weights: Float32Array.from(rows, at),
  };
};

describe.each([
  ['the tiny Qwen3', checkpoint('qwen3-reward')],
  ['the embedded reward', fileURLToPath(new URL('../../tiny-stories/models/reward', import.meta.url))],
])('prefix reuse: %s', (_, directory) => {
  let classifier: LoadedClassifier;
  let whole: DifferentiableReward;
  let reusing: DifferentiableReward;
  beforeAll(async () => {
    classifier = await loadClassifier(directory);
    whole = networkReward(classifier, { backend, prefixReuse: false });
    reusing = networkReward(classifier, { backend });
  });

  it.each([1, 4])('nor where the last token of the prefix is apart, as on devices, %d at once', async (k) => {
    // The first nine tokens are settled, and so are kept behind it.
    const mix = mixOf(classifier, k);
    const rows = mix.rows.filter((slot) => slot % length > 8);
    const settled = { ...mix, rows, probs: mix.probs.slice(0, rows.length * classifier.vocabulary.size) };
    const apart = networkReward(classifier, { backend: { ...backend, isDevice: true }, fused: false });
    for (const given of [mix, { ...settled, weights: mix.weights.slice(0, rows.length) }]) {
      const request = { prompt: prompts[1]!, vocabulary: classifier.vocabulary, length };
      const [expected, context] = [await whole.open(request), await apart.open(request)];
      const { values, tokenScores } = await expected.evaluate(given);
      for (const got of [await context.evaluate(given), await context.evaluate(given)]) {
        expect(relativeError(got.values, [...values])).toBeLessThan(ROUNDING);
        expect(relativeError(got.tokenScores, [...tokenScores])).toBeLessThan(1e-5);
      }
    }
    await apart.dispose();
  });

  it.each([1, 4])('changes neither rewards nor token scores: prompt after prompt, %d at once', async (k) => {
    const candidates = Int32Array.from({ length: 40 }, (_, c) => c * 5);
    for (const mix of [mixOf(classifier, k), mixOf(classifier, k, candidates)]) {
      for (const prompt of prompts) {
        const request = { prompt, vocabulary: classifier.vocabulary, length };
        const [expected, context] = [await whole.open(request), await reusing.open(request)];
        const { values, tokenScores } = await expected.evaluate(mix);
        for (const got of [await context.evaluate(mix), await context.evaluate(mix)]) {
          expect(relativeError(got.values, [...values])).toBeLessThan(ROUNDING);
          expect(relativeError(got.tokenScores, [...tokenScores])).toBeLessThan(1e-5);
        }
        await expected.dispose();
        await context.dispose();
      }
    }
  });

  it('keeps the prompts of contexts apart that are open at once', async () => {
    const mix = mixOf(classifier, 2);
    const open = (prompt: string) => reusing.open({ prompt, vocabulary: classifier.vocabulary, length });
    const [first, second] = [await open(prompts[0]!), await open(prompts[1]!)];
    const alone = await first.evaluate(mix);
    const other = await second.evaluate(mix);
    expect(relativeError(other.values, [...alone.values])).toBeGreaterThan(1e-4);
    expect(await first.evaluate(mix)).toEqual(alone);
    await first.dispose();
    expect(await second.evaluate(mix)).toEqual(other);
    await expect(first.evaluate(mix)).rejects.toThrow(BackendError);
    await expect(first.evaluate(mix)).rejects.toThrow('the context is disposed. Open another.');
  });

  it('takes a template with nothing before the response', async () => {
    const around = () => ({
      prefix: new Int32Array(0),
      suffix: Int32Array.of(1),
      types: { prefix: new Int32Array(0), response: 0, suffix: Int32Array.of(0) },
    });
    const bare = { ...classifier, tokenizer: { ...classifier.tokenizer, around } };
    const mix = mixOf(classifier, 2);
    const [expected, got] = await Promise.all(
      [false, true].map(async (prefixReuse) => {
        const reward = networkReward(bare, { backend, prefixReuse });
        const context = await reward.open({ prompt: 'A cat', vocabulary: classifier.vocabulary, length });
        const gradient = await context.evaluate(mix);
        await reward.dispose();
        return gradient;
      }),
    );
    expect(relativeError(got!.values, [...expected!.values])).toBeLessThan(ROUNDING);
    expect(relativeError(got!.tokenScores, [...expected!.tokenScores])).toBeLessThan(1e-5);
  });

  it('changes no score of text', async () => {
    const responses = ['A big dog.', '', 'I am not a cat.'];
    for (const prompt of prompts) {
      const scores = await reusing.score(prompt, responses);
      expect(relativeError(scores, [...(await whole.score(prompt, responses))])).toBeLessThan(ROUNDING);
      expect(await reusing.score(prompt, responses.slice(1))).toEqual(scores.slice(1));
    }
  });

  it('differentiates nothing before the response: its products are few, and nothing is copied for the batch', () => {
    const graphs = [
      gradientGraph(classifier, { columns: 'table' }),
      gradientGraph(classifier, { columns: 'table', reused: classifier.prefix }),
    ];
    const [before, after] = graphs.map(({ graph }) => {
      pruneGraph(graph);
      const count = (opType: string) => graph.nodes.filter((node) => node.opType === opType).length;
      return { products: count('MatMul'), copies: count('Expand') + count('Tile'), sums: count('NonZero') };
    });
    // Per layer, two products forward and two back with each piece of the past (what comes before the response, and its first tokens); of the
    // template only the suffix is repeated.
    const { layers } = classifier.prefix!;
    expect(after!.products - before!.products).toBe(2 * 4 * layers);
    expect(after!.copies).toBeLessThan(before!.copies);
    expect(after!.sums, 'sums over axes that are found as the graph runs').toBe(0);
    expect([...graphs[1]!.graph.inputs.keys()]).not.toContain('prefix');
  });
});

it('is not for networks that look both ways', async () => {
  expect((await loadClassifier(checkpoint('bert-reward'))).prefix).toBeUndefined();
});
