import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBackend } from '@entrgi/backend-node';
import { chromium, noChromium, openBrowser, serveFolders } from '@entrgi/config/browser';
import { loadDenoiser } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyAltered } from '../../../packages/models/fixtures/copy-altered.js';
import { runLane } from './engine/run-lane.js';
import { examples } from './settings/default-settings.js';
import { settingsFromAddress } from './settings/settings-in-address.js';
import { modelsFromAddress } from './state/model-place.js';
import { type ModelServer, modelServer } from './testing/model-server.js';
import { sharedSite } from './testing/shared-site.js';

const out = mkdtempSync(join(tmpdir(), 'entrgi-own-models-'));
const at = (name: string) => join(out, 'models', name);
const PIECE = 2 ** 23;
/** Nothing here is about time: the machine may be busy. */
const patient = { timeout: 60_000 };

/** Adds a tensor that no network has a use for, so that the weights come in two pieces. */
const padWeights = (file: string): void => {
  const bytes = readFileSync(file);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + length));
  const data = bytes.subarray(8 + length);
  const padding = Buffer.alloc(PIECE + 2 ** 21);
  const ends = [data.length, data.length + padding.length];
  header.padding = { dtype: 'F32', shape: [padding.length / 4], data_offsets: ends };
  const text = Buffer.from(JSON.stringify(header).padEnd(Math.ceil((length + 200) / 8) * 8));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(file, Buffer.concat([size, text, data, padding]));
};

describe.skipIf(chromium === undefined)(
  `own models in Chromium (${chromium ?? noChromium})`,
  { timeout: 240_000 },
  () => {
    const ends: (() => Promise<unknown>)[] = [];
    const complaints: string[] = [];
    let models: ModelServer;
    let page: Page;
    beforeAll(async () => {
      // Random text takes more tokens to read than to write.
      const roomy = { 'config.json': (config: object) => ({ ...config, max_position_embeddings: 256 }) };
      await copyAltered('dream', at('dream'), roomy);
      padWeights(join(at('dream'), 'model.safetensors'));
      await copyAltered('qwen2-reward', at('reward'), roomy);
      await copyAltered('dream', at('gpt'), {
        'config.json': (config) => ({ ...config, architectures: ['GPT2LMHeadModel'] }),
      });
      await copyAltered('bert-reward', at('greek'), {
        'tokenizer.json': (json) => {
          const entries = Object.entries(json.model.vocab);
          const renamed = entries.map(([word, id]) => [word.startsWith('[') ? word : `${word}ж`, id]);
          return { ...json, model: { ...json.model, vocab: Object.fromEntries(renamed) } };
        },
      });
      mkdirSync(at('nothing'));
      for (const [folder, file] of [
        ['pictures', 'photo.png'],
        ['weights', 'model.safetensors'],
      ]) {
        mkdirSync(at(folder!));
        writeFileSync(join(at(folder!), file!), 'not JSON');
      }
      writeFileSync(at('picture.png'), Buffer.from('89504e470d0a1a0a', 'hex'));
      models = await modelServer({
        'tiny/dream': at('dream'),
        'tiny/reward': at('reward'),
        'tiny/gpt': at('gpt'),
        'tiny/greek': at('greek'),
        'tiny/private': at('dream'),
      });
      const site = await serveFolders({ '/': await sharedSite() });
      const browser = await openBrowser();
      ends.push(models.close, site.close, () => browser.close());
      page = await browser.newPage({ viewport: { width: 1280, height: 1000 }, serviceWorkers: 'block' });
      page.setDefaultTimeout(20_000);
      page.on('pageerror', (error) => complaints.push(String(error)));
      await page.addInitScript(() => {
        const frames: { lane: number; tokenIds: number[] }[] = [];
        Object.assign(globalThis, { frames });
        addEventListener('DOMContentLoaded', () =>
          document.querySelector('entrgi-playground')?.addEventListener('entrgi-report', (event) => {
            const { type, frame } = (event as CustomEvent).detail;
            if (type === 'frame') frames.push({ lane: frame.lane, tokenIds: [...frame.tokenIds] });
          }),
        );
      });
      await page.goto(
        `${site.origin}/?threads=1&hub=${models.origin}#steps=4&maxNewTokens=16&guidanceSteps=1`,
      );
      await page.locator('button.main').filter({ hasText: /^Run$/ }).waitFor({ timeout: 200_000 });
      await page.locator('.models > summary').click();
    }, 300_000);
    afterAll(async () => {
      await Promise.all(ends.map((end) => end()));
      rmSync(out, { recursive: true });
    });

    const word = () => page.locator('button.main').textContent();
    const card = () => page.locator('.models');
    const field = (name: RegExp) => card().getByRole('textbox', { name });
    const problem = () => card().getByRole('alert');
    /** Nothing as long as none is shown. */
    const shownProblem = () =>
      problem()
        .textContent({ timeout: 1000 })
        .catch(() => '');
    const names = () => card().locator('summary small').textContent();
    const stored = () => card().locator('.stored li').allTextContents();
    /** As a person drops them, from a window of their files. */
    const drop = async (...paths: string[]) => {
      const session = await page.context().newCDPSession(page);
      const data = { items: [], files: paths, dragOperationsMask: 1 };
      for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
        await session.send('Input.dispatchDragEvent', { type, x: 640, y: 500, data });
      }
      await session.detach();
    };
    const press = (name: string) => card().getByRole('button', { name, exact: true }).click();
    const load = async (denoiser: string, reward: string, button = 'Load') => {
      await field(/^Denoiser/).fill(denoiser);
      await field(/^Reward/).fill(reward);
      await press(button);
    };
    const askedSince = (start: number) =>
      models.asked
        .slice(start)
        .flatMap(({ path, range }) => (path.endsWith('/dream') ? [] : [{ path, range }]));
    const weightsAsked = (start: number) =>
      askedSince(start).flatMap(({ path, range }) =>
        path.startsWith('/tiny/dream/') && path.endsWith('.safetensors') ? [range] : [],
      );

    it('come from the hub and an address, go on where a download broke off, and write what they write in Node', async () => {
      models.fault = (path, range) =>
        path.startsWith('/tiny/dream/') && range?.startsWith(`bytes=${PIECE}-`)
          ? { cutAfter: 100_000 }
          : undefined;
      await load('tiny/dream', `${models.origin}/tiny/reward/`);
      await expect
        .poll(() => problem().allTextContents(), patient)
        .toEqual([expect.stringContaining('the download broke off. Try again: what has arrived is kept.')]);
      expect(await word()).toBe('Run');
      await expect.poll(stored, patient).toEqual([expect.stringMatching(/^tiny\/dream 8\.4 MB/)]);

      models.fault = () => undefined;
      const start = models.asked.length;
      await press('Try again');
      await expect.poll(names, patient).toBe('dream and reward');
      expect(weightsAsked(start)).toEqual([expect.stringMatching(`^bytes=${PIECE}-`)]);
      await expect
        .poll(stored, patient)
        .toEqual([
          expect.stringMatching(/^tiny\/dream 10\.6 MB/),
          expect.stringMatching(/^127\.0\.0\.1:\d+\/tiny\/reward \d+ kB/),
        ]);
      expect(await page.locator('#prompt').inputValue()).toBe(examples.other[0]);
      await page.locator('#prompt').fill('Hello.');
      await expect.poll(() => new URL(page.url()).hash, patient).toContain('prompt=Hello.');
      const { hash } = new URL(page.url());
      expect(modelsFromAddress(hash)).toEqual({
        denoiser: 'tiny/dream',
        reward: `${models.origin}/tiny/reward`,
      });

      await page.locator('button.main').click();
      await expect.poll(word, patient).toBe('Run again');
      expect(await page.locator('.charts h4').count()).toBe(0);
      const inTab = await page.evaluate<{ lane: number; tokenIds: number[] }[]>(
        'globalThis.frames.splice(0)',
      );
      const backend = nodeBackend();
      const denoiser = await loadDenoiser(at('dream'), { backend });
      const story = await loadReward(at('reward'), { backend });
      const settings = settingsFromAddress(hash);
      for (const lane of [0, 1] as const) {
        const inNode: number[][] = [];
        const own = { denoiser, story, mood: undefined, judge: undefined };
        for await (const frame of runLane(lane, own, settings, new AbortController().signal)) {
          inNode.push([...frame.tokenIds]);
        }
        expect(inTab.filter((frame) => frame.lane === lane).map(({ tokenIds }) => tokenIds)).toEqual(inNode);
      }
      await backend.dispose();
    });

    it('are given up, and deleted', async () => {
      await press('Delete tiny/dream');
      await expect
        .poll(() => card().locator('.stored [role=status]').textContent(), patient)
        .toBe('tiny/dream is deleted, 10.6 MB are free again.');
      expect(await stored()).toEqual([expect.stringContaining('tiny/reward')]);
      await press('Back to the embedded ones');
      await expect.poll(names, patient).toBe('embedded');
      expect(await page.locator('#prompt').inputValue()).toBe('Hello.');
      expect(await page.locator('.lane-1 .token.masked').count()).toBe(16);
      expect(new URL(page.url()).hash).not.toContain('denoiser');

      models.fault = (path, range) =>
        path.startsWith('/tiny/dream/') && range?.startsWith('bytes=0-8388607')
          ? { stalls: true }
          : undefined;
      await load('tiny/dream', 'tiny/reward');
      await expect.poll(() => card().locator('.note label').textContent(), patient).toContain('of 10.6 MB');
      await press('Stop loading');
      await expect
        .poll(() => problem().allTextContents(), patient)
        .toEqual([expect.stringMatching(/^Stopped\./)]);
      models.fault = () => undefined;
      expect([await word(), await names()]).toEqual(['Run', 'embedded']);
    });

    it('are picked or dropped as files', async () => {
      const files = (name: string) =>
        ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'].map((file) =>
          join(at(name), file),
        );
      await field(/^Denoiser/).fill('');
      await field(/^Reward/).fill('');
      await card().getByLabel('Denoiser, which writes: files').setInputFiles(files('dream'));
      expect(await card().locator('.picked').textContent()).toBe('files: 4 files, 10.6 MB');
      await drop(...files('reward'));
      await expect.poll(() => card().locator('.picked').count(), patient).toBe(2);
      await press('Load');
      await expect.poll(names, patient).toBe('files and files');
      await page.locator('button.main').click();
      await expect.poll(word, patient).toBe('Run again');
      await press('Back to the embedded ones');
      await expect.poll(names, patient).toBe('embedded');
    });

    it('are dropped as folders, several at once', async () => {
      await drop(at('dream'), at('reward'));
      await expect
        .poll(() => card().locator('.picked').allTextContents(), patient)
        .toEqual([
          expect.stringMatching(/^dream: \d files, 10\.6 MB$/),
          expect.stringMatching(/^reward: \d files, \d+ kB$/),
        ]);
      await press('Load');
      await expect.poll(names, patient).toBe('dream and reward');
      await page.locator('button.main').click();
      await expect.poll(word, patient).toBe('Run again');
      await press('Back to the embedded ones');
      await expect.poll(names, patient).toBe('embedded');
    });

    it.each([
      ['a picture', ['picture.png'], 'picture.png is neither a trace nor a model. This page opens traces, '],
      ['a folder of pictures', ['pictures'], 'photo.png is neither a trace nor a model.'],
      ['an empty folder', ['nothing'], 'nothing is empty: expected a model’s folder, or traces.'],
      [
        'a folder without config.json',
        ['weights'],
        'weights is no model: there is no config.json in it. A model’s folder has config.json, the weights',
      ],
      ['weights alone', ['weights/model.safetensors'], 'model.safetensors is no model: expected its folder'],
      ['two denoisers', ['dream', 'gpt'], 'gpt and dream are both a denoiser: drop one of them'],
    ])('are refused in words where they are dropped: %s', async (_, paths, sentence) => {
      await drop(...paths.map(at));
      await expect.poll(() => page.locator('.problem').first().textContent(), patient).toContain(sentence);
      expect(await card().locator('.picked').count()).toBe(0);
    });

    it.each([
      [
        'an id that the hub does not have',
        'tiny/nothing',
        '',
        'tiny/nothing: the hub has no such model or revision.',
      ],
      [
        'no place at all',
        'hello there',
        '',
        '“hello there” is neither an id of the hub, as owner/name, nor an address',
      ],
      ['an unknown architecture', 'tiny/gpt', '', /architectures: expected one of .*, got GPT2LMHeadModel\./],
      ['a folder without a model', 'ORIGIN/tiny/none/', '', 'there is no config.json'],
      [
        'a server that cannot be reached',
        'http://127.0.0.1:9/model',
        '',
        'the server cannot be reached. Check the connection',
      ],
      [
        'vocabularies that do not fit',
        'tiny/dream',
        'tiny/greek',
        /expected it to have tokens for at least 50\.0 %, but it has tokens for/,
      ],
      ['a reward in the denoiser’s place', 'tiny/reward', '', 'expected a denoiser, got the classifier'],
    ])('are refused in words: %s', async (_, denoiser, reward, sentence) => {
      await field(/^Reward/).fill('-');
      await load(denoiser.replace('ORIGIN', models.origin), reward);
      await expect.poll(shownProblem, patient).toMatch(sentence);
      await expect.poll(word, patient).toMatch(/^Run/);
      expect(await names()).toBe('embedded');
    });

    it('are refused in words: files that are none, and more than the browser has room for', async () => {
      await card()
        .getByLabel('Reward, which guides: files')
        .setInputFiles({ name: 'story.txt', mimeType: 'text/plain', buffer: Buffer.from('Once') });
      await expect
        .poll(() => problem().textContent(), patient)
        .toMatch(/^story\.txt is no model: expected its folder/);
      await press('Delete tiny/dream');
      await expect.poll(stored, patient).not.toContainEqual(expect.stringContaining('tiny/dream'));
      const session = await page.context().newCDPSession(page);
      const origin = new URL(page.url()).origin;
      await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1_000_000 });
      await load('tiny/dream', 'tiny/reward');
      await expect
        .poll(shownProblem, patient)
        .toMatch(/gives this site no more room: .* Delete stored models/);
      await session.send('Storage.overrideQuotaForOrigin', { origin });
      expect(await names()).toBe('embedded');
      await page.locator('button.main').click();
      await expect.poll(word, patient).toBe('Run again');
      expect(complaints).toEqual([]);
    });

    it('come from a private repository with a token, which goes to the hub alone and stays nowhere', async () => {
      const secret = 'hf_aSecretThatNobodySees';
      models.tokens.set('tiny/private', secret);
      const token = field(/^Token of 127\.0\.0\.1/);
      await field(/^Reward/).fill('-');
      await load('tiny/private', '');
      await expect
        .poll(shownProblem, patient)
        .toBe(
          'tiny/private: the hub refuses, or has no such model (status 401). Check its name; a private or gated model needs a token.',
        );
      await token.fill('hf_wrong');
      await press('Load');
      await expect
        .poll(shownProblem, patient)
        .toMatch(/the hub does not accept the token .* give another one/);
      const start = models.asked.length;
      await token.fill(` ${secret} `);
      await press('Load');
      await expect.poll(names, patient).toBe('private');

      const asked = models.asked.slice(start);
      const hub = new URL(models.origin).host;
      expect(asked.filter(({ host }) => host !== hub).length).toBeGreaterThan(3);
      for (const { path, host, authorization } of asked) {
        expect([path, authorization]).toEqual([path, host === hub ? `Bearer ${secret}` : undefined]);
      }
      await page.locator('button.main').click();
      await expect.poll(word, patient).toBe('Run again');
      const saving = page.waitForEvent('download');
      await page.getByRole('button', { name: /^Save trace: EntRGi/ }).click();
      const trace = readFileSync(await (await saving).path(), 'utf8');
      const kept = await page.evaluate(async () => {
        const inCaches = [];
        for (const name of await caches.keys()) {
          for (const request of await (await caches.open(name)).keys()) {
            const response = (await (await caches.open(name)).match(request))!;
            inCaches.push(request.url, [...request.headers], [...response.headers], await response.text());
          }
        }
        const stores = [{ ...localStorage }, { ...sessionStorage }, await indexedDB.databases()];
        return JSON.stringify([location.href, document.cookie, history.state, stores, inCaches]);
      });
      expect(kept).toContain('tiny/private');
      expect(trace).toContain('"step"');
      for (const text of [kept, trace]) expect(text).not.toContain(secret);
    });

    it('load again without a network, and are offered after a reload', async () => {
      await load('tiny/dream', `${models.origin}/tiny/reward/`);
      await expect.poll(names, patient).toBe('dream and reward');
      await models.close();
      await page.reload();
      await page.locator('button.main').filter({ hasText: /^Run$/ }).waitFor({ timeout: 200_000 });
      expect(await field(/^Denoiser/).inputValue()).toBe('tiny/dream');
      expect(await field(/^Token/).inputValue()).toBe('');
      await press('Load');
      await expect.poll(names, patient).toBe('dream and reward');
      await page.locator('button.main').click();
      await expect.poll(word, patient).toBe('Run again');
      expect(complaints).toEqual([]);
    });
  },
);
