import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { env } from 'node:process';
import { gzipSync } from 'node:zlib';
import { NetworkError } from '@entrgi/core';
import { resolveCheckpoint } from '@entrgi/models';
import { fixture } from '../../../packages/models/fixtures/fixture.js';
import {
  type Fault,
  type StandInHub,
  type StandInRequest,
  standInHub,
} from '../../../packages/models/fixtures/stand-in-hub.js';
import type { Random } from '../../fuzz/random.js';
import { type HostileCase, HostileFinding, type HostileGroup } from '../hostile-case.js';

const id = 'tiny/dream';
type Answer = (request: StandInRequest, hub: StandInHub, count: number) => Fault | undefined;

interface HubCase {
  readonly name: string;
  readonly expected: HostileCase['expected'];
  readonly answer: Answer;
  /** Milliseconds after which the user has had enough. */
  readonly patience?: number;
  readonly limit?: number;
  /** The files, where they are not those of the fixture. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly revision?: string;
  readonly id?: string;
}

/** Downloads with answers that are not what they should be; what is taken must be, byte for byte, what the repository has. */
const download = ({
  name,
  expected,
  answer,
  patience,
  limit,
  files,
  revision,
  id: asked = id,
}: HubCase): HostileCase => ({
  name,
  expected,
  // What has arrived is kept for the next time.
  leaves: /^cache\/(?!.*\.lock$)/,
  ...(limit === undefined ? {} : { limit }),
  async run(folder) {
    const hub = await standInHub({ [id]: { files: files ?? fixture('dream') } });
    let count = 0;
    hub.fault = (request) => answer(request, hub, count++);
    Object.assign(env, { HF_ENDPOINT: hub.url, HF_HUB_OFFLINE: '0' });
    const stop = new AbortController();
    const timer = patience === undefined ? undefined : setTimeout(() => stop.abort(), patience);
    const cacheDir = join(folder, 'cache');
    try {
      const directory = await resolveCheckpoint(asked, {
        cacheDir,
        signal: stop.signal,
        ...(revision === undefined ? {} : { revision }),
      });
      await checkFiles(directory);
    } catch (error) {
      if (!stop.signal.aborted || (error as Error).name !== 'AbortError') throw error;
      throw new NetworkError('Stopped, which the case is made for: as good as a refusal.');
    } finally {
      clearTimeout(timer);
      await hub.close();
      await checkBlobs(cacheDir, folder);
    }
  },
});

const checkFiles = async (directory: string): Promise<void> => {
  for (const file of ['config.json', 'tokenizer.json', 'model.safetensors']) {
    const [got, right] = await Promise.all([
      readFile(join(directory, file)),
      readFile(join(fixture('dream'), file)),
    ]);
    if (!got.equals(right))
      throw new HostileFinding('wrong accept', `${file} is not what the repository has`);
  }
};

/** What is called by a hash must have it; nothing lies outside of the cache. */
const checkBlobs = async (cacheDir: string, folder: string): Promise<void> => {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    if (!/^[0-9a-f]{40}$|^[0-9a-f]{64}$/.test(entry.name) || !/blobs$/.test(entry.parentPath)) continue;
    const bytes = await readFile(path);
    const hash =
      entry.name.length === 64 ? createHash('sha256') : createHash('sha1').update(`blob ${bytes.length}\0`);
    if (hash.update(bytes).digest('hex') !== entry.name)
      throw new HostileFinding('wrong accept', `${relative(cacheDir, path)} has another hash`);
  }
};

const isMetadata = ({ path }: StandInRequest) => path.startsWith('/api/models/');
const isTree = ({ path }: StandInRequest) => path.includes('/tree/');
const isRevision = ({ path }: StandInRequest) => path.includes('/revision/');
const isBytes = ({ file, server, path }: StandInRequest) =>
  file !== undefined && (server === 'storage' || path.startsWith('/api/resolve-cache'));
const ofPart = (random: Random) =>
  random.pick([
    ['revision', isRevision],
    ['tree', isTree],
    ['metadata', isMetadata],
    ['file', (request: StandInRequest) => request.file !== undefined],
  ] as const);

const garbage = [
  '',
  'null',
  '[]',
  '{}',
  '1',
  '"a"',
  '<html>',
  '{"sha":1}',
  '{"sha":"../x"}',
  '{"sha":"x"}',
  '[1]',
  '[null]',
  '[{}]',
  '{',
  '\u0000',
  '[[[[',
  '{"sha":"__proto__"}',
  '{"siblings":null}',
  '\ufeff{}',
  `{"sha":"${'0'.repeat(40)}"}`,
];
const entry = (path: unknown, more: object = {}) => ({
  type: 'file',
  path,
  size: 5,
  oid: 'a'.repeat(40),
  ...more,
});
const entries: readonly unknown[] = [
  entry('../x'),
  entry('/etc/passwd'),
  entry('config.json/../../x'),
  entry(''),
  entry(1),
  entry(null),
  entry('config.json', { size: -1 }),
  entry('config.json', { size: 1e308 }),
  entry('config.json', { size: '5' }),
  entry('config.json', { oid: '../../x' }),
  entry('config.json', { oid: '' }),
  entry('config.json', { oid: null }),
  entry('config.json', { lfs: { oid: '../x', size: 5 } }),
  entry('config.json', { lfs: null }),
  entry('config.json', { lfs: { oid: 'b'.repeat(64), size: -5 } }),
  entry('model.safetensors', { size: 2 ** 60, lfs: { oid: 'b'.repeat(64), size: 2 ** 60, pointerSize: 1 } }),
  { type: 'link', path: 'config.json' },
  entry('a\u0000b'),
  entry('.'),
  entry('..'),
  entry('config.json\\..\\x'),
  entry('__proto__'),
  entry('config.json', { oid: 'A'.repeat(40) }),
];

/** A hub that lies, is silent, or has no end. */
export const hub: HostileGroup = {
  statuses(random) {
    const [part, is] = ofPart(random);
    const status = random.pick([400, 403, 404, 410, 418, 451, 204, 206, 301, 304, 401, 416, 308]);
    return download({
      name: `${status} for ${part}`,
      expected: 'either',
      answer: (request) => (is(request) ? { status, body: random.pick(garbage) } : undefined),
      patience: 1500,
    });
  },
  'passing statuses'(random) {
    const [part, is] = ofPart(random);
    const [status, wait] = [
      random.pick([429, 500, 502, 503, 504, 408]),
      random.pick([
        undefined,
        '0',
        '1',
        '99999999',
        '-1',
        'soon',
        'Thu, 01 Jan 2099 00:00:00 GMT',
        '1e9',
        '',
      ]),
    ];
    return download({
      name: `${status} for ${part}, Retry-After ${wait}`,
      expected: 'either',
      answer: (request) =>
        is(request)
          ? { status, ...(wait === undefined ? {} : { headers: { 'Retry-After': wait } }) }
          : undefined,
      patience: 300 + random.below(1200),
    });
  },
  'a bad start'(random) {
    const failures = 1 + random.below(2);
    let seen = 0;
    return download({
      name: `${failures} failures, then right`,
      expected: 'works',
      limit: 6000,
      answer: (request) =>
        request.server === 'storage' && seen++ < failures
          ? random.pick([
              { status: 503 },
              { status: 429, headers: { 'Retry-After': '0' } },
              { cutAfter: 100 + random.below(9000) },
            ])
          : undefined,
    });
  },
  'garbage for JSON'(random) {
    const [which, text] = [
      random.pick([
        ['revision', isRevision],
        ['tree', isTree],
        ['both', isMetadata],
      ] as const),
      random.pick(garbage),
    ];
    return download({
      name: `${JSON.stringify(text).slice(0, 30)} for ${which[0]}`,
      expected: 'refused',
      answer: (request) =>
        which[1](request)
          ? { body: text, headers: { 'Content-Type': random.pick(['application/json', 'text/html', '']) } }
          : undefined,
    });
  },
  'entries that lie'(random) {
    const wrong = random.pick(entries);
    const isFirst = random.below(2) === 0;
    return download({
      name: `${JSON.stringify(wrong).slice(0, 60)}${isFirst ? ' alone' : ''}`,
      expected: isFirst ? 'refused' : 'either',
      answer: (request) =>
        isTree(request)
          ? {
              body: JSON.stringify(isFirst ? [wrong] : [entry('README.md'), wrong]),
              headers: { 'Content-Type': 'application/json' },
            }
          : undefined,
    });
  },
  'endless pages'(random) {
    const size = random.pick([0, 1, 5]);
    const next = random.below(3);
    return download({
      name: `pages of ${size} (${next})`,
      expected: 'refused',
      limit: 12_000,
      answer: (request, server, count) =>
        isTree(request)
          ? {
              body: JSON.stringify(Array.from({ length: size }, (_, i) => entry(`f${count}-${i}`))),
              headers: {
                'Content-Type': 'application/json',
                Link: `<${server.url}/api/models/${id}/tree/main?cursor=${next === 0 ? 1 : count}>; rel="next"`,
              },
            }
          : undefined,
    });
  },
  'next page elsewhere'(random) {
    const next = random.pick([
      'http://127.0.0.1:1/x',
      'file:///etc/passwd',
      'javascript:1',
      '//x',
      '',
      '::',
      'data:application/json,[]',
      'http://[::1]:1/',
      'ftp://127.0.0.1/',
    ]);
    return download({
      name: JSON.stringify(next),
      expected: 'refused',
      answer: (request) => (isTree(request) ? { next } : undefined),
    });
  },
  'endless answer'(random) {
    const [which, is] = random.pick([
      ['revision', isRevision],
      ['tree', isTree],
    ] as const);
    const body = random
      .pick(['[', ' ', '"a', '{"a":['])
      .repeat(1 + random.below(3) * 2_000_000)
      .padEnd(3, ' ');
    const isBomb = random.below(2) === 0;
    const bytes = isBomb ? gzipSync(Buffer.alloc(80_000_000 + random.below(1000), 32)) : Buffer.from(body);
    return download({
      name: `${which}: ${bytes.length} bytes${isBomb ? ', compressed' : ''}`,
      expected: 'refused',
      answer: (request) =>
        is(request)
          ? {
              body: bytes,
              headers: {
                'Content-Type': 'application/json',
                ...(isBomb ? { 'Content-Encoding': 'gzip' } : {}),
              },
            }
          : undefined,
    });
  },
  'bombs for files'(random) {
    const bytes = gzipSync(Buffer.alloc(30_000_000, random.below(256)));
    return download({
      name: `compressed ${bytes.length}`,
      expected: 'refused',
      answer: (request) =>
        isBytes(request)
          ? { body: bytes, headers: { 'Content-Encoding': random.pick(['gzip', 'gzip, gzip']) } }
          : undefined,
      patience: 2500,
    });
  },
  'bad compression'(random) {
    const [part, is] = ofPart(random);
    const encoding = random.pick(['gzip', 'br', 'deflate', 'zstd', 'x']);
    return download({
      name: `${encoding} for ${part}`,
      expected: 'either',
      patience: 1500,
      answer: (request) =>
        is(request)
          ? {
              body: Buffer.from(Array.from({ length: 100 }, () => random.below(256))),
              headers: { 'Content-Encoding': encoding },
            }
          : undefined,
    });
  },
  silence(random) {
    const [part, is] = ofPart(random);
    return download({
      name: part,
      expected: 'either',
      patience: 100 + random.below(900),
      answer: (request) => (is(request) ? { silent: true } : undefined),
    });
  },
  'slow bytes': (random) =>
    download({
      name: `${random.below(100)}`,
      expected: 'either',
      patience: 200 + random.below(900),
      answer: (request) => (isBytes(request) ? { pauseMs: 400 } : undefined),
    }),
  redirects(random) {
    const [part, is] = ofPart(random);
    const kind = random.below(4);
    return download({
      name: `${part} (${kind})`,
      expected: 'either',
      patience: 2000,
      answer: (request, server, count) =>
        is(request)
          ? {
              status: random.pick([301, 302, 307, 308]),
              headers: {
                Location: [
                  request.path,
                  `${server.url}/x${count}`,
                  'file:///etc/passwd',
                  `${server.storageUrl}/y`,
                ][kind]!,
              },
            }
          : undefined,
    });
  },
  damaged: (random) => {
    const server = random.pick(['storage', 'hub'] as const);
    return download({
      name: `by ${server} ${random.below(100)}`,
      expected: 'refused',
      patience: undefined as never,
      answer: (request) => (isBytes(request) && request.server === server ? { damages: true } : undefined),
    });
  },
  shortened(random) {
    const by = 1 + random.below(5000);
    return download({
      name: `by ${by}`,
      expected: 'refused',
      answer: (request) => (request.server === 'storage' ? { shortens: by } : undefined),
    });
  },
  'cut off'(random) {
    const after = random.below(90_000);
    return download({
      name: `after ${after}`,
      expected: 'either',
      patience: 1500,
      answer: (request) =>
        request.server === 'storage'
          ? { cutAfter: after, ...(random.below(2) === 0 ? { ignoresRange: true } : {}) }
          : undefined,
    });
  },
  'other bytes'(random) {
    const body = random.pick([
      '',
      'x',
      '{}',
      'version https://git-lfs.github.com/spec/v1\n',
      'x'.repeat(200_000),
    ]);
    return download({
      name: `${body.length} of ${body.slice(0, 9)}`,
      expected: 'refused',
      patience: undefined as never,
      limit: 20_000,
      answer: (request) => (isBytes(request) ? { body } : undefined),
    });
  },
  'odd names'(random) {
    const odd = random.pick([
      '../x',
      'a/../b',
      'a/b/c',
      'a//b',
      '/a/b',
      'a/b\u0000',
      'a/b?x=1',
      'a/b#x',
      'a/%2e%2e',
      `${'a'.repeat(300)}/b`,
      'a/..',
      './b',
      'ü/b',
      'a/b@c',
      'http://a/b',
      'a b/c',
      '.a/b',
      'a/b\n',
      '~/b',
      'a\\b/c',
    ]);
    const revision = random.pick([
      'main',
      '../x',
      '',
      'refs/pr/1',
      'a\u0000',
      'x'.repeat(300),
      '..',
      'v1.0',
      '?',
      'a b',
      '%2e%2e',
      '/',
      'main\n',
    ]);
    return download({
      name: `${JSON.stringify(odd).slice(0, 30)} at ${JSON.stringify(revision).slice(0, 30)}`,
      expected: 'refused',
      answer: () => undefined,
      id: odd,
      revision,
    });
  },
  'hostile files'(random) {
    const config = random.pick([
      '',
      '[]',
      '{}',
      '{"architectures":["x"]}',
      '{"architectures":["DreamModel"]}',
      'x',
      '{"model_type":1}',
      '\xff',
      '['.repeat(100_000),
    ]);
    return download({
      name: config.slice(0, 40),
      expected: 'refused',
      files: {
        'config.json': config,
        'tokenizer.json': '{}',
        'model.safetensors': new Uint8Array(random.below(100)),
      },
      answer: () => undefined,
    });
  },
};
