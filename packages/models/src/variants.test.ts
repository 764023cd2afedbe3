import { nodeBackend } from '@entrgi/backend-node';
import type { Tensor } from '@entrgi/core';
import { encodeModel, GraphBuilder, pruneGraph } from '@entrgi/onnx';
import { afterAll, describe, expect, it } from 'vitest';
import { relativeError } from '../fixtures/fixture.js';
import { numbers, type Variant, variantConfig, variants, writeVariant } from '../fixtures/variants.js';
import { readCheckpoint } from './checkpoint/checkpoint.js';
import type { ClassifierNetwork, DenoiserNetwork } from './contracts/network.js';
import type { Weights } from './contracts/weights.js';
import { denoiserGraph } from './denoiser/denoiser-graph.js';
import { configReader } from './files/config-reader.js';
import { fitCheckpoint } from './network/fit-checkpoint.js';
import { readNetwork } from './network/read-network.js';
import { checkedWeights } from './weights/checked-weights.js';

const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());

/** What transformers calls the tensors, nothing being tied; all of its number of labels. */
const allParameters = (variant: Variant) => {
  const config = configReader({ ...variantConfig(variant), tie_word_embeddings: false }, 'config.json');
  const parameters = new Map(readNetwork({ config }).parameters);
  if (variant.base === 'bert-fill') parameters.set('cls.predictions.decoder.bias', [16]);
  return parameters;
};

const bases = {
  llama: 'model',
  mistral: 'model',
  qwen2: 'model',
  qwen3: 'model',
  deberta: 'deberta',
  roberta: 'roberta',
  electra: 'electra',
  albert: 'albert',
  gemma2: 'model',
  gemma3: 'model',
};
const prefixOf = ({ base }: Variant): string =>
  (bases as Record<string, string>)[base] ??
  (base.startsWith('bert') ? 'bert' : base === 'distilbert' ? base : 'model');

const int64 = (dims: number[], data: ArrayLike<number>): Tensor => ({
  type: 'int64',
  dims,
  data: BigInt64Array.from(Array.from(data), BigInt),
});

const open = (g: GraphBuilder, folder: string) => {
  const model = g.model();
  pruneGraph(model.graph);
  return backend.createSession({ bytes: encodeModel(model), folder });
};

/** Scores of a whole sequence; and, where the network can, of its end after a beginning that was computed apart. */
const classifierScores = async (
  network: ClassifierNetwork,
  weights: Weights,
  folder: string,
  length: number,
) => {
  const { width, prefix } = network;
  const data = Float32Array.from(numbers('embeds', 48 * width).slice(0, length * width), (x) => 2 * x);
  const g = new GraphBuilder();
  const embeds = g.input('embeds', 'float32', [1, 'length', width]);
  const inputs = (x: string) => {
    const dims = g.Slice(g.Shape(x), [0], g.int64s([2]), [0]);
    const all = (value: number) => g.Expand(g.int64s([value]), dims);
    // Whatever the tokens are, none is padding, which is 0.
    return { embeds: x, attention: all(1), segments: all(0), ids: all(1) };
  };
  g.output(network.scores(g, weights, inputs(embeds)), 'scores');
  if (prefix !== undefined) {
    const cut = g.int64s([3]);
    const start = g.Slice(embeds, [0], cut, [1]);
    const end = g.Slice(embeds, [3], g.Shape(embeds, { start: 1, end: 2 }), [1]);
    const past = [prefix.append(g, weights, start)];
    g.output(network.scores(g, weights, { ...inputs(end), past }), 'continued');
  }
  const session = await open(g, folder);
  const outputs = await session.run({ embeds: { type: 'float32', dims: [1, length, width], data } });
  await session.dispose();
  return Object.values(outputs).map((output) => output.data as Float32Array);
};

const denoiserLogits = async (network: DenoiserNetwork, weights: Weights, folder: string, length: number) => {
  const session = await backend.createSession({
    bytes: encodeModel(denoiserGraph(network, weights)),
    folder,
  });
  const ids = Array.from({ length }, (_, i) => (5 * i * i + i) % 16);
  const outputs = await session.run({
    ids: int64([1, length], ids),
    positions: int64([2], [1, length - 1]),
  });
  await session.dispose();
  return [outputs.logits!.data as Float32Array];
};

// All of them take a minute: of each kind of variant the fast test takes every seventh.
const chosen = variants.filter((_, i) => process.env.ENTRGI_SLOW === '1' || i % 7 === 0);

describe.each(chosen)('$base, $name', (variant) => {
  it('gives what transformers gives', async () => {
    const [folder, remove] = await writeVariant(variant, allParameters(variant), prefixOf(variant));
    try {
      const { network, checkpoint, leftOut } = await fitCheckpoint(await readCheckpoint(folder));
      const weights = checkedWeights(checkpoint, network);
      for (const [i, length] of variant.lengths.entries()) {
        if (length > network.maxLength) continue;
        const results =
          network.task === 'classifier'
            ? await classifierScores(network, weights, checkpoint.folder, length)
            : await denoiserLogits(network, weights, checkpoint.folder, length);
        for (const result of results) {
          expect(relativeError(result, variant.expected[i]!), `${length} tokens`).toBeLessThan(1e-4);
        }
      }
      for (const name of variant.weights.extra ?? []) expect(leftOut).toContain(name);
    } finally {
      await remove();
    }
  });
});
