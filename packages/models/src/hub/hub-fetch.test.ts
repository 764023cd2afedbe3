import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AccessError, InvalidArgumentError, NetworkError, NotFoundError } from '@entrgi/core';
import { describe, expect, it, vi } from 'vitest';
import { fixture } from '../../fixtures/fixture.js';
import { filesBelow, rejection, testHub } from '../../fixtures/test-hub.js';
import { resolveCheckpoint } from '../snapshot/resolve-checkpoint.js';
import type { DownloadProgress } from './hub-options.js';

// Waits between attempts are real, but a hundred times as short.
vi.mock('./pause.js', async (original) => {
  const { pause } = await original<typeof import('./pause.js')>();
  return { pause: (milliseconds: number, signal: AbortSignal) => pause(milliseconds / 100, signal) };
});

const id = 'owner/Tiny-Dream';

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
    expect((await rejection(resolveCheckpoint(id))).message).toContain('the hub has no public model');
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
      /other\/model: there is no such directory, and the hub has no public model of that name .*spelling.*HF_TOKEN/,
    ],
    [
      'other/model',
      { token: 'hf_right' },
      NotFoundError,
      /other\/model: there is no such directory, and the hub has no such model .*Check the spelling/,
    ],
    [
      'owner/gated',
      {},
      AccessError,
      /gated \(status 401\).*Accept its licence at http.*\/owner\/gated, .*HF_TOKEN/,
    ],
    ['owner/gated', { token: 'hf_right' }, AccessError, /gated \(status 403\).*Accept its licence/],
    ['owner/private', {}, AccessError, /the hub has no public model .* A private model needs a token/],
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
