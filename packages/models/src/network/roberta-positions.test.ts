import { readFile } from 'node:fs/promises';
import { nodeBackend } from '@entrgi/backend-node';
import { encodeModel, GraphBuilder, pruneGraph } from '@entrgi/onnx';
import { afterAll, expect, it } from 'vitest';
import { relativeError } from '../../fixtures/fixture.js';
import { variantConfig, writeVariant } from '../../fixtures/variants.js';
import { readCheckpoint } from '../checkpoint/checkpoint.js';
import { configReader } from '../files/config-reader.js';
import { checkedWeights } from '../weights/checked-weights.js';
import { fitCheckpoint } from './fit-checkpoint.js';
import { readNetwork } from './read-network.js';

const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());

it('RoBERTa does not count padding tokens inside a text, as transformers does of input_ids', async () => {
  const oracle = new URL('../../fixtures/roberta-positions.json', import.meta.url);
  const { config, texts, scores } = JSON.parse(await readFile(oracle, 'utf8'));
  const variant = { base: 'roberta', name: 'positions', config, weights: {}, lengths: [], expected: [] };
  const { parameters } = readNetwork({ config: configReader(variantConfig(variant), 'config.json') });
  const [folder, remove] = await writeVariant(variant, parameters, 'roberta');
  try {
    const { network, checkpoint } = await fitCheckpoint(await readCheckpoint(folder));
    if (network.task !== 'classifier') expect.unreachable();
    const weights = checkedWeights(checkpoint, network);
    const g = new GraphBuilder();
    const ids = g.input('ids', 'int64', ['batch', 'length']);
    const all = (value: number) => g.Expand(g.int64s([value]), g.Shape(ids));
    const embeds = weights.rows(g, 'roberta.embeddings.word_embeddings.weight', ids);
    g.output(network.scores(g, weights, { embeds, attention: all(1), segments: all(0), ids }), 'scores');
    const model = g.model();
    pruneGraph(model.graph);
    const session = await backend.createSession({ bytes: encodeModel(model), folder: checkpoint.folder });
    const data = BigInt64Array.from(texts.flat(), BigInt);
    const outputs = await session.run({ ids: { type: 'int64', dims: [4, 8], data } });
    expect(relativeError(outputs.scores!.data as Float32Array, scores)).toBeLessThan(1e-4);
  } finally {
    await remove();
  }
});
