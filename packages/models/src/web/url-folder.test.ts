import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveFolders } from '@entrgi/config/browser';
import { AccessError, CheckpointError, DownloadError, NetworkError, NotFoundError } from '@entrgi/core';
import { afterAll, describe, expect, it } from 'vitest';
import { readCheckpoint } from '../checkpoint/checkpoint.js';
import { loadTokenizer } from '../prompt/load-tokenizer.js';
import { fileFolder } from './file-folder.js';
import { hubFolder } from './hub-folder.js';
import { urlFolder } from './url-folder.js';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
const server = await serveFolders({ '/': fixtures });
afterAll(server.close);
const weights = '/dream/model.safetensors';

describe('urlFolder', () => {
  it.each([
    ['the address of a folder', () => `${server.origin}/dream/`],
    [
      'the addresses of files',
      () =>
        Object.fromEntries(
          ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'].map((file) => [
            file,
            `${server.origin}/dream/${file}`,
          ]),
        ),
    ],
  ])('reads from %s what lies on the disk', async (_, where) => {
    const [there, here] = [
      await readCheckpoint(urlFolder(where())),
      await readCheckpoint(join(fixtures, 'dream')),
    ];
    expect(there.tensors).toEqual(here.tensors);
    expect(there.config.fields()).toEqual(here.config.fields());
    expect(there.folder).toBe('');
    const vocabularySize = here.config.count('vocab_size');
    const [a, b] = [
      await loadTokenizer(there.source, { config: there.config, vocabularySize }),
      await loadTokenizer(here.source, { config: here.config, vocabularySize }),
    ];
    expect(a.vocabulary.tokens).toEqual(b.vocabulary.tokens);
    const { files } = await there.external();
    const blob = files!.get('model.safetensors') as Blob;
    expect(Buffer.from(await blob.arrayBuffer()).equals(await readFile(join(fixtures, weights)))).toBe(true);
  });

  it('reads shards, and names what is missing', async () => {
    const { tensors, external } = await readCheckpoint(urlFolder(`${server.origin}/dream-sharded`));
    expect(tensors).toEqual((await readCheckpoint(join(fixtures, 'dream-sharded'))).tensors);
    expect((await external()).files!.size).toBeGreaterThan(1);
    const failure = readCheckpoint(urlFolder(`${server.origin}/nowhere`, { name: 'nowhere' }));
    await expect(failure).rejects.toThrow(CheckpointError);
    await expect(failure).rejects.toThrow('nowhere: there is no config.json');
  });

  it('says of weights that are listed where they are not that they are missing, and of nothing that they are there', async () => {
    const files = {
      'config.json': `${server.origin}/dream/config.json`,
      'model.safetensors': `${server.origin}/nowhere/model.safetensors`,
    };
    const failure = await readCheckpoint(urlFolder(files)).catch((error: Error) => error);
    expect(failure).toBeInstanceOf(CheckpointError);
    expect((failure as Error).message).toContain('neither model.safetensors nor');
    expect((failure as Error).message).toContain('model.safetensors is listed, but is not there');
  });
});

/** A server that answers as it is told. */
const answering = async (
  answer: (path: string, range: string | undefined) => [number, Record<string, string>, Buffer | string],
) => {
  const own = createServer((request, response) => {
    const [status, headers, body] = answer(request.url!, request.headers.range);
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve));
  afterAll(() => own.close());
  return `http://127.0.0.1:${(own.address() as AddressInfo).port}`;
};

describe('servers that are not as they should be', () => {
  it('one without ranges is read whole', async () => {
    const origin = await answering(() => [200, {}, 'abcdef']);
    const file = (await urlFolder(origin).open('file'))!;
    expect([file.size, new TextDecoder().decode(await file.read(2, 3))]).toEqual([6, 'cde']);
  });

  it('one that cannot be reached, and one that is out of order', async () => {
    await expect(urlFolder('http://127.0.0.1:9').open('file')).rejects.toThrow(NetworkError);
    const origin = await answering(() => [500, {}, '']);
    await expect(urlFolder(origin).open('file')).rejects.toThrow('expected the file, got status 500');
  });

  it('one that gives less than was asked for', async () => {
    const big = 2 ** 18 + 100;
    const origin = await answering((_, range) =>
      range === 'bytes=0-262143'
        ? [206, { 'content-range': `bytes 0-262143/${big}` }, Buffer.alloc(2 ** 18)]
        : [206, { 'content-range': `bytes 262144-262145/${big}` }, 'ab'],
    );
    const file = (await urlFolder(origin).open('file'))!;
    await expect(file.read(2 ** 18, 100)).rejects.toThrow(DownloadError);
  });

  it('one that does not say of how much it gives a part', async () => {
    const bytes = Buffer.alloc(2 ** 18 + 100, 'abcdefg');
    let size = bytes.length;
    const origin = await answering((_, range) =>
      range === undefined
        ? [200, { 'content-length': String(size) }, bytes]
        : [206, {}, bytes.subarray(0, 2 ** 18)],
    );
    const file = (await urlFolder(origin).open('file'))!;
    expect(file.size).toBe(bytes.length);
    expect(Buffer.from(await file.read(2 ** 18, 100))).toEqual(bytes.subarray(2 ** 18));
    size = 2 ** 28 + 1;
    await expect(urlFolder(origin).open('file')).rejects.toThrow('does not say of how much');
  });

  it('a signal stops', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(urlFolder(server.origin, { signal }).open('file')).rejects.toThrow('enough');
  });
});

describe('hubFolder', () => {
  const sha = '0123456789abcdef0123456789abcdef01234567';

  it('reads the files of the commit that a revision stands for', async () => {
    const asked: string[] = [];
    const endpoint = await answering((path) => {
      asked.push(path);
      if (path === '/api/models/owner/name/revision/v1.0') {
        return [
          200,
          {},
          JSON.stringify({
            sha,
            siblings: ['config.json', 'onnx/model.onnx', '../../etc', 'a/../../etc', '/etc'].map(
              (rfilename) => ({
                rfilename,
              }),
            ),
          }),
        ];
      }
      const isThere = [
        `/owner/name/resolve/${sha}/config.json`,
        `/owner/name/resolve/${sha}/onnx/model.onnx`,
      ];
      return isThere.includes(path) ? [200, {}, '{"a": 1}'] : [404, {}, ''];
    });
    const folder = await hubFolder('owner/name', { endpoint, revision: 'v1.0' });
    expect([folder.name, await folder.names()]).toEqual(['owner/name', ['config.json']]);
    expect((await folder.open('config.json'))!.size).toBe(8);
    expect((await folder.open('onnx/model.onnx'))!.size).toBe(8);
    for (const file of ['tokenizer.json', '../../etc', 'a/../../etc', '/etc']) {
      expect(await folder.open(file)).toBeUndefined();
    }
    expect(asked).toHaveLength(3);
  });

  it.each([
    [
      'is needed',
      undefined,
      {},
      'has no such model (status 401). Check its name; a private or gated model needs',
    ],
    ['is wrong', 'hf_wrong', {}, 'the hub does not accept the token (status 401). It is wrong, has expired'],
    [
      'is of somebody who has not accepted its terms',
      'hf_right',
      { 'x-error-code': 'GatedRepo' },
      'owner/name is gated (status 401). Accept its terms at',
    ],
  ])('says that a token %s, of the repository and of a file', async (_, token, headers, message) => {
    const files = { sha, siblings: [{ rfilename: 'config.json' }] };
    const closed = await answering(() => [401, headers, '']);
    await expect(hubFolder('owner/name', { endpoint: closed, token })).rejects.toThrow(message);
    const endpoint = await answering((path) =>
      path.startsWith('/api/') ? [200, {}, JSON.stringify(files)] : [401, headers, ''],
    );
    const opening = (await hubFolder('owner/name', { endpoint, token })).open('config.json');
    await expect(opening).rejects.toThrow(AccessError);
    await expect(opening).rejects.toThrow(message);
  });

  it('refuses a token that no header can have, without showing it', async () => {
    const failure = hubFolder('owner/name', { token: 'hf_sécret' });
    await expect(failure).rejects.toThrow('token: expected printable ASCII characters without spaces.');
    await expect(failure).rejects.not.toThrow('sécret');
  });

  it.each([
    [401, '', AccessError, 'the hub refuses'],
    [404, '', NotFoundError, 'no such model or revision'],
    [200, '<html>', NetworkError, 'expected a commit from the hub'],
    [200, '{"sha": "../x"}', NetworkError, 'expected a commit from the hub'],
  ])('says what a hub means by %i %s', async (status, body, kind, message) => {
    const endpoint = await answering(() => [status, {}, body]);
    const failure = hubFolder('owner/name', { endpoint });
    await expect(failure).rejects.toThrow(kind);
    await expect(failure).rejects.toThrow(message);
  });
});

describe('fileFolder', () => {
  const file = (path: string, text: string) => {
    const made = new File([text], path.split('/').at(-1)!);
    return Object.defineProperty(made, 'webkitRelativePath', { value: path.includes('/') ? path : '' });
  };

  it('is of the files beside config.json, and in folders beside it', async () => {
    const dropped = [
      file('m/config.json', '{}'),
      file('m/model.safetensors', 'weights'),
      file('m/onnx/model.safetensors', 'others'),
    ];
    const folder = fileFolder(dropped);
    expect([folder.name, await folder.names()]).toEqual(['m', ['config.json', 'model.safetensors']]);
    const inside = (await folder.open('onnx/model.safetensors'))!;
    expect(new TextDecoder().decode(await inside.read(0, 6))).toBe('others');
    const opened = (await folder.open('model.safetensors'))!;
    expect(new TextDecoder().decode(await opened.read(1, 3))).toBe('eig');
    const { files } = await (await folder.locate(['model.safetensors'])).external();
    expect(files!.get('model.safetensors')).toBe(dropped[1]);
    expect(await folder.open('tokenizer.json')).toBeUndefined();
    expect(fileFolder([file('config.json', '{}')]).name).toBe('files');
  });

  it('is of files by their paths, and of the outermost of several folders', async () => {
    const folder = fileFolder(
      new Map([
        ['m/onnx/config.json', new Blob(['1'])],
        ['m/config.json', new Blob(['{}'])],
        ['m/model.safetensors', new Blob(['weights'])],
      ]),
    );
    expect([folder.name, await folder.names()]).toEqual(['m', ['config.json', 'model.safetensors']]);
  });
});
