import { createHash } from 'node:crypto';
import { mkdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CheckpointError,
  InvalidArgumentError,
  NetworkError,
  NotFoundError,
  UnsupportedError,
} from '@entrgi/core';
import { describe, expect, it, vi } from 'vitest';
import { worksAsDream } from '../../fixtures/dream-logits.js';
import { fixture } from '../../fixtures/fixture.js';
import { filesBelow, rejection, testHub } from '../../fixtures/test-hub.js';
import type { DownloadProgress } from '../hub/hub-options.js';
import { inspectCheckpoint } from '../inspect-checkpoint.js';
import { loadClassifier } from '../load-classifier.js';
import { resolveCheckpoint } from './resolve-checkpoint.js';

const id = 'owner/Tiny-Dream';
const weights = 'model.safetensors';

describe('into an empty cache', () => {
  it('brings a checkpoint that computes what PyTorch does, and again offline', async () => {
    const { hub } = await testHub({ [id]: { files: fixture('dream') } });
    expect(await worksAsDream(id)).toBe('Tiny-Dream');
    await hub.close();
    expect(await worksAsDream(id, { offline: true })).toBe('Tiny-Dream');
    vi.stubEnv('HF_HUB_OFFLINE', '1');
    expect(await worksAsDream(id)).toBe('Tiny-Dream');
  });

  it('brings the shards that the index names', async () => {
    const { hub } = await testHub({ [id]: { files: fixture('dream-sharded') } });
    await worksAsDream(id, {}, 'dream-sharded');
    const { weight_map: map } = JSON.parse(
      await readFile(join(fixture('dream-sharded'), 'model.safetensors.index.json'), 'utf8'),
    );
    const shards = new Set(Object.values(map));
    expect(shards.size).toBeGreaterThan(1);
    expect(
      new Set(hub.requests.filter(({ server }) => server === 'storage').map(({ file }) => file)),
    ).toEqual(shards);
  });

  it('writes the layout of huggingface_hub, named by the hashes of the contents, and nothing else', async () => {
    const { hub, cacheDir } = await testHub({ [id]: { files: fixture('dream') } });
    const commit = hub.commitOf(id);
    const snapshot = await resolveCheckpoint(id);
    const model = join(cacheDir, 'models--owner--Tiny-Dream');
    expect(snapshot).toBe(join(model, 'snapshots', commit));
    const files = ['config.json', weights, 'tokenizer.json', 'tokenizer_config.json'];
    const expected = ['refs/main'];
    for (const file of files) {
      const bytes = await readFile(join(fixture('dream'), file));
      const hash =
        file === weights
          ? createHash('sha256').update(bytes).digest('hex')
          : createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
      expected.push(`blobs/${hash}`, `snapshots/${commit}/${file}`);
      expect(await readlink(join(snapshot, file))).toBe(`../../blobs/${hash}`);
      expect(await readFile(join(snapshot, file))).toEqual(bytes);
    }
    expect(await filesBelow(model)).toEqual(expected.sort());
    expect(await readFile(join(model, 'refs/main'), 'utf8')).toBe(commit);
    expect(await filesBelow(join(cacheDir, '.locks'))).toEqual([]);
  });

  it('fetches only what loading needs', async () => {
    const files: Record<string, Uint8Array | string> = {
      'pytorch_model.bin': 'x',
      'dream.gguf': 'x',
      'README.md': 'x',
      'modeling_dream.py': 'x',
      'other.safetensors': 'x',
      'generation_config.json': '{}',
    };
    for (const file of ['config.json', weights, 'tokenizer.json']) {
      files[file] = await readFile(join(fixture('dream'), file));
    }
    await testHub({ [id]: { files } });
    expect(await filesBelow(await resolveCheckpoint(id))).toEqual([
      'config.json',
      'generation_config.json',
      weights,
      'tokenizer.json',
    ]);
  });

  it('brings vocab.json and merges.txt where there is no tokenizer.json', async () => {
    const files: Record<string, Uint8Array | string> = { 'vocab.json': '{}', 'merges.txt': '' };
    for (const file of ['config.json', weights]) files[file] = await readFile(join(fixture('dream'), file));
    const { hub } = await testHub({ [id]: { files } });
    const snapshot = await resolveCheckpoint(id);
    expect(await filesBelow(snapshot)).toEqual(['config.json', 'merges.txt', weights, 'vocab.json']);
    await hub.close();
    expect(await resolveCheckpoint(id, { offline: true })).toBe(snapshot);
  });

  it.each([
    ['config.json', 'the repository has no config.json'],
    ['tokenizer.json', 'the repository has no tokenizer.json'],
    [
      weights,
      'expected one of model.safetensors, model.safetensors.index.json, pytorch_model.safetensors, onnx/model.onnx, model.onnx, got none.',
    ],
  ])('says before fetching anything that there is no %s', async (absent, message) => {
    const files: Record<string, Uint8Array> = { 'pytorch_model.bin': new Uint8Array(9) };
    for (const file of ['config.json', weights, 'tokenizer.json']) {
      if (file !== absent) files[file] = await readFile(join(fixture('dream'), file));
    }
    const { hub } = await testHub({ [id]: { files } });
    const failure = await rejection(resolveCheckpoint(id));
    expect(failure).toBeInstanceOf(CheckpointError);
    expect(failure.message).toContain(`${id}: ${message}`);
    expect(hub.requests.filter(({ file }) => file !== undefined)).toEqual([]);
  });

  it('fetches no weights of an architecture that is not known', async () => {
    const files: Record<string, Uint8Array | string> = {
      'config.json': '{"architectures": ["GPT2LMHeadModel"]}',
    };
    for (const file of [weights, 'tokenizer.json'])
      files[file] = await readFile(join(fixture('dream'), file));
    const { hub } = await testHub({ [id]: { files } });
    const failure = await rejection(resolveCheckpoint(id));
    expect(failure).toBeInstanceOf(UnsupportedError);
    expect(failure.message).toMatch(
      /^owner\/Tiny-Dream\/config\.json: .*expected one of .*DreamModel.*got GPT2LMHeadModel/,
    );
    expect(hub.requests.filter(({ server }) => server === 'storage')).toEqual([]);
  });

  it('serves rewards and facts as well', async () => {
    await testHub({ 'owner/judge': { files: fixture('qwen3-reward') } });
    expect((await loadClassifier('owner/judge')).name).toBe('judge');
    expect(await inspectCheckpoint('owner/judge', { offline: true })).toMatchObject({
      name: 'judge',
      architecture: 'Qwen3ForSequenceClassification',
    });
  });

  it('takes the cache directory from the option, else from the environment', async () => {
    const { cacheDir } = await testHub({ [id]: { files: fixture('dream') } });
    const own = `${cacheDir}-own`;
    expect(await resolveCheckpoint(id, { cacheDir: own })).toMatch(join(own, 'models--'));
    vi.stubEnv('HF_HUB_CACHE', `${cacheDir}-other`);
    expect(await resolveCheckpoint(id)).toMatch(join(`${cacheDir}-other`, 'models--'));
  });
});

describe('revisions', () => {
  it('are branches, tags and commits; a name with slashes too', async () => {
    const { hub, cacheDir } = await testHub({
      [id]: { files: fixture('dream'), refs: { 'refs/pr/1': 'a'.repeat(40), 'v1.0': 'b'.repeat(40) } },
    });
    // The stand-in has the same files at every commit that it knows.
    const commit = hub.commitOf(id);
    expect(await resolveCheckpoint(id, { revision: commit })).toMatch(commit);
    expect(await filesBelow(join(cacheDir, 'models--owner--Tiny-Dream', 'refs'))).toEqual([]);
    const failure = await rejection(resolveCheckpoint(id, { revision: 'v2.0' }));
    expect(failure).toBeInstanceOf(NotFoundError);
    expect(failure.message).toContain(`${id} has no revision v2.0`);
  });

  it.each(['..', '../main', 'a//b', '/main', 'a/../b', '', 'a b', 'a\\b', 'a\0'])(
    'cannot be %j, which would lead elsewhere',
    async (revision) => {
      const { hub } = await testHub({ [id]: { files: fixture('dream') } });
      expect(await rejection(resolveCheckpoint(id, { revision }))).toBeInstanceOf(InvalidArgumentError);
      expect(hub.requests).toEqual([]);
    },
  );
});

describe('with a cache', () => {
  it('downloads nothing that is there', async () => {
    const { hub } = await testHub({ [id]: { files: fixture('dream') } });
    await resolveCheckpoint(id);
    hub.requests.length = 0;
    const progress: DownloadProgress[] = [];
    await resolveCheckpoint(id, { onProgress: (event) => progress.push(event) });
    expect(hub.requests.filter(({ file }) => file !== undefined)).toEqual([]);
    expect(progress).toEqual([]);
  });

  it('uses it whole where the hub cannot be reached, or fails', async () => {
    const { hub } = await testHub({ [id]: { files: fixture('dream') } });
    const snapshot = await resolveCheckpoint(id);
    hub.fault = () => ({ status: 503 });
    expect(await resolveCheckpoint(id)).toBe(snapshot);
    hub.fault = () => ({ body: '<html>Please log in to this network.</html>' });
    expect(await resolveCheckpoint(id)).toBe(snapshot);
    await hub.close();
    expect(await resolveCheckpoint(id)).toBe(snapshot);
    expect(await resolveCheckpoint(id, { revision: hub.commitOf(id) })).toBe(snapshot);
    await rm(join(snapshot, weights));
    const failure = await rejection(resolveCheckpoint(id));
    expect(failure).toBeInstanceOf(NetworkError);
    expect(failure.message).toContain('cannot be reached (ECONNREFUSED)');
  });

  it('completes what is missing or cut off in it', async () => {
    const { hub, cacheDir } = await testHub({ [id]: { files: fixture('dream') } });
    const snapshot = await resolveCheckpoint(id);
    const blobs = join(cacheDir, 'models--owner--Tiny-Dream', 'blobs');
    const hashOf = async (file: string) => (await readlink(join(snapshot, file))).split('/').at(-1)!;
    await rm(join(snapshot, 'config.json'));
    await writeFile(join(blobs, await hashOf('tokenizer.json')), 'short');
    await rm(join(blobs, await hashOf(weights)));
    hub.requests.length = 0;
    await worksAsDream(id);
    const fetched = new Set(hub.requests.map(({ file }) => file));
    expect([...fetched].filter((file) => file !== undefined).sort()).toEqual([weights, 'tokenizer.json']);
  });

  it('maps weights from the store that models share (newer versions of huggingface_hub)', async () => {
    const { cacheDir } = await testHub({ [id]: { files: fixture('dream') } });
    const snapshot = await resolveCheckpoint(id);
    const blob = join(snapshot, await readlink(join(snapshot, weights)));
    const shared = join(cacheDir, 'blobs', 'ab', `ab${'0'.repeat(62)}`);
    await mkdir(join(cacheDir, 'blobs', 'ab'), { recursive: true });
    await writeFile(shared, await readFile(blob));
    await rm(blob);
    await symlink(`../../blobs/ab/ab${'0'.repeat(62)}`, blob);
    await worksAsDream(id, { offline: true });
  });
});

describe('offline', () => {
  it('names what the cache does not have, and asks nobody', async () => {
    const { hub, cacheDir } = await testHub({ [id]: { files: fixture('dream') } });
    const failure = await rejection(resolveCheckpoint(id, { offline: true }));
    expect(failure).toBeInstanceOf(NotFoundError);
    expect(failure.message).toContain(
      `${id}: there is no such directory, and the hub is not asked, being offline: the cache ${cacheDir} has no config.json, tokenizer.json, model.safetensors of revision main.`,
    );
    expect(hub.requests).toEqual([]);
  });

  it('names the shards that are missing', async () => {
    const { hub } = await testHub({ [id]: { files: fixture('dream-sharded') } });
    const snapshot = await resolveCheckpoint(id);
    const shard = (await filesBelow(snapshot)).find((file) => /-of-.*\.safetensors$/.test(file))!;
    await rm(join(snapshot, shard));
    hub.requests.length = 0;
    vi.stubEnv('HF_HUB_OFFLINE', 'yes');
    expect((await rejection(resolveCheckpoint(id))).message).toContain(`has no ${shard} of revision main`);
    expect(hub.requests).toEqual([]);
    expect(await resolveCheckpoint(id, { offline: false })).toBe(snapshot);
  });
});

describe('progress', () => {
  it('grows to the size of each file and of all', async () => {
    const { hub } = await testHub({ [id]: { files: fixture('dream') } });
    hub.fault = ({ server }) => (server === 'storage' ? { pauseMs: 20 } : undefined);
    const progress: DownloadProgress[] = [];
    await resolveCheckpoint(id, {
      onProgress: (event) => progress.push(event),
    });
    // What is read before anything else is downloaded, config.json, is not worth a report.
    const files = [weights, 'tokenizer.json', 'tokenizer_config.json'];
    const sizes = await Promise.all(
      files.map(async (file) => (await readFile(join(fixture('dream'), file))).length),
    );
    const total = sizes.reduce((sum, size) => sum + size);
    expect(progress.at(-1)).toMatchObject({ id, allLoadedBytes: total, allTotalBytes: total });
    for (const [i, file] of files.entries()) {
      const loaded = progress.filter((event) => event.file === file).map(({ loadedBytes }) => loadedBytes);
      expect(loaded).toEqual(loaded.toSorted((a, b) => a - b));
      expect(loaded.at(-1)).toBe(sizes[i]);
    }
  });

  it('does not count what is in the cache', async () => {
    const { hub } = await testHub({ [id]: { files: fixture('dream') } });
    const snapshot = await resolveCheckpoint(id);
    await rm(join(snapshot, 'tokenizer.json'));
    hub.requests.length = 0;
    const progress: DownloadProgress[] = [];
    await resolveCheckpoint(id, { onProgress: (event) => progress.push(event) });
    expect(progress.map(({ file }) => file)).toEqual(['tokenizer.json']);
  });
});
