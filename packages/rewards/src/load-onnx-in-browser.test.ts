import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, noChromium, openBrowser, serveFolders } from '@entrgi/config/browser';
import { encodeModel } from '@entrgi/onnx';
import { readModelFile } from '@entrgi/onnx/node';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wordLookup } from '../../models/src/onnx/word-lookup.js';
import { checkpoint, relativeError, torchCases } from '../fixtures/torch-numbers.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const out = mkdtempSync(join(tmpdir(), 'entrgi-onnx-page-'));
const backend = createRequire(here('../../backend-web/package.json'));
const wasm = backend.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm');
const given = torchCases[1]!;
const settings = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];
const weights = ['onnx/model.onnx', 'onnx/model.onnx_data'];

/** The classifier in transformers.js layout, its word embeddings in a file beside the model. */
const layOut = async (directory: string) => {
  mkdirSync(join(directory, 'onnx'), { recursive: true });
  for (const name of settings) cpSync(join(checkpoint(given.reward), name), join(directory, name));
  const model = await readModelFile(here(`../fixtures/${given.reward}.onnx`));
  const { table } = wordLookup(model, given.reward);
  const { type, dims, data } = model.graph.initializers.get(table)!;
  const bytes = new Uint8Array((data as Float32Array).slice().buffer);
  const external = { location: 'model.onnx_data', offset: 0, length: bytes.length };
  model.graph.initializers.set(table, { type, dims, external });
  writeFileSync(join(directory, 'onnx/model.onnx'), encodeModel(model));
  writeFileSync(join(directory, 'onnx/model.onnx_data'), bytes);
};

describe.skipIf(chromium === undefined)(
  `in Chromium (${chromium ?? noChromium})`,
  { timeout: 60_000 },
  () => {
    const ends: (() => Promise<unknown>)[] = [];
    beforeAll(async () => {
      const script = '<script type="module" src="/page.js"></script>';
      writeFileSync(join(out, 'index.html'), `<!doctype html><link rel="icon" href="data:,">${script}`);
      await layOut(join(out, 'judge'));
      await build({
        entryPoints: { page: here('testing/page.ts') },
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

    it('an exported classifier scores as PyTorch does, from addresses and from picked files', async () => {
      const [browser, server] = [
        await openBrowser(),
        await serveFolders({ '/': out, '/runtime/': dirname(wasm) }, { isolated: true }),
      ];
      ends.push(() => browser.close(), server.close);
      const page = await browser.newPage();
      await page.goto(server.origin);
      await page.waitForFunction('globalThis.scoresOf !== undefined');
      const files = [...settings, ...weights];
      for (const [name, address, picked] of [
        ['judge', '/judge', undefined],
        ['judge', '/judge/onnx/model.onnx', undefined],
        ['picked', '/judge', files],
      ] as const) {
        const asked = [address, picked, given.prompt, given.responses];
        const shown = asked.map((each) => JSON.stringify(each) ?? 'undefined').join(', ');
        const result = await page.evaluate<{ name: string; scores: number[] }>(`scoresOf(${shown})`);
        expect(result.name).toBe(name);
        expect(relativeError(result.scores, given.scores)).toBeLessThan(1e-4);
      }
    });
  },
);
