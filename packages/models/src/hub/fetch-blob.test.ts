import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { access, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DiskFullError, DownloadError, NotWritableError } from '@entrgi/core';
import { describe, expect, it, vi } from 'vitest';
import { worksAsDream } from '../../fixtures/dream-logits.js';
import { fixture } from '../../fixtures/fixture.js';
import { filesBelow, rejection, testHub } from '../../fixtures/test-hub.js';
import { resolveCheckpoint } from '../snapshot/resolve-checkpoint.js';

// Waits between attempts are real, but a hundred times as short.
vi.mock('./pause.js', async (original) => {
  const { pause } = await original<typeof import('./pause.js')>();
  return { pause: (milliseconds: number, signal: AbortSignal) => pause(milliseconds / 100, signal) };
});

const id = 'owner/Tiny-Dream';
const weights = 'model.safetensors';

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
    await worksAsDream(id);
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
    await worksAsDream(id);
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
    await worksAsDream(id);
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
    await worksAsDream(id);
    // Not always the last: small files that were stopped too come at the same time.
    expect(hub.requests.map(({ range }) => range)).toContain(`bytes=${kept.length}-`);
    expect(await rejection(resolveCheckpoint(id, { signal: AbortSignal.abort(reason) }))).toBe(reason);
  });

  it.skipIf(!existsSync('/dev/full'))('say that the disk is full', async () => {
    const { part, cacheDir } = await started();
    await mkdir(join(part, '..'), { recursive: true });
    // A real device that has no space for anything.
    await symlink('/dev/full', part);
    const failure = await rejection(resolveCheckpoint(id));
    expect(failure).toBeInstanceOf(DiskFullError);
    expect(failure.message).toContain(`${cacheDir}: no space is left (ENOSPC). Free some space`);
    expect(failure.message).toContain(`the download of ${id} goes on from what has arrived`);
    await rm(part, { force: true });
    await worksAsDream(id);
  });

  it('begin only where there is room for all of it', async () => {
    const { hub, cacheDir, landed } = await started();
    const config = await readFile(join(fixture('dream'), 'config.json'));
    const hash = createHash('sha1').update(`blob ${config.length}\0`).update(config).digest('hex');
    const listed = (path: string, size: number, oid = 'a'.repeat(40)) => ({ type: 'file', path, size, oid });
    const files = [
      listed('config.json', config.length, hash),
      listed('tokenizer.json', 1),
      listed(weights, 2 ** 52),
    ];
    hub.fault = ({ path }) => (path.includes('/tree/') ? { body: JSON.stringify(files) } : undefined);
    const failure = await rejection(resolveCheckpoint(id));
    expect(failure).toBeInstanceOf(DiskFullError);
    // All but config.json, which has been read to see whether its architecture is known.
    expect(failure.message).toMatch(
      new RegExp(
        `^${cacheDir}: expected ${2 ** 52 + 1} bytes of free space, got \\d+\\. Free some space, or`,
      ),
    );
    expect(await landed()).toEqual([]);
  });

  it('say that the cache cannot be written', async () => {
    const { cacheDir } = await started();
    await mkdir(join(cacheDir, '..'), { recursive: true });
    await writeFile(cacheDir, 'no folder');
    const failure = await rejection(resolveCheckpoint(id));
    expect(failure).toBeInstanceOf(NotWritableError);
    expect(failure.message).toContain(`${cacheDir}: cannot be written (`);
    expect(failure.message).toContain('name another place with cacheDir or HF_HUB_CACHE');
  });
});

it('two loads in one process download once', async () => {
  const { hub } = await testHub({ [id]: { files: fixture('dream') } });
  hub.fault = ({ server }) => (server === 'storage' ? { pauseMs: 20 } : undefined);
  const [a, b] = await Promise.all([resolveCheckpoint(id), resolveCheckpoint(id)]);
  expect(a).toBe(b);
  expect(hub.requests.filter(({ server }) => server === 'storage')).toHaveLength(1);
});
