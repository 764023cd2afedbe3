import { readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeBackend } from '@entrgi/backend-node';
import { CheckpointError, InvalidModelError, NetworkError, NotFoundError } from '@entrgi/core';
import { encodeModel, type Graph } from '@entrgi/onnx';
import { readModelFile } from '@entrgi/onnx/node';
import { afterAll, describe, expect, it } from 'vitest';
import { fixture, fixtureNumbers, relativeError } from '../../fixtures/fixture.js';
import type { StandInHub } from '../../fixtures/stand-in-hub.js';
import { filesBelow, rejection, testHub } from '../../fixtures/test-hub.js';
import type { LoadDenoiserOptions } from '../denoiser/load-denoiser-options.js';
import type { DownloadProgress } from '../hub/hub-options.js';
import { loadDenoiser } from '../load-denoiser.js';
import { resolveCheckpoint } from './resolve-checkpoint.js';

const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());

const id = 'Xenova/tiny-bert';
const model = 'onnx/model.onnx';
const settings = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];

type Files = Record<string, string | Uint8Array>;

/** A repository in transformers.js layout: everything but safetensors, some files of no use, and what is given. */
const repository = async (given: Files): Promise<Files> => {
  const files: Files = { 'README.md': '# BERT', 'quantize_config.json': '{}' };
  for (const name of settings) files[name] = await readFile(join(fixture('bert-fill'), name));
  return { ...files, ...given };
};

/** The export of the fixture, changed. */
const exported = async (change: (graph: Graph) => void = () => {}): Promise<Uint8Array> => {
  const read = await readModelFile(`${fixture('bert-fill')}.onnx`);
  change(read.graph);
  return encodeModel(read);
};

/** The export with its largest tensors each in a file of its own, and these files. */
const withExternalData = async (...locations: readonly string[]) => {
  const data: Files = {};
  const bytes = await exported(({ initializers }) => {
    const largest = [...initializers]
      .filter(([, { type }]) => type === 'float32')
      .sort(([, a], [, b]) => size(b.dims) - size(a.dims));
    locations.forEach((location, i) => {
      const [name, { type, dims, data: values }] = largest[i]!;
      data[location] = new Uint8Array((values as Float32Array).slice().buffer);
      initializers.set(name, {
        type,
        dims,
        external: { location, offset: 0, length: data[location].length },
      });
    });
  });
  return { bytes, data };
};

const size = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1);

/** The logits' error against PyTorch's for the same weights. */
const errorOf = async (options: Partial<LoadDenoiserOptions> = {}, plus = 0): Promise<number> => {
  const { tokenIds, positions, logits } = (await fixtureNumbers('bert-fill')).denoiser!;
  const [batch, length] = tokenIds.dims as [number, number];
  const denoiser = await loadDenoiser(id, { backend, ...options });
  expect(denoiser.name).toBe('tiny-bert');
  const request = { tokenIds: Int32Array.from(tokenIds.data), batch, length };
  const actual = await denoiser.logits({ ...request, positions: Int32Array.from(positions) });
  await denoiser.dispose();
  return relativeError(
    actual,
    logits.data.map((x) => x + plus),
  );
};

/** Export whose logits are all greater by one: another variant of the same model. */
const plusOne = () =>
  exported(({ initializers }) => {
    const bias = initializers.get('model.cls.predictions.bias')!.data as Float32Array;
    bias.forEach((x, i) => { bias[i] = x + 1; }); // biome-ignore format: one line
  });

const fetched = (hub: StandInHub): string[] =>
  [...new Set(hub.requests.flatMap(({ file }) => file ?? []))].sort();

describe('a repository with nothing but ONNX models', () => {
  it('gives the logits of PyTorch, and again offline, of its usual file and no other', async () => {
    const files = await repository({
      [model]: await exported(),
      'onnx/model_quantized.onnx': 'x',
      'onnx/model.onnx.md': 'x',
      'model.onnx': 'x',
    });
    const { hub } = await testHub({ [id]: { files } });
    expect(await errorOf()).toBeLessThan(1e-4);
    expect(fetched(hub)).toEqual([...settings, model].sort());
    await hub.close();
    expect(await errorOf({ offline: true })).toBeLessThan(1e-4);
    expect(await errorOf()).toBeLessThan(1e-4);
    const snapshot = await resolveCheckpoint(id, { weights: 'onnx', offline: true });
    expect(await readlink(join(snapshot, model))).toMatch(/^\.\.\/\.\.\/\.\.\/blobs\/[0-9a-f]{64}$/);
  });

  it('may have it at the top, and be of an architecture that is not known', async () => {
    const config = JSON.parse(await readFile(join(fixture('bert-fill'), 'config.json'), 'utf8'));
    config.architectures = ['OtherForMaskedLM'];
    await testHub({
      [id]: {
        files: await repository({ 'model.onnx': await exported(), 'config.json': JSON.stringify(config) }),
      },
    });
    expect(await errorOf()).toBeLessThan(1e-4);
  });

  it('is private, at a revision, in another cache', async () => {
    const token = 'hf_mine';
    const files = await repository({ [model]: await exported() });
    const { hub, cacheDir } = await testHub({ [id]: { files, token } });
    const own = `${cacheDir}-own`;
    expect(await errorOf({ token, revision: hub.commitOf(id), cacheDir: own })).toBeLessThan(1e-4);
    expect(await filesBelow(cacheDir)).toEqual([]);
    const reason = new Error('enough');
    expect(await rejection(errorOf({ token, signal: AbortSignal.abort(reason) }))).toBe(reason);
  });
});

describe('a repository with safetensors and ONNX models', () => {
  const both = async () =>
    repository({
      'model.safetensors': await readFile(join(fixture('bert-fill'), 'model.safetensors')),
      [model]: 'x',
      'onnx/model_other.onnx': await plusOne(),
    });

  it('is loaded from the safetensors', async () => {
    const { hub } = await testHub({ [id]: { files: await both() } });
    expect(await errorOf()).toBeLessThan(1e-4);
    expect(fetched(hub)).toEqual([...settings, 'model.safetensors'].sort());
  });

  it('is loaded from exactly the file that is named', async () => {
    const { hub } = await testHub({ [id]: { files: await both() } });
    const file = 'onnx/model_other.onnx';
    expect(await errorOf({ file }, 1)).toBeLessThan(1e-4);
    expect(fetched(hub)).toEqual([...settings, file].sort());
    await hub.close();
    expect(await errorOf({ file, offline: true }, 1)).toBeLessThan(1e-4);
  });

  it('is completed in the cache by the file that is named; offline, it is said to be missing', async () => {
    const { hub, cacheDir } = await testHub({ [id]: { files: await both() } });
    expect(await errorOf()).toBeLessThan(1e-4);
    const file = 'onnx/model_other.onnx';
    const failure = await rejection(errorOf({ file, offline: true }));
    expect(failure).toBeInstanceOf(NotFoundError);
    expect(failure.message).toContain(
      `${id}: offline, and the cache ${cacheDir} has no ${file} of revision main. Run once without \`offline\``,
    );
    hub.requests.length = 0;
    expect(await errorOf({ file }, 1)).toBeLessThan(1e-4);
    expect(fetched(hub)).toEqual([file]);
    await hub.close();
    expect(await rejection(errorOf({ file: 'onnx/model_q4.onnx' }))).toBeInstanceOf(NetworkError);
  });
});

describe('external data', () => {
  it.each([
    ['as exporters name it', ['model.onnx_data', 'model.onnx_data_1']],
    ['as newer exporters name it', ['model.onnx.data']],
    ['as only the model says', ['word embeddings.weights', 'parts/second.weights']],
  ])('is brought %s, and found through the links of the cache', async (_, locations) => {
    const { bytes, data } = await withExternalData(...locations);
    const named = Object.fromEntries(Object.entries(data).map(([name, each]) => [`onnx/${name}`, each]));
    const others = { 'onnx/model_fp16.onnx': 'x', 'onnx/model_fp16.onnx_data': 'x', 'model.onnx_data': 'x' };
    const files = await repository({ [model]: bytes, ...named, ...others });
    const { hub } = await testHub({ [id]: { files } });
    for (const disablePrepacking of [false, true])
      expect(await errorOf({ disablePrepacking })).toBeLessThan(1e-4);
    expect(fetched(hub)).toEqual([...settings, model, ...Object.keys(named)].sort());
    await hub.close();
    expect(await errorOf({ offline: true })).toBeLessThan(1e-4);
    const snapshot = await resolveCheckpoint(id, { offline: true });
    const [lost] = Object.keys(named);
    await rm(join(snapshot, lost!));
    expect((await rejection(errorOf({ offline: true }))).message).toContain(
      `has no ${lost} of revision main`,
    );
  });

  it('counts in the progress', async () => {
    const { bytes, data } = await withExternalData('model.onnx_data');
    const files = await repository({ [model]: bytes, 'onnx/model.onnx_data': data['model.onnx_data']! });
    await testHub({ [id]: { files } });
    const progress: DownloadProgress[] = [];
    await resolveCheckpoint(id, { onProgress: (event) => progress.push(event) });
    const total = [...settings, model, 'onnx/model.onnx_data']
      .map((name) => Buffer.from(files[name]!).length)
      .reduce((sum, length) => sum + length);
    expect(progress.at(-1)).toMatchObject({ id, allLoadedBytes: total, allTotalBytes: total });
  });

  it('is missed where the repository does not have it', async () => {
    const { bytes } = await withExternalData('model.onnx_data');
    const { cacheDir } = await testHub({ [id]: { files: await repository({ [model]: bytes }) } });
    const failure = await rejection(errorOf());
    expect(failure).toBeInstanceOf(CheckpointError);
    expect(failure.message).toBe(
      `${id}: the repository has no onnx/model.onnx_data. ${model} names it: tell the repository's author.`,
    );
    expect((await filesBelow(cacheDir)).filter((file) => file.includes('refs'))).toEqual([]);
  });

  it('cannot lead out of the repository', async () => {
    // A name that the library would not write, put into the bytes in place of one of the same length.
    const { bytes } = await withExternalData('up/secret.weights');
    const text = Buffer.from(bytes);
    text.write('../secret.weights', text.indexOf('up/secret.weights'));
    const files = await repository({ [model]: text, 'secret.weights': 'x' });
    const { hub } = await testHub({ [id]: { files } });
    const failure = await rejection(errorOf());
    expect(failure).toBeInstanceOf(InvalidModelError);
    expect(failure.message).toContain("expected a path inside the folder, got '..'");
    expect(fetched(hub)).not.toContain('secret.weights');
  });
});

describe('what cannot be chosen', () => {
  it.each<[string, LoadDenoiserOptions['file'], Files, string]>([
    [
      'a file that is not there',
      'onnx/model_q4.onnx',
      { [model]: 'x', 'onnx/model_quantized.onnx': 'x' },
      `the repository has no ONNX model "onnx/model_q4.onnx". It has ${model}, onnx/model_quantized.onnx.`,
    ],
    ['a file that is no model', 'config.json', {}, 'no ONNX model "config.json". It has none.'],
    ['a file outside', '../../config.onnx', { [model]: 'x' }, `"../../config.onnx". It has ${model}.`],
  ])('%s', async (_, file, given, message) => {
    const { hub } = await testHub({ [id]: { files: await repository(given) } });
    const failure = await rejection(loadDenoiser(id, { backend, file: file! }));
    expect(failure).toBeInstanceOf(NotFoundError);
    expect(failure.message).toContain(message);
    expect(fetched(hub)).toEqual([]);
  });

  it('a repository without weights, or with unusual names only', async () => {
    const { hub } = await testHub({
      'owner/empty': { files: await repository({ 'pytorch_model.bin': 'x' }) },
      [id]: { files: await repository({ 'onnx/model_q4.onnx': 'x' }) },
    });
    const usual =
      'model.safetensors, model.safetensors.index.json, pytorch_model.safetensors, onnx/model.onnx, model.onnx';
    const empty = await rejection(loadDenoiser('owner/empty', { backend }));
    expect(empty).toBeInstanceOf(CheckpointError);
    expect(empty.message).toBe(
      `owner/empty: expected one of ${usual}, got none. pytorch_model.bin is in the format of PyTorch, which is not read: convert it once with transformers (from_pretrained, then save_pretrained, which writes safetensors).`,
    );
    const unusual = await rejection(loadDenoiser(id, { backend }));
    expect(unusual).toBeInstanceOf(CheckpointError);
    expect(unusual.message).toBe(
      `${id}: expected one of ${usual}, got none. It has onnx/model_q4.onnx: name one with the option file.`,
    );
    expect(fetched(hub)).toEqual([]);
  });

  it('but a name may have characters that addresses have other uses for', async () => {
    const file = 'onnx/model #2 100%?.onnx';
    await testHub({ [id]: { files: await repository({ [file]: await exported() }) } });
    expect(await errorOf({ file })).toBeLessThan(1e-4);
  });
});
