import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeBackend } from '@entrgi/backend-node';
import {
  CheckpointError,
  InvalidArgumentError,
  InvalidModelError,
  MemoryLimitError,
  NotFoundError,
  UnsupportedError,
} from '@entrgi/core';
import { loadClassifier } from '@entrgi/models';
import { encodeModel, GraphBuilder } from '@entrgi/onnx';
import { readModelFile } from '@entrgi/onnx/node';
import { afterAll, describe, expect, it } from 'vitest';
import { testHub } from '../../models/fixtures/test-hub.js';
import { wordLookup } from '../../models/src/onnx/word-lookup.js';
import { checkpoint, relativeError, responseMix, torchCases } from '../fixtures/torch-numbers.js';
import { loadReward } from './load-reward.js';

const backend = nodeBackend({ threads: 1 });
const folder = mkdtempSync(join(tmpdir(), 'entrgi-onnx-reward-'));
afterAll(async () => {
  await backend.dispose();
  rmSync(folder, { recursive: true });
});

/** A directory as transformers.js lays it out: everything but weights from the checkpoint, and its export. */
const layOut = (reward: string, file: string, model?: Uint8Array): string => {
  const directory = mkdtempSync(join(folder, `${reward}-`));
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
    cpSync(join(checkpoint(reward), name), join(directory, name));
  }
  mkdirSync(join(directory, 'onnx'));
  if (model !== undefined) writeFileSync(join(directory, file), model);
  else cpSync(fileURLToPath(new URL(`../fixtures/${reward}.onnx`, import.meta.url)), join(directory, file));
  return directory;
};

const { vocabulary } = await loadClassifier(checkpoint('qwen3-reward'));

describe.each(torchCases)('loadReward of ONNX ($reward, missing: $missing)', (given) => {
  it('scores and differentiates as PyTorch does with the checkpoint', async () => {
    const { prompt, responses, length, missing } = given;
    const directory = layOut(given.reward, 'onnx/model.onnx');
    const reward = await loadReward(directory, { backend, missingTokens: missing });
    expect(relativeError(await reward.score(prompt, responses), given.scores)).toBeLessThan(1e-5);
    const context = await reward.open({ prompt, vocabulary, length });
    for (const mix of given.mixes) {
      const { values, tokenScores } = await context.evaluate(responseMix(given, mix));
      expect(relativeError(values, mix.values)).toBeLessThan(1e-5);
      expect(relativeError(tokenScores, mix.tokenScores)).toBeLessThan(1e-4);
    }
    await reward.dispose();
  });
});

describe('loadReward of ONNX: what it is told', () => {
  const given = torchCases[1]!;

  it.each([
    ['model.onnx', '', undefined],
    ['onnx/model_fp32.onnx', '', 'onnx/model_fp32.onnx'],
    ['model.onnx', '/model.onnx', undefined],
    ['onnx/model_fp32.onnx', '/onnx/model_fp32.onnx', undefined],
  ])('takes %s beside the tokenizer as DIRECTORY%s and file %s', async (place, source, file) => {
    const directory = layOut(given.reward, place);
    const reward = await loadReward(`${directory}${source}`, { backend, file });
    expect(reward.name).toBe(basename(directory));
    expect(relativeError(await reward.score(given.prompt, given.responses), given.scores)).toBeLessThan(1e-5);
    await reward.dispose();
  });

  it('refuses two files, and one that is not there', async () => {
    const directory = layOut(given.reward, 'model.onnx');
    const file = 'model.onnx';
    const both = loadReward(`${directory}/model.onnx`, { backend, file });
    await expect(both).rejects.toThrow('file: expected it or a source that is a file, got both');
    const missing = loadReward(directory, { backend, file: 'onnx/other.onnx' });
    await expect(missing).rejects.toThrow(CheckpointError);
    await expect(missing).rejects.toThrow(`${directory}: there is no onnx/other.onnx.`);
  });

  it('prefers safetensors to a file that is not named', async () => {
    const directory = layOut(given.reward, 'model.onnx', Uint8Array.of(1, 2, 3));
    cpSync(join(checkpoint(given.reward), 'model.safetensors'), join(directory, 'model.safetensors'));
    const reward = await loadReward(directory, { backend });
    expect(relativeError(await reward.score(given.prompt, given.responses), given.scores)).toBeLessThan(1e-5);
    await reward.dispose();
    await expect(loadReward(directory, { backend, file: 'model.onnx' })).rejects.toThrow(InvalidModelError);
  });

  it('refuses to hold its weights otherwise than they are', async () => {
    const failure = loadReward(layOut(given.reward, 'model.onnx'), { backend, dtype: 'q4' });
    await expect(failure).rejects.toThrow(UnsupportedError);
    await expect(failure).rejects.toThrow("dtype: expected 'fp32' or 'auto', got 'q4'");
  });

  it('refuses a window, an output or a label that is not there', async () => {
    const directory = layOut(given.reward, 'model.onnx');
    const short = await loadReward(directory, { backend, maxLength: 12 });
    await expect(short.score(given.prompt, given.responses)).rejects.toThrow(
      'expected at most 12 tokens, got 17',
    );
    await expect(loadReward(directory, { backend, output: 'reward' })).rejects.toThrow(
      "output: expected the name of one, got 'reward'. It has 'logits'.",
    );
    const third = loadReward(directory, { backend, label: 2 });
    await expect(third).rejects.toThrow(InvalidArgumentError);
    await expect(third).rejects.toThrow(
      'model.onnx: the output logits: label: expected one of 1 labels, got 2.',
    );
  });

  it('takes a label by the name that config.json gives it, and as many labels as it says', async () => {
    const directory = layOut(given.reward, 'model.onnx');
    const config = JSON.parse(readFileSync(join(directory, 'config.json'), 'utf8'));
    const named = (id2label: object) =>
      writeFileSync(join(directory, 'config.json'), JSON.stringify({ ...config, id2label }));
    named({ 0: 'good' });
    const reward = await loadReward(directory, { backend, label: 'good' });
    expect(relativeError(await reward.score(given.prompt, given.responses), given.scores)).toBeLessThan(1e-5);
    await reward.dispose();
    await expect(loadReward(directory, { backend, label: 'bad' })).rejects.toThrow(
      'label: there is no "bad". Its labels are 0 "good".',
    );
    named({ 0: 'bad', 1: 'good' });
    await expect(loadReward(directory, { backend })).rejects.toThrow('Its labels are 0 "bad", 1 "good".');
    await expect(loadReward(directory, { backend, label: 'good' })).rejects.toThrow(
      'label: expected one of 1 labels, got 1.',
    );
  });

  it('refuses a model that fills in masks', async () => {
    const fill = new URL('../../models/fixtures/bert-fill', import.meta.url);
    const directory = mkdtempSync(join(folder, 'fill-'));
    cpSync(fileURLToPath(fill), directory, { recursive: true });
    cpSync(`${fileURLToPath(fill)}.onnx`, join(directory, 'model.onnx'));
    const failure = loadReward(directory, { backend, file: 'model.onnx' });
    await expect(failure).rejects.toThrow(UnsupportedError);
    await expect(failure).rejects.toThrow(
      /model\.onnx: the output logits: expected \[batch, labels\] or \[batch\], got \[\S+, \S+, \d+\]\. Export/,
    );
  });

  it('refuses a model that does not fit into memory', async () => {
    const directory = layOut(given.reward, 'model.onnx');
    const failure = loadReward(directory, { backend, memoryLimit: 1e4 });
    await expect(failure).rejects.toThrow(MemoryLimitError);
    await expect(failure).rejects.toThrow('its weights take about');
  });

  it('refuses files that are missing, no model, or a model without word embeddings', async () => {
    const empty = mkdtempSync(join(folder, 'empty-'));
    await expect(loadReward(empty, { backend })).rejects.toThrow(CheckpointError);
    await expect(loadReward(empty, { backend })).rejects.toThrow(`${empty}: there is no config.json`);
    const garbage = layOut(given.reward, 'model.onnx', Uint8Array.of(1, 2, 3));
    await expect(loadReward(garbage, { backend })).rejects.toThrow(InvalidModelError);
    const g = new GraphBuilder();
    g.output(
      g.ReduceSum(g.Cast(g.input('input_ids', 'int64', ['batch', 'length']), 'float32'), [1], 0),
      'logits',
    );
    const wordless = layOut(given.reward, 'model.onnx', encodeModel(g.model()));
    await expect(loadReward(wordless, { backend })).rejects.toThrow(UnsupportedError);
    await expect(loadReward(wordless, { backend })).rejects.toThrow(
      'expected one table that input_ids are looked up in, got 0',
    );
  });
});

/** The export with the word embeddings moved to a file beside it. */
const withExternalTable = async (reward: string, location: string) => {
  const model = await readModelFile(fileURLToPath(new URL(`../fixtures/${reward}.onnx`, import.meta.url)));
  const { table } = wordLookup(model, reward);
  const { type, dims, data } = model.graph.initializers.get(table)!;
  const bytes = new Uint8Array((data as Float32Array).slice().buffer);
  model.graph.initializers.set(table, {
    type,
    dims,
    external: { location, offset: 0, length: bytes.length },
  });
  return { model: encodeModel(model), bytes };
};

describe('loadReward of ONNX: external data', () => {
  const given = torchCases[1]!;

  it('stays in its file beside the model', async () => {
    const { model, bytes } = await withExternalTable(given.reward, 'model.onnx_data');
    const directory = layOut(given.reward, 'onnx/model.onnx', model);
    writeFileSync(join(directory, 'onnx/model.onnx_data'), bytes);
    const reward = await loadReward(directory, { backend });
    expect(relativeError(await reward.score(given.prompt, given.responses), given.scores)).toBeLessThan(1e-5);
    await reward.dispose();
    writeFileSync(join(directory, 'onnx/model.onnx_data'), bytes.slice(1));
    await expect(loadReward(directory, { backend })).rejects.toThrow(InvalidModelError);
  });
});

describe('loadReward of ONNX: a model of the hub', () => {
  const given = torchCases[1]!;
  const id = 'Xenova/tiny-judge';
  const settings = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];

  /** A repository in transformers.js layout, and whatever else it has. */
  const repository = (files: Record<string, string | Uint8Array>) => {
    const own = settings.map((name) => [name, readFileSync(join(checkpoint(given.reward), name))] as const);
    return { [id]: { files: { ...Object.fromEntries(own), ...files } } };
  };

  it('scores and differentiates as PyTorch does, online and from the cache; its weights are linked blobs', async () => {
    const { model, bytes } = await withExternalTable(given.reward, 'model.onnx_data');
    const { hub } = await testHub(
      repository({
        'model.safetensors': 'x',
        'onnx/model.onnx': model,
        'onnx/model.onnx_data': bytes,
        'onnx/model_fp16.onnx': 'x',
      }),
    );
    for (const offline of [false, true]) {
      const source = `${id}/onnx/model.onnx`;
      const reward = await loadReward(source, { backend, missingTokens: given.missing, offline });
      expect(relativeError(await reward.score(given.prompt, given.responses), given.scores)).toBeLessThan(
        1e-5,
      );
      const context = await reward.open({ prompt: given.prompt, vocabulary, length: given.length });
      for (const mix of given.mixes) {
        const { values, tokenScores } = await context.evaluate(responseMix(given, mix));
        expect(relativeError(values, mix.values)).toBeLessThan(1e-5);
        expect(relativeError(tokenScores, mix.tokenScores)).toBeLessThan(1e-4);
      }
      await reward.dispose();
    }
    const fetched = new Set(hub.requests.flatMap(({ file }) => file ?? []));
    expect([...fetched].sort()).toEqual([...settings, 'onnx/model.onnx', 'onnx/model.onnx_data'].sort());
  });

  it('is the file that is named, which must be there', async () => {
    const file = 'onnx/model_other.onnx';
    const bytes = readFileSync(fileURLToPath(new URL(`../fixtures/${given.reward}.onnx`, import.meta.url)));
    const { hub } = await testHub(repository({ [file]: bytes }));
    const reward = await loadReward(id, { backend, file });
    expect(relativeError(await reward.score(given.prompt, given.responses), given.scores)).toBeLessThan(1e-5);
    await reward.dispose();
    await expect(loadReward(id, { backend })).rejects.toThrow(CheckpointError);
    await expect(loadReward(id, { backend })).rejects.toThrow(
      `${id}: expected one of model.safetensors, model.safetensors.index.json, pytorch_model.safetensors, onnx/model.onnx, model.onnx, got none. It has ${file}: name one with the option file.`,
    );
    await expect(loadReward(id, { backend, file: 'onnx/model_q4.onnx' })).rejects.toThrow(NotFoundError);
    await hub.close();
    await expect(loadReward(id, { backend, offline: true, revision: 'v1' })).rejects.toThrow(
      /has no config\.json, tokenizer\.json, model\.safetensors of revision v1/,
    );
  });
});
