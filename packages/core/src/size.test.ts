import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import * as core from './index.js';

/** What a page that imports this alone has to load: minified and compressed, in bytes, and the files that it comes from. */
const costOf = async (statement: string) => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: statement, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    metafile: true,
  });
  const [output] = Object.values(metafile.outputs);
  return {
    bytes: gzipSync(outputFiles[0]!.contents, { level: 9 }).length,
    files: Object.entries(output!.inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([file]) => file.slice(file.lastIndexOf('src/') + 4)),
  };
};

test('the whole costs at most 9.7 kB, half of it guidance', async () => {
  expect((await costOf("export * from './index.ts'")).bytes).toBeLessThanOrEqual(9700);
});

test('all but guidance costs at most 5 kB', async () => {
  const names = Object.keys(core).filter((name) => name !== 'rewardGuidance');
  const { bytes } = await costOf(`export { ${names.join(', ')} } from './index.ts'`);
  expect(bytes).toBeLessThanOrEqual(5000);
});

describe.each([
  ['softmax', 1000],
  ['relaxations', 250],
  ['filters', 1800],
  ['optimizers', 2050],
  ['randomStream', 1200],
])('%s alone', (name, most) => {
  test(`costs at most ${most} bytes`, async () => {
    expect((await costOf(`export { ${name} } from './index.ts'`)).bytes).toBeLessThanOrEqual(most);
  });

  test('brings no guidance and no other namespace', async () => {
    const { files } = await costOf(`export { ${name} } from './index.ts'`);
    const rooms = ['guidance', 'filters', 'optimizers', 'relaxations'].filter((room) => room !== name);
    expect(files.filter((file) => rooms.includes(file.split('/')[0]!))).toEqual([]);
  });
});
