import { nodeBackend } from '@entrgi/backend-node';
import { loadClassifier, type WeightOptions } from '@entrgi/models';
import { GraphBuilder, type Node } from '@entrgi/onnx';
import { afterAll, describe, expect, it } from 'vitest';
import { checkpoint, relativeError, responseMix, torchCases } from '../fixtures/torch-numbers.js';
import { gradientGraph } from './gradient-graph.js';
import { loadReward } from './load-reward.js';

const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());

const given = torchCases.find(({ reward }) => reward === 'qwen3-reward')!;
const { vocabulary } = (await loadClassifier(checkpoint('qwen3-reward'))).tokenizer;

/** Rewards and gradients of all mixes that PyTorch was given. */
const evaluated = async (name: string, options: WeightOptions) => {
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
      expect(relativeError(values, [...expected.mixes[i]!.values])).toBeLessThan(1e-6);
      expect(relativeError(tokenScores, [...expected.mixes[i]!.tokenScores])).toBeLessThan(1e-5);
    });
  });

  it('unpacks no matrix before something else is computed, and none for longer than one product', async () => {
    const classifier = await loadClassifier(checkpoint('qwen3-reward-bf16'), { dtype: 'bf16' });
    const { graph } = gradientGraph(classifier, 'table');
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
