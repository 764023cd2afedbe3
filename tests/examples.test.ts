import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { nodeBackend } from '@entrgi/backend-node';
import { expectRewardGradient } from '@entrgi/core/testing';
import { loadDenoiser } from '@entrgi/models';
import { denoiserDirectory } from '@entrgi/tiny-stories';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wordReward } from '../examples/own-reward/word-reward.js';
import { storyServer } from '../examples/streaming-server/story-server.js';

const root = join(import.meta.dirname, '..');
const folders = readdirSync(join(root, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** The command of the README, with settings that are quick. */
const run = async (folder: string) => {
  const { stdout } = await promisify(execFile)(
    'npm',
    ['run', '--silent', 'example', `examples/${folder}/main.ts`],
    { cwd: root, env: { ...process.env, STEPS: '2', OPENINGS: '1' }, shell: process.platform === 'win32' },
  );
  return stdout;
};

/** What each prints. The server runs until it is stopped, and has a test of its own; so has what runs on a cluster. */
const prints: Record<string, RegExp> = {
  'comparing-methods': /^method .*\nbon .*\naps .*\nentrgi .*\nexpectation .*\n$/,
  'hub-models': /reward -?\d+\.\d\d, \d+\.\d s\n$/,
  infilling:
    /^a beginning, reward .*\n {2}Ben ran to his sister[\s\S]*never seen again\.\n[\s\S]*found a box\./,
  'onnx-classifier': /^unguided: night \d[\s\S]*\nguided: night \d/,
  'verifiable-rewards':
    /^JSON: 1, 0\na date: 1, 0\nshort: 1, 0\na sum: 1, 0\nbon: -?\d\.\d\d\n {2}.*\nsmc: -?\d\.\d\d\n/,
  'own-reward': /^weight 0: \d of the words\n[\s\S]*weight 5: \d of the words\n/,
};

test('every example is tested', () => {
  expect(folders.toSorted()).toEqual([...Object.keys(prints), 'streaming-server', 'cluster'].toSorted());
});

// All of them load models in a process of their own, which takes seconds each; the quick run takes one.
// biome-ignore lint/suspicious/noUndeclaredEnvVars: turbo does not run these tests
const tried = process.env.ENTRGI_SLOW === '1' ? Object.keys(prints) : ['hub-models', 'verifiable-rewards'];
test.each(tried)('%s runs', { timeout: 300_000 }, async (folder) => {
  expect(await run(folder)).toMatch(prints[folder]!);
});

describe('the pieces of', () => {
  const backend = nodeBackend({ threads: 1 });
  let denoiser: Awaited<ReturnType<typeof loadDenoiser>>;
  beforeAll(async () => {
    denoiser = await loadDenoiser(denoiserDirectory, { backend });
  });
  afterAll(() => backend.dispose());

  test('own-reward: its gradient is that of its values, and whole tokens count as finished text does', async () => {
    const reward = wordReward(['sea', 'boat']);
    const { vocabulary } = denoiser;
    const id = (text: string) => vocabulary.spelling!.texts.indexOf(text);
    const candidates = Int32Array.of(id(' sea'), id(' house'), id(' boat'));
    const context = await reward.open({ prompt: 'p', vocabulary, length: 3 });
    const mix = {
      trajectories: 2,
      tokenIds: Int32Array.of(id(' sea'), id(' house'), id(' boat'), id(' sea'), id(' boat'), id(' sea')),
      attention: Uint8Array.of(1, 1, 1, 1, 0, 1),
      rows: Int32Array.of(1, 5),
      candidates,
      probs: Float32Array.of(0.5, 0.25, 0.25, 0.125, 0.75, 0.125),
      weights: Float32Array.of(0.5, 0),
    };
    await expectRewardGradient(context, mix);
    const { values } = await context.evaluate(mix);
    // sea + (3/4 + ½ (0 − 3/4)) + boat; sea + nothing seen + 1/4.
    expect([...values]).toEqual([2.375, 1.25]);
    expect([...(await reward.score('p', [' Sea house, boat']))]).toEqual([2]);
  });

  test('streaming-server: streams each step, answers a bad request, and stops for a reader who left', async () => {
    let asked = 0;
    const counted = {
      ...denoiser,
      logits(request: never) {
        asked += 1;
        return denoiser.logits(request);
      },
    };
    const server = storyServer({ denoiser: counted, reward: wordReward(['sea']), steps: 16 }).listen(0);
    await once(server, 'listening');
    const url = `http://localhost:${(server.address() as AddressInfo).port}/?prompt=`;

    expect((await fetch(url)).status).toBe(400);
    const text = await (await fetch(`${url}A+small+fish`)).text();
    const events = text.match(/^event: \w+/gm)!;
    expect(events).toEqual([...Array(16).fill('event: step'), 'event: end']);

    asked = 0;
    const reader = new AbortController();
    const { body } = await fetch(`${url}A+big+whale`, { signal: reader.signal });
    await body!.getReader().read();
    reader.abort();
    server.close();
    await once(server, 'close');
    expect(asked).toBeLessThan(16);
  });
});
