import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidArgumentError } from '@entrgi/core';
import { encodeModel } from '@entrgi/onnx';
import { readModelFile } from '@entrgi/onnx/node';
import { describe, expect, it } from 'vitest';
import { fixture } from '../fixtures/fixture.js';
import type { StandInHub } from '../fixtures/stand-in-hub.js';
import { filesBelow, testHub } from '../fixtures/test-hub.js';
import { inspectCheckpoint } from './inspect-checkpoint.js';

const id = 'owner/model';
const trained = fileURLToPath(new URL('../../tiny-stories/models/denoiser', import.meta.url));

/** Bytes of each file that the hub sent. */
const sent = (hub: StandInHub): Record<string, number> => {
  const bytes: Record<string, number> = {};
  for (const { file, sent } of hub.requests) if (file !== undefined) bytes[file] = (bytes[file] ?? 0) + sent;
  return bytes;
};

/** The export of a fixture in transformers.js layout, its two largest weights in a file beside it and the rest inside. */
const exported = async (name: string, onnx: string) => {
  const model = await readModelFile(fileURLToPath(new URL(onnx, import.meta.url)));
  const { initializers } = model.graph;
  const largest = [...initializers]
    .filter(([, { type }]) => type === 'float32')
    .sort(([, a], [, b]) => length(b.dims) - length(a.dims))
    .slice(0, 2);
  const parts: Uint8Array[] = [];
  for (const [each, { type, dims, data }] of largest) {
    const bytes = new Uint8Array((data as Float32Array).slice().buffer);
    const offset = parts.reduce((sum, part) => sum + part.length, 0);
    initializers.set(each, {
      type,
      dims,
      external: { location: 'model.onnx_data', offset, length: bytes.length },
    });
    parts.push(bytes);
  }
  const files: Record<string, Uint8Array> = {
    'onnx/model.onnx': encodeModel(model),
    'onnx/model.onnx_data': Buffer.concat(parts),
  };
  for (const each of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
    files[each] = await readFile(join(fixture(name), each));
  }
  return files;
};

const length = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1);

describe('a model of the hub is inspected without its weights', () => {
  it.each([
    ['in one file', trained, 2 ** 16],
    ['in shards', fixture('dream-sharded'), 2 ** 16],
  ])('%s', async (_, directory, most) => {
    const { hub, cacheDir } = await testHub({ [id]: { files: directory } });
    const facts = await inspectCheckpoint(id);
    const { name, ...others } = await inspectCheckpoint(directory);
    expect(facts).toEqual({ ...others, name: 'model' });
    const bytes = sent(hub);
    for (const file of facts.files) {
      expect(bytes[file], file).toBeGreaterThan(0);
      expect(bytes[file], file).toBeLessThanOrEqual(most);
    }
    expect((await filesBelow(cacheDir)).filter((file) => file.endsWith('.safetensors'))).toEqual([]);
    // Until all is there, nothing says that the revision is.
    expect((await filesBelow(cacheDir)).filter((file) => file.includes('/refs/'))).toEqual([]);
  });

  it('of 6.6 MB, less than 0.2 MB are fetched', async () => {
    const { hub } = await testHub({ [id]: { files: trained } });
    await inspectCheckpoint(id);
    const all = Object.values(sent(hub)).reduce((sum, each) => sum + each, 0);
    expect(all).toBeLessThan(2e5);
  });

  it.each([
    ['a denoiser', 'bert-fill', '../fixtures/bert-fill.onnx', 'denoiser'],
    ['a classifier', 'bert-reward', '../../rewards/fixtures/bert-reward.onnx', 'classifier'],
  ])('as ONNX, %s, whose external data is not asked for', async (_, name, onnx, task) => {
    const { hub, cacheDir } = await testHub({ [id]: { files: await exported(name, onnx) } });
    const { model, ...facts } = await inspectCheckpoint(id);
    expect(facts).toMatchObject({ name: 'model', task, files: ['onnx/model.onnx', 'onnx/model.onnx_data'] });
    const { graph } = await readModelFile(fileURLToPath(new URL(onnx, import.meta.url)));
    const counts = [...graph.initializers.values()].map(({ dims }) => length(dims));
    expect(facts.parameters).toBe(counts.reduce((sum, count) => sum + count, 0));
    const checkpoint = await inspectCheckpoint(fixture(name));
    expect(facts.vocabulary).toEqual(checkpoint.vocabulary);
    expect(facts.labels).toEqual(checkpoint.labels);
    expect(facts.maxLength).toBe(checkpoint.maxLength);
    expect([...model!.graph.outputs.keys()]).toEqual(['logits']);
    expect(sent(hub)['onnx/model.onnx_data'] ?? 0).toBe(0);
    expect((await filesBelow(cacheDir)).filter((file) => /\.onnx/.test(file))).toEqual([]);
  });

  it('and whole where all of it is to be verified, or is in the cache', async () => {
    const { hub } = await testHub({ [id]: { files: fixture('dream') } });
    const facts = await inspectCheckpoint(id, { verify: true });
    expect(sent(hub)['model.safetensors']).toBe(
      (await readFile(`${fixture('dream')}/model.safetensors`)).length,
    );
    hub.requests.length = 0;
    const { name, ...again } = await inspectCheckpoint(id);
    expect(again).toEqual({ ...facts, name: undefined, files: again.files });
    expect(sent(hub)).toEqual({});
    await hub.close();
    expect(await inspectCheckpoint(id, { offline: true })).toEqual(facts);
    expect(await inspectCheckpoint(id)).toEqual(facts);
  });

  it('unless the server gives no parts', async () => {
    const { hub } = await testHub({ [id]: { files: trained } });
    hub.fault = ({ server }) => (server === 'storage' ? { ignoresRange: true } : undefined);
    await expect(inspectCheckpoint(id)).rejects.toThrow('expected a part of the file, got status 200');
  });
});

it('refuses other options', async () => {
  const failure = inspectCheckpoint(fixture('bert-fill'), { output: 'logits' } as never);
  await expect(failure).rejects.toThrow(InvalidArgumentError);
});
