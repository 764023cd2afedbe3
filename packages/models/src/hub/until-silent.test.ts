import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NetworkError } from '@entrgi/core';
import { expect, it, onTestFinished, vi } from 'vitest';
import { fixture } from '../../fixtures/fixture.js';
import { rejection, testHub } from '../../fixtures/test-hub.js';
import { transfer } from './transfer.js';
import { untilSilent } from './until-silent.js';

vi.mock('./silence.js', () => ({ SILENCE: 30_000, WINDOW: 300, MINIMUM_RATE: 1000 }));
vi.mock('./pause.js', () => ({ pause: async () => {} }));

const { signal } = new AbortController();

/** Bytes at once, every so many milliseconds of a clock that only moves when it is told to. */
const heard = (bytes: number, every: number, minimumRate?: number): unknown => {
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
  onTestFinished(() => clock.mockRestore());
  const listening = untilSilent(signal, 'hub', { minimumRate });
  onTestFinished(() => listening.stop());
  for (let i = 0; i < 20 && !listening.signal.aborted; i += 1) {
    now += every;
    listening.heard(bytes);
  }
  return listening.signal.reason;
};

it('a server must bring its least number of bytes a second, on the average', () => {
  const reason = heard(1, 100);
  expect(reason).toBeInstanceOf(NetworkError);
  const { message } = reason as NetworkError;
  expect(message).toContain('hub does not come to an end: 10 bytes a second.');
  expect(message).toContain('or allow less by minimumRate');
  expect(heard(99, 100)).toBeInstanceOf(NetworkError);
  expect(heard(100, 100)).toBeUndefined();
  // In pieces with long pauses, too.
  expect(heard(900, 1000)).toBeInstanceOf(NetworkError);
  expect(heard(1000, 1000)).toBeUndefined();
  expect(heard(1, 100, 10)).toBeUndefined();
  expect(heard(0, 100, 0)).toBeUndefined();
});

it('a download that trickles is resumed, and ends in a NetworkError', async () => {
  const { hub } = await testHub({ 'a/b': { files: fixture('dream') } });
  const folder = await mkdtemp(join(tmpdir(), 'entrgi-trickle-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const bytes = await readFile(join(fixture('dream'), 'model.safetensors'));
  const download = (minimumRate: number) =>
    transfer({
      url: `${hub.url}/a/b/resolve/${hub.commitOf('a/b')}/model.safetensors`,
      name: 'weights',
      path: join(folder, 'weights'),
      size: bytes.length,
      fetch: (own) => (input, init) => fetch(input, { ...init, signal: own }),
      signal,
      minimumRate,
      onBytes: () => {},
    });
  // 4 kB every 150 ms are 27 kB a second.
  hub.fault = ({ server }) => (server === 'storage' ? { pauseMs: 150 } : undefined);
  const failure = await rejection(download(1_000_000));
  expect(failure).toBeInstanceOf(NetworkError);
  expect(failure.message).toMatch(/^127\.0\.0\.1:\d+ does not come to an end: \d+ bytes a second\./);
  const starts = hub.requests.filter(({ server }) => server === 'storage').map(({ range }) => range!);
  expect(starts).toHaveLength(5);
  expect(new Set(starts).size).toBeGreaterThan(1);
  // What has arrived is kept, and a slow line that may be one gets the rest.
  hub.fault = () => undefined;
  await download(0);
  expect(await readFile(join(folder, 'weights'))).toEqual(bytes);
});
