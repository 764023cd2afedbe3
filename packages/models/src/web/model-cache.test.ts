import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, noChromium, openProfile, serveFolders } from '@entrgi/config/browser';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

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
        listed: [[`${server.origin}/weights`, weights.length]],
        freed: weights.length,
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

    it('fetches without a cache where the browser has none', async () => {
      expect(await inPage('withoutStorage(() => fetchWeights())')).toMatchObject({ result: { sha256 } });
    });
  },
);
