import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { access, mkdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeBackend } from '@entrgi/backend-node';
import {
  AccessError,
  CheckpointError,
  DiskFullError,
  DownloadError,
  type EntrgiError,
  InvalidArgumentError,
  NetworkError,
  NotFoundError,
} from '@entrgi/core';
import { describe, expect, it, vi } from 'vitest';
import { fixture, fixtureNumbers, relativeError } from '../fixtures/fixture.js';
import { filesBelow, testHub } from '../fixtures/test-hub.js';
import type { DownloadProgress, HubOptions } from './hub-options.js';
import { inspectCheckpoint } from './inspect-checkpoint.js';
import { loadClassifier } from './load-classifier.js';
import { loadDenoiser } from './load-denoiser.js';
import { resolveCheckpoint } from './resolve-checkpoint.js';

// Waits between attempts are real, but a hundred times as short.
vi.mock('./pause.js', async (original) => {
  const { pause } = await original<typeof import('./pause.js')>();
  return { pause: (milliseconds: number, signal: AbortSignal) => pause(milliseconds / 100, signal) };
});

const id = 'owner/Tiny-Dream';
const weights = 'model.safetensors';
const rejection = (promise: Promise<unknown>): Promise<EntrgiError> =>
  promise.then(
    () => expect.unreachable('it should have failed'),
    (error: EntrgiError) => error,
  );

/** Logits of a checkpoint against PyTorch's. */
const worksAsDream = async (source: string, options: HubOptions, numbers = 'dream') => {
  const backend = nodeBackend({ threads: 1 });
  try {
    const denoiser = await loadDenoiser(source, { backend, ...options });
    const { tokenIds, positions, logits } = (await fixtureNumbers(numbers)).denoiser!;
    const actual = await denoiser.logits({
      tokenIds: Int32Array.from(tokenIds.data),
      batch: tokenIds.dims[0]!,
      length: tokenIds.dims[1]!,
      positions: Int32Array.from(positions),
    });
    expect(relativeError(actual, logits.data)).toBeLessThan(1e-4);
    return denoiser.name;
  } finally {
    await backend.dispose();
  }
};

describe('into an empty cache', () => {
  it('brings a checkpoint that computes what PyTorch does, and again offline', async () => {
    const { hub } = await testHub({ [id]: { files: fixture('dream') } });
    expect(await worksAsDream(id, {})).toBe('Tiny-Dream');
    await hub.close();
    expect(await worksAsDream(id, { offline: true })).toBe('Tiny-Dream');
    vi.stubEnv('HF_HUB_OFFLINE', '1');
    expect(await worksAsDream(id, {})).toBe('Tiny-Dream');
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
    [weights, 'the repository has no model.safetensors.index.json'],
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
    await worksAsDream(id, {});
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
      `${id}: offline, and the cache ${cacheDir} has no config.json, tokenizer.json, model.safetensors of revision main.`,
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

describe('the token', () => {
  const secret = 'hf_aSecretThatNobodySees';
  const repositories = { [id]: { files: fixture('dream'), token: secret } };

  it('goes to the hub with every request, and never to where it redirects', async () => {
    const { hub } = await testHub(repositories);
    const progress: DownloadProgress[] = [];
    await resolveCheckpoint(id, { token: secret, onProgress: (event) => progress.push(event) });
    const told = (server: string) => [
      ...new Set(hub.requests.filter((r) => r.server === server).map((r) => r.authorization)),
    ];
    expect(told('hub')).toEqual([`Bearer ${secret}`]);
    expect(told('storage')).toEqual([undefined]);
    expect(JSON.stringify(progress)).not.toContain(secret);
  });

  it('does not follow a next page to another host', async () => {
    const { hub } = await testHub(repositories);
    const { hub: other } = await testHub(repositories);
    vi.stubEnv('HF_ENDPOINT', hub.url);
    hub.fault = ({ path }) => (path.includes('/tree/') ? { next: `${other.url}/api/elsewhere` } : undefined);
    await rejection(resolveCheckpoint(id, { token: secret }));
    expect(other.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  it('is the one of the environment, else the stored one, unless that is forbidden', async () => {
    const { cacheDir } = await testHub(repositories);
    const home = join(cacheDir, '..');
    await mkdir(home, { recursive: true });
    await writeFile(join(home, 'token'), `${secret}\n`);
    await resolveCheckpoint(id);
    vi.stubEnv('HF_TOKEN', 'hf_wrong');
    expect((await rejection(resolveCheckpoint(id))).message).toContain('does not accept the token');
    vi.stubEnv('HF_TOKEN', secret);
    vi.stubEnv('HF_TOKEN_PATH', '/nowhere');
    await resolveCheckpoint(id);
    vi.stubEnv('HF_HUB_DISABLE_IMPLICIT_TOKEN', '1');
    expect((await rejection(resolveCheckpoint(id))).message).toContain('there is no public model');
  });

  it.each([
    ['a wrong token', `${secret}x`, {}, AccessError, 'does not accept the token'],
    ['one with a line break', `${secret}\n${secret}`, {}, InvalidArgumentError, 'token: expected printable'],
    ['a server that repeats it', secret, { status: 418, body: secret }, NetworkError, 'status 418'],
    ['a storage that fails', secret, { status: 500, body: secret }, NetworkError, 'status 500'],
  ])('is in no error: %s', async (_, token, fault, kind, message) => {
    const { hub } = await testHub(repositories);
    hub.fault = ({ server }) =>
      'status' in fault && (fault.status === 500) === (server === 'storage') ? fault : undefined;
    const failure = await rejection(resolveCheckpoint(id, { token }));
    expect(failure).toBeInstanceOf(kind);
    expect(failure.message).toContain(message);
    const { inspect } = await import('node:util');
    const everything = inspect(failure, { depth: 9, showHidden: true });
    expect(everything).not.toContain(secret);
    expect(everything).not.toContain('secret-signature');
  });

  it('may not hide in HF_ENDPOINT as a password', async () => {
    await testHub({});
    vi.stubEnv('HF_ENDPOINT', `http://user:${secret}@127.0.0.1`);
    const failure = await rejection(resolveCheckpoint(id));
    expect(failure).toBeInstanceOf(InvalidArgumentError);
    expect(failure.message).not.toContain(secret);
  });
});

describe('refusals say what to do', () => {
  it.each([
    [
      'other/model',
      {},
      AccessError,
      /other\/model: there is no public model of that name .*spelling.*HF_TOKEN/,
    ],
    ['other/model', { token: 'hf_right' }, NotFoundError, /the hub has no such model .*Check the spelling/],
    [
      'owner/gated',
      {},
      AccessError,
      /gated \(status 401\).*Accept its licence at http.*\/owner\/gated, .*HF_TOKEN/,
    ],
    ['owner/gated', { token: 'hf_right' }, AccessError, /gated \(status 403\).*Accept its licence/],
    ['owner/private', {}, AccessError, /there is no public model .* A private one needs a token/],
    ['owner/private', { token: 'hf_other' }, AccessError, /does not accept the token/],
  ])('%s %j', async (source, options, kind, message) => {
    const { cacheDir } = await testHub({
      'owner/gated': { files: fixture('dream'), gated: true },
      'owner/private': { files: fixture('dream'), token: 'hf_mine' },
    });
    const failure = await rejection(resolveCheckpoint(source, options));
    expect(failure).toBeInstanceOf(kind);
    expect(failure.message).toMatch(message);
    expect(await filesBelow(cacheDir)).toEqual([]);
  });

  it('a status of 403 for another reason', async () => {
    const { hub } = await testHub({ [id]: { files: fixture('dream') } });
    hub.fault = () => ({ status: 403 });
    const failure = await rejection(resolveCheckpoint(id));
    expect(failure).toBeInstanceOf(AccessError);
    expect(failure.message).toContain(`See ${hub.url}/${id}`);
  });

  it.each([
    ['no JSON', '<html>'],
    ['no commit', '{"id": "a"}'],
    ['a commit that is a path', '{"id": "a", "sha": "../../../etc"}'],
  ])('an answer that is %s', async (_, body) => {
    const { hub } = await testHub({ [id]: { files: fixture('dream') } });
    hub.fault = () => ({ body });
    const failure = await rejection(resolveCheckpoint(id));
    expect(failure).toBeInstanceOf(NetworkError);
    expect(failure.message).toContain('does not answer as the Hugging Face hub does');
  });

  it('a listing with a hash that is a path', async () => {
    const { hub } = await testHub({ [id]: { files: fixture('dream') } });
    const file = { type: 'file', path: 'config.json', size: 5, oid: '../../../../tmp/evil' };
    hub.fault = ({ path }) => (path.includes('/tree/') ? { body: JSON.stringify([file]) } : undefined);
    expect((await rejection(resolveCheckpoint(id))).message).toContain('does not answer as');
  });
});

describe('downloads that go wrong', () => {
  const started = async (name = 'dream') => {
    const { hub, cacheDir } = await testHub({ [id]: { files: fixture(name) } });
    const blobs = join(cacheDir, 'models--owner--Tiny-Dream', 'blobs');
    const bytes = await readFile(join(fixture('dream'), weights));
    const part = join(blobs, `${createHash('sha256').update(bytes).digest('hex')}.entrgi.incomplete`);
    const landed = async () =>
      (await filesBelow(cacheDir)).filter((file) => !/(?:\.json|\/[0-9a-f]{40})$/.test(file));
    const ranges = () => hub.requests.filter(({ server }) => server === 'storage').map(({ range }) => range);
    return { hub, cacheDir, bytes, part, landed, ranges };
  };

  it('resume where the connection was closed', async () => {
    const { hub, bytes, ranges } = await started();
    hub.fault = ({ server }) =>
      server === 'storage' && ranges().length < 3 ? { cutAfter: 20_000 } : undefined;
    const snapshot = await resolveCheckpoint(id);
    const starts = ranges().map((range) => Number(/^bytes=(\d+)-$/.exec(range!)![1]));
    expect(starts).toHaveLength(3);
    // Up to 20,000 bytes at each attempt: what is unread when the connection breaks is lost.
    starts.slice(1).forEach((start, i) => {
      expect(start).toBeGreaterThan(starts[i]!);
      expect(start).toBeLessThanOrEqual(starts[i]! + 20_000);
    });
    expect(await readFile(join(snapshot, weights))).toEqual(bytes);
  });

  it('start over where the server sends the whole file again', async () => {
    const { hub, bytes, ranges } = await started();
    hub.fault = ({ server }) =>
      server === 'storage'
        ? ranges().length < 2
          ? { cutAfter: 20_000 }
          : { ignoresRange: true }
        : undefined;
    expect(await readFile(join(await resolveCheckpoint(id), weights))).toEqual(bytes);
  });

  it('give up in the end, keep what there is, and go on from it the next time', async () => {
    const { hub, bytes, part, ranges, landed } = await started();
    hub.fault = ({ server }) =>
      server === 'storage' ? { cutAfter: ranges().length === 1 ? 20_000 : 0 } : undefined;
    const failure = await rejection(resolveCheckpoint(id));
    expect(failure).toBeInstanceOf(DownloadError);
    const kept = await readFile(part);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept).toEqual(bytes.subarray(0, kept.length));
    expect(failure.message).toContain(
      `${id}/${weights}: the download ended early, at ${kept.length} of ${bytes.length} bytes.`,
    );
    expect(await landed()).toEqual([expect.stringMatching(/\.entrgi\.incomplete$/)]);
    const tried = ranges().length;
    expect(tried).toBeLessThanOrEqual(6);
    hub.fault = () => undefined;
    await worksAsDream(id, {});
    expect(ranges().slice(tried)).toEqual([`bytes=${kept.length}-`]);
    expect(await landed()).toEqual(
      [expect.stringMatching(/blobs\/[0-9a-f]{64}$/), 'refs/main', weights].map((end) =>
        typeof end === 'string' ? expect.stringContaining(end) : end,
      ),
    );
  });

  it.each([
    ['damaged', { damages: true }, /expected the hash [0-9a-f]{64}, got [0-9a-f]{64}\. .*run again/],
    ['shorter than announced', { shortens: 8 }, /expected \d+ bytes, got \d+/],
    ['longer than announced', { shortens: -8 }, /expected \d+ bytes, got \d+/],
  ])('let nothing land that is %s', async (_, fault, message) => {
    const { hub, part, landed } = await started();
    hub.fault = ({ server }) => (server === 'storage' ? fault : undefined);
    const failure = await rejection(resolveCheckpoint(id));
    expect(failure).toBeInstanceOf(DownloadError);
    expect(failure.message).toMatch(message);
    expect((await landed()).filter((file) => !file.endsWith('.incomplete'))).toEqual([]);
    if ('damages' in fault) await expect(access(part)).rejects.toThrow('ENOENT');
    hub.fault = () => undefined;
    await worksAsDream(id, {});
  });

  it('check small files, too', async () => {
    const { hub, landed } = await started();
    hub.fault = ({ file, path }) =>
      file === 'config.json' && path.startsWith('/api/') ? { damages: true } : undefined;
    const failure = await rejection(resolveCheckpoint(id));
    expect(failure).toBeInstanceOf(DownloadError);
    expect(failure.message).toMatch(/config\.json: expected the hash [0-9a-f]{40}, got/);
    expect((await landed()).filter((file) => file.includes('refs'))).toEqual([]);
  });

  it('throw away what another version left that does not fit', async () => {
    const { part, bytes } = await started();
    await mkdir(join(part, '..'), { recursive: true });
    await writeFile(part, Buffer.alloc(1000, 7));
    expect((await rejection(resolveCheckpoint(id))).message).toContain('expected the hash');
    await writeFile(part, Buffer.alloc(bytes.length + 5, 7));
    await worksAsDream(id, {});
  });

  it('stop when the signal says so, and keep what there is', async () => {
    const { hub, part, bytes, landed } = await started();
    const controller = new AbortController();
    hub.fault = ({ server }) => (server === 'storage' ? { pauseMs: 50 } : undefined);
    const reason = new Error('enough');
    const resolving = resolveCheckpoint(id, {
      signal: controller.signal,
      onProgress: ({ file, loadedBytes }) => {
        if (file === weights && loadedBytes > 0) controller.abort(reason);
      },
    });
    expect(await rejection(resolving)).toBe(reason);
    const kept = await readFile(part);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept).toEqual(bytes.subarray(0, kept.length));
    expect((await landed()).filter((file) => !file.endsWith('.incomplete'))).toEqual([]);
    hub.fault = () => undefined;
    await worksAsDream(id, {});
    expect(hub.requests.at(-1)?.range).toBe(`bytes=${kept.length}-`);
    expect(await rejection(resolveCheckpoint(id, { signal: AbortSignal.abort(reason) }))).toBe(reason);
  });

  it.skipIf(!existsSync('/dev/full'))('say that the disk is full', async () => {
    const { part, cacheDir } = await started();
    await mkdir(join(part, '..'), { recursive: true });
    // A real device that has no space for anything.
    await symlink('/dev/full', part);
    const failure = await rejection(resolveCheckpoint(id));
    expect(failure).toBeInstanceOf(DiskFullError);
    expect(failure.message).toContain(`${cacheDir}: no space is left for ${id}`);
    await rm(part, { force: true });
    await worksAsDream(id, {});
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
    const files = ['config.json', weights, 'tokenizer.json', 'tokenizer_config.json'];
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
    await rm(join(snapshot, 'config.json'));
    hub.requests.length = 0;
    const progress: DownloadProgress[] = [];
    await resolveCheckpoint(id, { onProgress: (event) => progress.push(event) });
    expect(progress.map(({ file }) => file)).toEqual(['config.json']);
  });
});

it('two loads in one process download once', async () => {
  const { hub } = await testHub({ [id]: { files: fixture('dream') } });
  hub.fault = ({ server }) => (server === 'storage' ? { pauseMs: 20 } : undefined);
  const [a, b] = await Promise.all([resolveCheckpoint(id), resolveCheckpoint(id)]);
  expect(a).toBe(b);
  expect(hub.requests.filter(({ server }) => server === 'storage')).toHaveLength(1);
});
