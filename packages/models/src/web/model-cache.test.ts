import { createHash, randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, noChromium, openProfile, serveFolders } from '@entrgi/config/browser';
import { build } from 'esbuild';
import type { Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture } from '../../fixtures/fixture.js';
import { inspectCheckpoint } from '../inspect-checkpoint.js';

const out = mkdtempSync(join(tmpdir(), 'entrgi-cache-'));
/** Three pieces of 8 MiB, the last of them short. */
const weights = randomBytes(20_000_000);

describe.skipIf(chromium === undefined)(
  `in Chromium (${chromium ?? noChromium})`,
  { timeout: 60_000 },
  () => {
    let server: Awaited<ReturnType<typeof serveFolders>>;
    let browser: Awaited<ReturnType<typeof openProfile>>;
    let page: Awaited<ReturnType<typeof browser.newPage>>;
    beforeAll(async () => {
      writeFileSync(join(out, 'weights'), weights);
      writeFileSync(join(out, 'index.html'), '<!doctype html><script type="module" src="/page.js"></script>');
      await build({
        entryPoints: { page: fileURLToPath(new URL('testing/page.ts', import.meta.url)) },
        bundle: true,
        format: 'esm',
        outdir: out,
        conditions: ['@entrgi/source', 'browser'],
        logLevel: 'error',
      });
      server = await serveFolders({ '/': out });
      browser = await openProfile(mkdtempSync(join(out, 'profile-')));
      page = await browser.newPage();
      await page.goto(server.origin);
      await page.waitForFunction('globalThis.fetchWeights !== undefined');
    }, 60_000);
    afterAll(async () => {
      await browser?.close();
      await server?.close();
      rmSync(out, { recursive: true });
    });

    /** What the page makes of an expression, and the parts of the weights that it asked the server for. */
    const inPage = async (expression: string) => {
      const before = server.requests.length;
      const result = await page.evaluate(expression);
      const asked = server.requests.slice(before).filter(({ path }) => path === '/weights');
      return { result, ranges: asked.map(({ range }) => range) };
    };
    const sha256 = createHash('sha256').update(weights).digest('hex');
    const beginning = 'bytes=0-262143';

    it('goes on where a download was stopped, and takes it from the cache the next time', async () => {
      const stopped = await inPage('fetchWeights({ stopAt: 1 })');
      expect(stopped.result).toMatchObject({ error: 'stopped' });
      const { result, ranges } = await inPage('fetchWeights()');
      expect(result).toMatchObject({ sha256 });
      expect((result as { progress: object[] }).progress.at(-1)).toEqual({
        id: 'files',
        file: 'weights',
        loadedBytes: weights.length,
        totalBytes: weights.length,
        allLoadedBytes: weights.length,
        allTotalBytes: weights.length,
      });
      expect(ranges).toEqual([beginning, 'bytes=8388608-16777215', 'bytes=16777216-19999999']);
      expect(await inPage('fetchWeights()')).toMatchObject({ result: { sha256 }, ranges: [beginning] });
    });

    it('fetches a piece again that is not what it was', async () => {
      await inPage('damagePiece(1)');
      const { result, ranges } = await inPage('fetchWeights()');
      expect(result).toMatchObject({ sha256 });
      expect(ranges).toEqual([beginning, 'bytes=8388608-16777215']);
    });

    it('says what it holds, and deletes it', async () => {
      const { result } = await inPage('listAndDelete()');
      expect(result).toEqual({
        // And its size, in eight digits.
        listed: [[`${server.origin}/weights`, weights.length + 8]],
        freed: weights.length + 8,
        left: 0,
      });
    });

    it('says in a sentence that the browser gives no more room', async () => {
      const session = await page.context().newCDPSession(page);
      await session.send('Storage.overrideQuotaForOrigin', { origin: server.origin, quotaSize: 9_000_000 });
      const { result } = await inPage('fetchWeights()');
      await session.send('Storage.overrideQuotaForOrigin', { origin: server.origin });
      expect(result).toMatchObject({
        code: 'disk-full',
        error: expect.stringMatching(/no more room: .* are used\. Delete stored models/),
      });
    });

    it('opens a model by each of its names, and opens it again where its server is away', async () => {
      cpSync(fixture('bert-fill'), join(out, 'models/bert'), { recursive: true });
      cpSync(fixture('bert-fill.onnx'), join(out, 'models/bert/onnx/model.onnx'));
      const sha = '0123456789abcdef0123456789abcdef01234567';
      const siblings = readdirSync(join(out, 'models/bert'), { recursive: true }).map((rfilename) => ({
        rfilename,
      }));
      const headers = { 'access-control-allow-origin': '*' };
      const asked: string[] = [];
      const hub = (route: Route) => {
        const { pathname } = new URL(route.request().url());
        asked.push(pathname);
        const file = pathname.split(`/owner/bert/resolve/${sha}/`)[1];
        if (file !== undefined) return route.fulfill({ path: join(out, 'models/bert', file), headers });
        const isThere = /^\/api\/models\/owner\/bert\/revision\/(main|v1)$/.test(pathname);
        return isThere
          ? route.fulfill({ json: { sha, siblings }, headers })
          : route.fulfill({ status: 404, headers });
      };
      await page.route('https://huggingface.co/**', hub);
      const names = [
        'owner/bert',
        'owner/bert@v1',
        'https://huggingface.co/owner/bert/tree/v1',
        './models/bert',
        '/models/bert',
        `${server.origin}/models/bert/`,
      ].flatMap((name) => [name, `${name.replace(/\/$/, '')}/onnx/model.onnx`.replace('/tree/', '/blob/')]);
      const found = async (asked: readonly string[]) => {
        const all: [string, unknown][] = [];
        for (const name of asked) all.push([name, await page.evaluate(`facts(${JSON.stringify(name)})`)]);
        return all;
      };
      const here = async (source: string) => {
        const { parameters, files } = await inspectCheckpoint(source);
        return { parameters, files };
      };
      const safetensors = await here(join(out, 'models/bert'));
      const onnx = await here(join(out, 'models/bert/onnx/model.onnx'));
      const expected = names.map((name) => [name, name.endsWith('.onnx') ? onnx : safetensors]);
      expect(await found(names)).toEqual(expected);
      expect(asked.filter((path) => path.includes('/resolve/')).length).toBe(new Set(asked).size - 2);

      await page.route('https://huggingface.co/**', (route) => route.abort());
      await page.route('**/models/bert/**', (route) => route.abort());
      // A server that is away is asked three times.
      const again = names.filter((name) => !name.startsWith('/') && !name.startsWith(server.origin));
      expect(await found(again)).toEqual(expected.filter(([name]) => again.includes(String(name))));
      await page.evaluate('listAndDelete("")');
      expect(await page.evaluate('facts("owner/bert")')).toEqual({
        code: 'network',
        message: 'owner/bert: the hub cannot be reached. Check the connection.',
      });
    });

    it('fetches without a cache where the browser has none', async () => {
      expect(await inPage('withoutStorage(() => fetchWeights())')).toMatchObject({ result: { sha256 } });
    });
  },
);
