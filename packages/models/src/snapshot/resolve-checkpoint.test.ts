import { homedir } from 'node:os';
import { chdir, cwd } from 'node:process';
import { AccessError, InvalidArgumentError, NetworkError, NotFoundError } from '@entrgi/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fixture } from '../../fixtures/fixture.js';
import { rejection, testHub } from '../../fixtures/test-hub.js';
import { loadClassifier } from '../load-classifier.js';
import { resolveCheckpoint } from './resolve-checkpoint.js';

it('takes what exists for a directory, even where it looks like an id', async () => {
  const { hub } = await testHub({ 'fixtures/dream': { files: {} } });
  expect(await resolveCheckpoint(fixture('dream'))).toBe(fixture('dream'));
  const before = cwd();
  onTestFinished(() => chdir(before));
  chdir(fixture('../..'));
  expect(await resolveCheckpoint('models/fixtures')).toBe('models/fixtures');
  expect(await resolveCheckpoint('~')).toBe(homedir());
  expect(hub.requests).toEqual([]);
});

it.each(['./owner/name', '../owner-name', '/owner/name', '~/owner-name/nothing', '.'.repeat(5)])(
  'takes %s for a path, and asks no hub',
  async (source) => {
    const { hub } = await testHub({});
    const failure = await resolveCheckpoint(source).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NotFoundError);
    expect((failure as Error).message).toBe(`${source}: no such file or directory. Check the path.`);
    expect(hub.requests).toEqual([]);
  },
);

it.each(['', 'reward', 'a/b/c', 'owner/na me', 'owner/-name', 'owner--a/name', 'a..b/c', 'a/b.git', 'a/b\n'])(
  'says of %j that it is neither',
  async (source) => {
    const { hub } = await testHub({});
    const failure = await resolveCheckpoint(source).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InvalidArgumentError);
    expect((failure as Error).message).toContain(
      `${JSON.stringify(source)}: there is no such directory, and the hub cannot have such a model`,
    );
    expect(hub.requests).toEqual([]);
  },
);

it.each(['https://example.org/owner/name', 'http://127.0.0.1:8000/model.onnx'])(
  'says that %s is an address, and what to do',
  async (source) => {
    const { hub } = await testHub({});
    const failure = await rejection(resolveCheckpoint(source));
    expect(failure).toBeInstanceOf(InvalidArgumentError);
    expect(failure.message).toBe(
      `${source}: expected a directory or an id of the hub, got an address. Download its folder, or load urlFolder('${source}').`,
    );
    expect(hub.requests).toEqual([]);
  },
);

describe('a path that could be an id is said to be neither', () => {
  const source = 'models/rewrad';
  const neither = `${source}: there is no such directory, and the hub `;

  it('where the hub is asked', async () => {
    await testHub({});
    const failure = await rejection(resolveCheckpoint(source));
    expect(failure).toBeInstanceOf(AccessError);
    expect(failure.message).toContain(`${neither}has no public model of that name`);
  });

  it('offline', async () => {
    const { hub } = await testHub({});
    const failure = await rejection(resolveCheckpoint(source, { offline: true }));
    expect(failure).toBeInstanceOf(NotFoundError);
    expect(failure.message).toContain(`${neither}is not asked, being offline: the cache`);
    expect(failure.message).toContain('Check the path, or run once without `offline`');
    expect(hub.requests).toEqual([]);
  });

  it('where the hub cannot be reached', async () => {
    const { hub } = await testHub({});
    await hub.close();
    const failure = await rejection(resolveCheckpoint(source));
    expect(failure).toBeInstanceOf(NetworkError);
    expect(failure.message).toMatch(/cannot be reached .* There is no directory models\/rewrad either\.$/);
  });

  it('of a file in it', async () => {
    await testHub({});
    const failure = await rejection(loadClassifier(`${source}/onnx/model.onnx`));
    expect(failure.message).toContain(`${neither}has no public model of that name`);
  });
});
