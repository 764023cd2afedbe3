import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeBackend } from '@entrgi/backend-node';
import { fileFolder, loadClassifier } from '@entrgi/models';
import { encodeModel } from '@entrgi/onnx';
import { readModelFile } from '@entrgi/onnx/node';
import { afterAll, describe, expect, it } from 'vitest';
import { wordLookup } from '../../models/src/onnx/word-lookup.js';
import { checkpoint, relativeError, responseMix, torchCases } from '../fixtures/torch-numbers.js';
import { loadReward } from './load-reward.js';

const given = torchCases[1]!;
const { vocabulary } = await loadClassifier(checkpoint('qwen3-reward'));
const settings = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];
const filesOf = (name: string, more: readonly string[] = []): File[] =>
  [...settings, ...more].map((file) => new File([readFileSync(join(checkpoint(name), file))], file));

/** The exported model, its word embeddings in a file beside it. */
const exported = async (): Promise<File[]> => {
  const path = fileURLToPath(new URL(`../fixtures/${given.reward}.onnx`, import.meta.url));
  const model = await readModelFile(path);
  const { initializers } = model.graph;
  const { table } = wordLookup(model, path);
  const { type, dims, data } = initializers.get(table)!;
  const bytes = new Uint8Array((data as Float32Array).slice().buffer);
  const external = { location: 'model.onnx_data', offset: 0, length: bytes.length };
  initializers.set(table, { type, dims, external });
  return [
    new File([encodeModel(model) as Uint8Array<ArrayBuffer>], 'model.onnx'),
    new File([bytes], 'model.onnx_data'),
  ];
};

describe.each([{ worker: false }, { worker: true }])('from files in memory, in Node ($worker)', (how) => {
  const backend = nodeBackend({ threads: 1, ...how });
  afterAll(() => backend.dispose());

  it.each([
    ['safetensors', async () => filesOf(given.reward, ['model.safetensors'])],
    ['ONNX with external data', async () => [...filesOf(given.reward), ...(await exported())]],
  ])('a reward of %s scores and differentiates as PyTorch does', async (_, read) => {
    const reward = await loadReward(fileFolder(await read(), 'judge'), {
      backend,
      missingTokens: given.missing,
    });
    expect(reward.name).toBe('judge');
    expect(relativeError(await reward.score(given.prompt, given.responses), given.scores)).toBeLessThan(1e-5);
    const context = await reward.open({ prompt: given.prompt, vocabulary, length: given.length });
    for (const mix of given.mixes) {
      const { values, tokenScores } = await context.evaluate(responseMix(given, mix));
      expect(relativeError(values, mix.values)).toBeLessThan(1e-5);
      expect(relativeError(tokenScores, mix.tokenScores)).toBeLessThan(1e-4);
    }
  });
});
