import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

/**
 * Bytes of what a page loads for some exports, minified and compressed; parts that are loaded when they are needed do not count. Building for browsers
 * fails for any module of Node's.
 */
const bytesOf = async (contents: string): Promise<number> => {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    splitting: true,
    outdir: 'out',
    metafile: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@entrgi/source', 'browser', 'module', 'import'],
    external: ['onnxruntime-web/*'],
    logLevel: 'error',
  });
  const loaded = new Set<string>();
  const load = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { path: next, kind } of metafile.outputs[path]!.imports) {
      if (kind === 'import-statement' && Object.hasOwn(metafile.outputs, next)) load(next);
    }
  };
  load('out/stdin.js');
  const files = outputFiles.filter(({ path }) => [...loaded].some((each) => path.endsWith(each)));
  expect(files).toHaveLength(loaded.size);
  return files.reduce((sum, file) => sum + gzipSync(file.contents).length, 0);
};

// Guards against what grows unnoticed: each is a little more than it was on 27 November 2026 (0.5, 0.2, 8.0, 9.7 and 116.1 kB; docs/decisions says what the last consists of).
it.each([
  // A namespace costs what is used of it.
  ['one function', 1000, "export { softmax } from '@entrgi/core'"],
  [
    'one of a namespace',
    300,
    "import { relaxations } from '@entrgi/core'; export const { aps } = relaxations;",
  ],
  ['guidance alone', 8300, "export { optimizers, relaxations, rewardGuidance } from '@entrgi/core'"],
  ['all of core', 10_500, "export * from '@entrgi/core'"],
  [
    'a client, without the runtime and weights',
    120_000,
    `export { fileFolder, hubFolder, loadDenoiser, modelCache, urlFolder } from '@entrgi/models';
     export { compositeReward, loadReward } from '@entrgi/rewards';
     export { bestOfN, preset, presets, sample } from '@entrgi/samplers';
     export { optimizers, relaxations, rewardGuidance } from '@entrgi/core';
     export { webBackend } from '@entrgi/backend-web';`,
  ],
])('%s takes at most %i bytes, and nothing of Node', async (_, limit, contents) => {
  expect(await bytesOf(contents)).toBeLessThan(limit);
});
