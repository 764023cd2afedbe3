import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, noChromium, openBrowser, serveFolders } from '@entrgi/config/browser';
import { InvalidArgumentError } from '@entrgi/core';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { webBackend } from './index.js';
import type { Conformance } from './testing/page.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const out = mkdtempSync(join(tmpdir(), 'entrgi-web-'));
const wasm = createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm');
const folders = { '/': out, '/fixtures/': here('../../backend-node/fixtures'), '/runtime/': dirname(wasm) };
const PAGE = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>';

describe.skipIf(chromium === undefined)(
  `in Chromium (${chromium ?? noChromium})`,
  { timeout: 90_000 },
  () => {
    const ends: (() => Promise<unknown>)[] = [];
    beforeAll(async () => {
      writeFileSync(join(out, 'index.html'), PAGE);
      await build({
        entryPoints: { page: here('testing/page.ts'), worker: here('worker.ts') },
        bundle: true,
        splitting: true,
        format: 'esm',
        outdir: out,
        conditions: ['@entrgi/source', 'import', 'browser'],
        logLevel: 'error',
      });
    }, 60_000);
    afterAll(async () => {
      await Promise.all(ends.map((end) => end()));
      rmSync(out, { recursive: true });
    });

    /** What an expression of the page gives, with what the page complains of; `meanwhile`, something else happens. */
    const inPage = async <T>(
      expression: string,
      { isolated = true, webgpu = false, meanwhile = async (_: Page): Promise<void> => {} } = {},
    ): Promise<T> => {
      const [browser, server] = [await openBrowser({ webgpu }), await serveFolders(folders, { isolated })];
      ends.push(() => browser.close(), server.close);
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      await page.goto(server.origin);
      await page.waitForFunction('globalThis.conform !== undefined');
      const [result] = await Promise.all([page.evaluate<T>(expression), meanwhile(page)]);
      expect(complaints).toEqual([]);
      await browser.close();
      return result;
    };

    it('does in a worker, on two threads of WebAssembly, what every backend must do', async () => {
      const options = "{ device: 'wasm', threads: 2 }";
      const [conformance, ticks] = await inPage<[Conformance, number]>(
        `conform(${options}).then(async (result) => [result, await ticksDuringRun(${options})])`,
      );
      expect(conformance).toEqual({
        name: 'web (worker)',
        report: { device: 'wasm', threads: 2, reasons: [] },
        failures: [],
        cases: expect.any(Number),
      });
      expect(conformance.cases).toBeGreaterThan(20);
      expect(ticks, 'the page stays responsive').toBeGreaterThan(5);
    });

    it('does the same in the page itself, on one thread where nothing can be shared, and says so', async () => {
      const [conformance, refusals] = await inPage<[Conformance, object[]]>(
        'conform({ worker: false, threads: 2 }).then(async (result) => [result, await withoutWebGpu()])',
        { isolated: false },
      );
      expect(conformance).toMatchObject({
        name: 'web',
        failures: [],
        report: {
          device: 'wasm',
          threads: 1,
          reasons: [
            expect.stringContaining('WebGPU is not used'),
            expect.stringContaining('not cross-origin isolated'),
          ],
        },
      });
      for (const refusal of refusals) {
        expect(refusal).toMatchObject({
          code: 'backend',
          message: expect.stringMatching(/WebGPU cannot be used: .* device: 'wasm'\.$/),
        });
      }
      expect(refusals).toHaveLength(2);
    });

    it('fails what waits for a worker that ends or is not there, and what comes later', async () => {
      const ended = (doing: string) => ({
        name: 'BackendError',
        code: 'backend',
        message: `${doing}The worker has ended: it was terminated, or the browser ran out of memory. Make a new backend with webBackend(); where memory is short, for a smaller model.`,
      });
      const [ends, missing] = await inPage<object[]>('Promise.all([endedInRun(), withoutScript()])');
      const doing = ['slow failed: ', 'slow failed: ', 'affine cannot be loaded: ', ''];
      expect(ends).toEqual({ failures: doing.map(ended), disposed: undefined });
      expect(missing).toEqual({
        name: 'BackendError',
        code: 'backend',
        message: expect.stringMatching(
          /^The worker died: its script cannot be loaded\. Check that the script/,
        ),
      });
      const closed = inPage<object>('endedBefore()', {
        async meanwhile(page) {
          await page.waitForFunction('globalThis.isWaiting');
          await page.workers()[0]!.evaluate('self.close()');
          await page.evaluate('goOn()');
        },
      });
      expect(await closed).toEqual(ended('slow failed: '));
    });

    it('does what the example in the README says', async () => {
      const readme = readFileSync(here('../README.md'), 'utf8');
      const body = /```ts\n([\s\S]*?)```/
        .exec(readme)![1]!
        .replace(/^import .*$/gm, '')
        .replaceAll(' as const', '')
        .replaceAll("fetch('", "fetch('/fixtures/");
      const [report, y] = await inPage<string[]>(`runProgram(${JSON.stringify(body)})`);
      expect(JSON.parse(report!)).toMatchObject({ device: 'wasm', reasons: [expect.any(String)] });
      expect(Object.values(JSON.parse(y!))).toEqual([5.5, 6, 11]);
    });

    // In the page itself it is the same code, without the worker around it.
    it.each(process.env.ENTRGI_SLOW ? [true, false] : [true])(
      'names a lost graphics device, and ends (in a worker: %s)',
      async (worker) => {
        const lost = {
          name: 'DeviceLostError',
          code: 'device-lost',
          message: expect.stringMatching(/^slow failed: The graphics device was lost: .* device 'wasm'/),
        };
        const result = await inPage<object>(`untilLost({ device: 'webgpu', worker: ${worker} })`, {
          webgpu: true,
          async meanwhile(page) {
            await page.waitForFunction('globalThis.isRunning', undefined, { timeout: 60_000 });
            const browser = await page.context().browser()!.newBrowserCDPSession();
            await browser.send('Browser.crashGpuProcess');
          },
        });
        expect(result).toEqual({ failures: [lost, lost], other: [5.5, 6, 11] });
      },
    );

    // The renderer is in software: a minute where the machine is busy.
    it.runIf(process.env.ENTRGI_SLOW)('does the same on WebGPU', async () => {
      const options = "{ device: 'webgpu' }";
      const [conformance, refusal] = await inPage<[Conformance, string]>(
        `conform(${options}).then(async (result) => [result, await refusedWeights(${options})])`,
        { webgpu: true },
      );
      expect(refusal).toContain('affine cannot be loaded: Its weights are in bfloat16');
      expect(conformance).toMatchObject({ failures: [], report: { device: 'webgpu' } });
    });
  },
);

describe('webBackend', () => {
  it('refuses what it does not know, and folders', async () => {
    expect(() => webBackend({ device: 'gpu' as never })).toThrow(InvalidArgumentError);
    expect(() => webBackend({ threads: 0 })).toThrow(
      'threads: expected a whole number of at least 1, got 0.',
    );
    const { createSession } = webBackend({ worker: false });
    await expect(createSession({ bytes: Uint8Array.of(1), folder: '/models' })).rejects.toThrow(
      'expected external data in a map of files, got a folder',
    );
  });
});
