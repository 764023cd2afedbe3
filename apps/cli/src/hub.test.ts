import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { denoiserDirectory, rewardDirectory } from '@entrgi/tiny-stories';
import { describe, expect, test, vi } from 'vitest';
import { fixture } from '../../../packages/models/fixtures/fixture.js';
import type { StandInHub } from '../../../packages/models/fixtures/stand-in-hub.js';
import { filesBelow, testHub } from '../../../packages/models/fixtures/test-hub.js';
import { run } from './run.js';
import { Collector, entrgi } from './testing/capture.js';
import { temporaryFolder } from './testing/temporary-folder.js';

const denoiser = 'stories/denoiser';
const reward = 'stories/reward';
const repositories = { [denoiser]: { files: denoiserDirectory }, [reward]: { files: rewardDirectory } };
const generation = [
  'generate',
  'Complete this story: Once',
  '--steps',
  '2',
  '--max-new-tokens',
  '4',
  '--json',
];
const small = [...generation, '--trajectories', '2', '--guidance-steps', '1', '--learning-rate', '0.5'];
const fetched = (hub: StandInHub) => hub.requests.filter(({ file }) => file !== undefined);

describe('generate', () => {
  test('takes models of the hub, and offline from the cache; they write what the same files on disk do', async () => {
    const { hub } = await testHub(repositories);
    const online = await entrgi([...small, '--denoiser', denoiser, '--reward', reward]);
    expect(online).toMatchObject({ status: 0, stderr: '' });
    expect(fetched(hub).length).toBeGreaterThan(0);
    await hub.close();
    const offline = await entrgi([...small, '--denoiser', denoiser, '--reward', reward, '--offline']);
    expect(offline).toMatchObject({ status: 0, stderr: '' });
    const embedded = await entrgi(small);
    const [a, b, c] = [online, offline, embedded].map(({ stdout }) => JSON.parse(stdout));
    expect(b.trajectories).toEqual(a.trajectories);
    expect(c.trajectories).toEqual(a.trajectories);
    expect(a.settings).toMatchObject({ denoiser: 'denoiser', reward: 'reward' });
  });

  test('does not fetch the other model where one is refused', async () => {
    const { hub } = await testHub(repositories);
    hub.fault = ({ server }) => (server === 'storage' ? { pauseMs: 100 } : undefined);
    const { status, stderr } = await entrgi([
      ...small,
      '--denoiser',
      denoiser,
      '--reward',
      'stories/misspelt',
    ]);
    expect(stderr).toMatch(
      /^entrgi: stories\/misspelt: there is no such directory, and the hub has no public model of that name .*\n$/,
    );
    expect(status).toBe(1);
  });

  test.each([
    ['--offline', 'has no config.json, tokenizer.json, model.safetensors of revision main'],
    ['--revision', 'has no revision v9'],
  ])('%s is heeded', async (option, message) => {
    await testHub(repositories);
    const argv = [...small, '--denoiser', denoiser, option, ...(option === '--revision' ? ['v9'] : [])];
    const { status, stderr } = await entrgi(argv);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^entrgi: .*\n$/);
    expect(status).toBe(1);
  });
});

describe('a denoiser in transformers.js layout', () => {
  const bert = 'Xenova/tiny-bert';
  const onnxOnly = async () => {
    const files: Record<string, Uint8Array> = {
      'onnx/model.onnx': await readFile(`${fixture('bert-fill')}.onnx`),
      'onnx/model_fp16.onnx': new Uint8Array(9),
    };
    for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
      files[name] = await readFile(join(fixture('bert-fill'), name));
    }
    return { [bert]: { files } };
  };

  test('writes what its checkpoint of the same weights does', async () => {
    const { hub } = await testHub(await onnxOnly());
    const argv = ['generate', 'Tell me', '--steps', '2', '--max-new-tokens', '4', '--json'];
    const [fromHub, onDisk] = [
      await entrgi([...argv, '--denoiser', bert]),
      await entrgi([...argv, '--denoiser', fixture('bert-fill')]),
    ];
    expect(fromHub).toMatchObject({ status: 0, stderr: '' });
    expect(onDisk).toMatchObject({ status: 0, stderr: '' });
    const [a, b] = [fromHub, onDisk].map(({ stdout }) => JSON.parse(stdout));
    expect(a.settings.denoiser).toBe('tiny-bert');
    expect(a.trajectories.map(({ text }: { text: string }) => text)).toEqual(
      b.trajectories.map(({ text }: { text: string }) => text),
    );
    expect(fetched(hub).map(({ file }) => file)).not.toContain('onnx/model_fp16.onnx');
  });

  test('is inspected where it lies: of its weights, only a part is fetched', async () => {
    const { hub } = await testHub(await onnxOnly());
    const { status, stdout, stderr } = await entrgi(['inspect', bert, '--json']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'checkpoint',
      task: 'denoiser',
      files: ['onnx/model.onnx'],
      roles: { mask: '[MASK]' },
      graph: { outputs: { logits: expect.any(String) }, externalData: [] },
    });
    expect(fetched(hub).map(({ file }) => file)).not.toContain('onnx/model_fp16.onnx');
    const words = await entrgi(['inspect', `${bert}/onnx/model.onnx`]);
    expect(words.stdout).toMatch(/^on disk +.* in onnx\/model\.onnx$/m);
    expect(words.stdout).toMatch(/^ {2}MatMul +\d+ {2}differentiable$/m);
  });
});

describe('a reward in transformers.js layout', () => {
  const judge = 'owner/tiny-judge';
  const exported = join(fixture('../../rewards/fixtures'), 'bert-reward.onnx');

  test('guides and rates as its checkpoint of the same weights does: a folder, a file, a model of the hub', async () => {
    const folder = await temporaryFolder();
    const files: Record<string, Uint8Array> = { 'onnx/model.onnx': await readFile(exported) };
    for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
      files[name] = await readFile(join(fixture('bert-reward'), name));
    }
    await mkdir(join(folder, 'onnx'));
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
    await testHub({ [judge]: { files } });
    const argv = ['Tell me', '--steps', '2', '--max-new-tokens', '4', '--minimum-coverage', '0', '--json'];
    const resultOf = async (reward: string) => {
      const { status, stdout, stderr } = await entrgi(['generate', ...argv, '--reward', reward]);
      expect({ status, stderr: stderr.replaceAll(/.* has tokens for .*\n/g, '') }).toEqual({
        status: 0,
        stderr: '',
      });
      return JSON.parse(stdout).trajectories[0] as { text: string; reward: number };
    };
    const expected = await resultOf(fixture('bert-reward'));
    const sources = [folder, join(folder, 'onnx/model.onnx'), judge, `${judge}@main/onnx/model.onnx`];
    for (const source of sources) {
      const actual = await resultOf(source);
      expect(actual.text).toBe(expected.text);
      expect(actual.reward).toBeCloseTo(expected.reward, 4);
    }
    const given = JSON.stringify({ prompt: 'Tell me', response: expected.text });
    const scored = await entrgi(['score', '--reward', folder, '--json'], { stdin: `${given}\n` });
    expect(JSON.parse(scored.stdout).reward).toBeCloseTo(expected.reward, 4);
  });
});

describe('a token', () => {
  const secret = 'hf_aSecretThatNobodySees';

  test.each([{}, { ENTRGI_DEBUG: '1' }])('is printed nowhere: %j', async (env) => {
    const { hub } = await testHub({ [denoiser]: { files: denoiserDirectory, token: secret } });
    vi.stubEnv('HF_TOKEN', secret);
    for (const [server, fault] of [
      ['hub', { status: 401, body: secret }],
      ['hub', { status: 500, body: secret }],
      ['hub', { body: secret }],
      ['storage', { damages: true }],
    ] as const) {
      hub.fault = (request) => (request.server === server ? fault : undefined);
      const { status, stdout, stderr } = await entrgi(['inspect', '--verify', denoiser], { env });
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toMatch(/^entrgi: /);
      expect(stderr).not.toContain(secret);
      expect(stderr).not.toContain('secret-signature');
    }
    expect(hub.requests.filter(({ authorization }) => authorization === `Bearer ${secret}`)).not.toEqual([]);
  });
});

describe('inspect', () => {
  test('takes models of the hub, each at its own revision', async () => {
    const { hub } = await testHub(repositories);
    const commits = [denoiser, reward].map((id) => hub.commitOf(id));
    const { status, stdout, stderr } = await entrgi([
      'inspect',
      `${denoiser}@${commits[0]}`,
      `${reward}@${commits[1]}`,
      '--revision',
      'heeded-by-neither',
      '--json',
    ]);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const { checkpoints } = JSON.parse(stdout);
    expect(checkpoints.map(({ path, name }: { path: string; name: string }) => [path, name])).toEqual([
      [`${denoiser}@${commits[0]}`, 'denoiser'],
      [`${reward}@${commits[1]}`, 'reward'],
    ]);
    expect(hub.requests.filter(({ path }) => path.includes('/revision/'))).toEqual([]);
  });

  test('a terminal shows a download that takes longer than a second', async () => {
    class Terminal extends Collector {
      readonly isTTY = true;
    }
    const { hub } = await testHub({ 'tiny/dream': { files: fixture('dream') } });
    hub.fault = ({ server }) => (server === 'storage' ? { pauseMs: 80 } : undefined);
    const [stdout, stderr] = [new Collector(), new Terminal()];
    const { signal } = new AbortController();
    const context = { stdin: Readable.from([]), stdout, stderr, env: { NO_COLOR: '1' }, signal };
    expect(await run(['inspect', 'tiny/dream', '--verify'], context)).toBe(0);
    expect(stderr.text).toMatch(
      /Downloading tiny\/dream: [\d.]+ kB of [\d.]+ kB, [\d.]+ kB\/s, [\d.]+ s left/,
    );
    expect(stdout.text).toMatch(/^tiny\/dream\n/);
  });

  test('Ctrl-C stops a download', async () => {
    const { hub } = await testHub({ 'tiny/dream': { files: fixture('dream') } });
    const controller = new AbortController();
    hub.fault = ({ server }) => {
      if (server === 'storage') setTimeout(() => controller.abort(), 50);
      return server === 'storage' ? { pauseMs: 500 } : undefined;
    };
    expect(await entrgi(['inspect', 'tiny/dream', '--verify'], { signal: controller.signal })).toEqual({
      status: 130,
      stdout: '',
      stderr: 'entrgi: Interrupted.\n',
    });
  });
});

describe('processes at once', () => {
  const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const flags = ['--conditions=@entrgi/source', '--import', file('./testing/run-source.js')];
  const start = (...argv: readonly string[]) =>
    spawn(process.execPath, [...flags, file('./main.ts'), ...argv]);
  const inspectDream = ['inspect', 'tiny/dream', '--json', '--verify'];
  const outcome = async (child: ReturnType<typeof start>) => {
    const [stdout, stderr, [status]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    return { stdout, stderr, status };
  };
  const weights = join(fixture('dream'), 'model.safetensors');
  const sentBytes = (hub: StandInHub) =>
    hub.requests.filter(({ server }) => server === 'storage').reduce((sum, { sent }) => sum + sent, 0);

  test('download every byte once between them', async () => {
    const { hub, cacheDir } = await testHub({ 'tiny/dream': { files: fixture('dream') } });
    // Slow enough that all are there before the first is done.
    const children: ReturnType<typeof start>[] = [];
    hub.fault = ({ server }) => (server === 'storage' ? { pauseMs: 100 } : undefined);
    for (let i = 0; i < 3; i++) children.push(start(...inspectDream));
    const outcomes = await Promise.all(children.map(outcome));
    for (const { stdout, stderr, status } of outcomes) {
      expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
      expect(JSON.parse(stdout)).toMatchObject({ name: 'dream', architecture: 'DreamModel' });
    }
    expect(sentBytes(hub)).toBe((await stat(weights)).size);
    expect(await filesBelow(join(cacheDir, '.locks'))).toEqual([]);
    expect((await filesBelow(cacheDir)).filter((name) => name.includes('incomplete'))).toEqual([]);
  });

  test('quantize side by side: one whole file, beside the blobs of the cache', async () => {
    const { cacheDir } = await testHub(repositories);
    const argv = [...small, '--reward', reward, '--reward-dtype', 'q4'];
    await entrgi(['inspect', reward, '--verify']);
    const outcomes = await Promise.all([start(...argv), start(...argv)].map(outcome));
    for (const { stderr, status } of outcomes) expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const made = (await filesBelow(cacheDir)).filter((name) => /-q4-|partial/.test(name));
    expect(made).toEqual([
      expect.stringMatching(/^models--stories--reward\/reward-q4-[0-9a-f]{16}\.safetensors$/),
    ]);
    // The same file as one process alone makes, and the same text.
    const bytes = await readFile(join(cacheDir, made[0]!));
    await rm(join(cacheDir, made[0]!));
    const alone = await entrgi(argv);
    expect(await readFile(join(cacheDir, made[0]!))).toEqual(bytes);
    const [a, b, c] = [...outcomes, alone].map(({ stdout }) => JSON.parse(stdout).trajectories);
    expect(a).toEqual(c);
    expect(b).toEqual(c);
  });

  test('one that is killed is followed by another, which goes on where it was', async () => {
    const { hub, cacheDir } = await testHub({ 'tiny/dream': { files: fixture('dream') } });
    hub.fault = ({ server }) => (server === 'storage' ? { pauseMs: 200 } : undefined);
    const first = start(...inspectDream);
    await expect.poll(() => sentBytes(hub), { timeout: 60_000 }).toBeGreaterThan(8192);
    first.kill('SIGKILL');
    await once(first, 'exit');
    hub.fault = () => undefined;
    expect(await outcome(start(...inspectDream))).toMatchObject({ stderr: '', status: 0 });
    const ranges = hub.requests.filter(({ server }) => server === 'storage').map(({ range }) => range);
    expect(ranges).toHaveLength(2);
    expect(ranges[1]).toMatch(/^bytes=[1-9]\d*-$/);
    const snapshot = (await filesBelow(cacheDir)).find((name) => name.endsWith('model.safetensors'))!;
    expect(await readFile(join(cacheDir, snapshot))).toEqual(await readFile(weights));
  });
});
