import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { AccessError, CheckpointError, DownloadError, NetworkError, NotFoundError } from '@entrgi/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { fixture } from '../../fixtures/fixture.js';
import type { Fault } from '../../fixtures/stand-in-hub.js';
import { filesBelow, rejection, testHub } from '../../fixtures/test-hub.js';
import { resolveCheckpoint } from '../snapshot/resolve-checkpoint.js';
import { boundedFetch } from './bounded-fetch.js';

const waits = vi.hoisted(() => [] as number[]);
// Waits between attempts are real, but a hundred times as short.
vi.mock('./pause.js', async (original) => {
  const { pause } = await original<typeof import('./pause.js')>();
  return {
    pause: (milliseconds: number, signal: AbortSignal) => {
      waits.push(milliseconds);
      return pause(milliseconds / 100, signal);
    },
  };
});
vi.mock('./silence.js', async (original) => ({
  ...(await original<typeof import('./silence.js')>()),
  SILENCE: 400,
}));

const id = 'owner/Tiny-Dream';
const weights = 'model.safetensors';

const started = async () => {
  const { hub, cacheDir } = await testHub({ [id]: { files: fixture('dream') } });
  waits.length = 0;
  const asked = (server: string) => hub.requests.filter((request) => request.server === server);
  const bytes = await readFile(join(fixture('dream'), weights));
  return { hub, cacheDir, asked, bytes };
};

describe('a storage that falls silent', () => {
  it('is asked again, from where it stopped', async () => {
    const { hub, asked, bytes } = await started();
    hub.fault = ({ server }) =>
      server === 'storage' && asked('storage').length < 3 ? { stallsAfter: 20_000 } : undefined;
    expect(await readFile(join(await resolveCheckpoint(id), weights))).toEqual(bytes);
    expect(asked('storage').map(({ range }) => range)).toEqual(['bytes=0-', 'bytes=20000-', 'bytes=40000-']);
  });

  it('is a NetworkError in the end, and what there is stays', async () => {
    const { hub, asked, cacheDir } = await started();
    hub.fault = ({ server }) =>
      server === 'storage' ? { stallsAfter: asked('storage').length === 1 ? 20_000 : 0 } : undefined;
    const failure = await rejection(resolveCheckpoint(id));
    expect(failure).toBeInstanceOf(NetworkError);
    expect(failure.message).toMatch(/^127\.0\.0\.1:\d+ does not come to an end: silent for 0\.4 seconds\./);
    expect(asked('storage').map(({ range }) => range)).toEqual([
      'bytes=0-',
      ...Array(4).fill('bytes=20000-'),
    ]);
    expect((await filesBelow(cacheDir)).filter((file) => file.endsWith('.incomplete'))).toHaveLength(1);
  });

  it('can be given up before', async () => {
    const { hub } = await started();
    const controller = new AbortController();
    const reason = new Error('enough');
    hub.fault = ({ server }) => {
      if (server !== 'storage') return undefined;
      setTimeout(() => controller.abort(reason), 50);
      return { stallsAfter: 0 };
    };
    expect(await rejection(resolveCheckpoint(id, { signal: controller.signal }))).toBe(reason);
  });
});

describe('Retry-After', () => {
  const busy = (after: string, status = 503): Fault => ({ status, headers: { 'Retry-After': after } });

  it.each([
    ['seconds', () => busy('7'), 7000, 7000],
    // A date has whole seconds, and time has passed when it is read.
    ['a date', () => busy(new Date(Date.now() + 20_000).toUTCString(), 429), 10_000, 20_000],
    ['an hour', () => busy('3600'), 60_000, 60_000],
    ['a date next year', () => busy('Fri, 26 Nov 2077 12:00:00 GMT'), 60_000, 60_000],
    ['a date that is over', () => busy('Fri, 26 Nov 1999 12:00:00 GMT'), 0, 0],
  ])('of %s is kept, up to a minute', async (_, fault, least, most) => {
    const { hub, asked } = await started();
    hub.fault = ({ server }) => (server === 'storage' && asked('storage').length === 1 ? fault() : undefined);
    await resolveCheckpoint(id);
    expect(asked('storage')).toHaveLength(2);
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeGreaterThanOrEqual(least);
    expect(waits[0]).toBeLessThanOrEqual(most);
  });

  it.each(['soon', '-5', ''])('that says "%s" is as if it were not there', async (after) => {
    const { hub, asked } = await started();
    hub.fault = ({ server }) =>
      server === 'storage' && asked('storage').length === 1 ? busy(after) : undefined;
    await resolveCheckpoint(id);
    expect(waits).toEqual([]);
  });

  it('is not waited for once the signal is aborted', async () => {
    const { hub } = await started();
    const controller = new AbortController();
    const reason = new Error('enough');
    hub.fault = ({ server }) => {
      if (server !== 'storage') return undefined;
      setTimeout(() => controller.abort(reason), 50);
      return busy('60');
    };
    expect(await rejection(resolveCheckpoint(id, { signal: controller.signal }))).toBe(reason);
  });
});

describe('what cannot get better is asked once', () => {
  it.each([
    [401, AccessError],
    [403, AccessError],
    [404, NotFoundError],
    [410, NetworkError],
    [416, NetworkError],
  ])('a hub that says %i', async (status, kind) => {
    const { hub, asked } = await started();
    hub.fault = () => ({ status });
    expect(await rejection(resolveCheckpoint(id))).toBeInstanceOf(kind);
    expect(asked('hub')).toHaveLength(1);
    expect(waits).toEqual([]);
  });

  it.each([401, 403, 404, 410, 416])('a storage that says %i', async (status) => {
    const { hub, asked } = await started();
    hub.fault = ({ server }) => (server === 'storage' ? { status } : undefined);
    const failure = await rejection(resolveCheckpoint(id));
    expect(failure).toBeInstanceOf(NetworkError);
    expect(failure.message).toContain(`answered with status ${status}`);
    expect(asked('storage')).toHaveLength(1);
    expect(waits).toEqual([]);
  });

  it('one whose JSON is none', async () => {
    const { hub, asked } = await started();
    hub.fault = () => ({ body: '{"sha": ' });
    expect(await rejection(resolveCheckpoint(id))).toBeInstanceOf(NetworkError);
    expect(asked('hub')).toHaveLength(1);
  });

  it.each(['hub', 'storage'])('a %s that redirects in a circle', async (circling) => {
    const { hub, asked } = await started();
    hub.fault = ({ server, path }) =>
      server === circling ? { status: 302, headers: { Location: path } } : undefined;
    const failure = await rejection(resolveCheckpoint(id));
    expect(failure).toBeInstanceOf(NetworkError);
    expect(failure.message).toMatch(/^127\.0\.0\.1:\d+ redirects without end\./);
    // As many as fetch follows.
    expect(asked(circling).length).toBeLessThanOrEqual(21);
    expect(waits).toEqual([]);
  });
});

describe('sizes that are not what they seem', () => {
  it('an answer is as long as it is when unpacked', async () => {
    const { hub } = await started();
    // A thousandth of what comes out.
    const body = gzipSync(Buffer.alloc(5_000_000, ' '));
    hub.fault = () => ({ headers: { 'Content-Encoding': 'gzip' }, body });
    const { signal } = new AbortController();
    const asking = boundedFetch(() => fetch, signal, 'hub', { limit: 100_000 })(hub.url);
    await expect(asking).rejects.toThrow('hub does not come to an end: more than 100000 bytes');
  });

  it('a file that is packed is no larger than it was announced', async () => {
    const { hub, bytes } = await started();
    const body = gzipSync(Buffer.alloc(bytes.length + 1));
    hub.fault = ({ server }) =>
      server === 'storage' ? { status: 200, headers: { 'Content-Encoding': 'gzip' }, body } : undefined;
    const failure = await rejection(resolveCheckpoint(id));
    expect(failure).toBeInstanceOf(DownloadError);
    expect(failure.message).toContain(`expected ${bytes.length} bytes, got more than ${bytes.length}`);
  });

  /** A server that says what is written here, byte by byte. */
  const raw = async (answer: string): Promise<string> => {
    const server = createServer();
    server.on('connection', (socket: Socket) => socket.once('data', () => socket.end(answer)));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  it.each([
    ['more', 'Content-Length: 5000'],
    ['nothing', 'Content-Length: 0'],
    ['a negative number', 'Content-Length: -1'],
    ['two numbers', 'Content-Length: 2\r\nContent-Length: 3'],
  ])('an answer whose length says %s', async (_, header) => {
    await started();
    vi.stubEnv('HF_ENDPOINT', await raw(`HTTP/1.1 200 OK\r\n${header}\r\n\r\n{}`));
    expect(await rejection(resolveCheckpoint(id))).toBeInstanceOf(NetworkError);
  });

  it('a config.json of 100 MB is refused before it is fetched', async () => {
    const { hub, asked } = await started();
    const file = (path: string, size: number) => ({ type: 'file', path, size, oid: 'a'.repeat(40) });
    const files = [file('config.json', 100_000_000), file('tokenizer.json', 1), file(weights, 1)];
    hub.fault = ({ path }) => (path.includes('/tree/') ? { body: JSON.stringify(files) } : undefined);
    const failure = await rejection(resolveCheckpoint(id));
    expect(failure).toBeInstanceOf(CheckpointError);
    expect(failure.message).toContain('config.json: expected at most 10000000 bytes, got 100000000.');
    expect(asked('hub').filter((request) => request.file !== undefined)).toEqual([]);
  });
});
