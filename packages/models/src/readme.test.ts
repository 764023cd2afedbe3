import { readFile } from 'node:fs/promises';
import { nodeBackend } from '@entrgi/backend-node';
import { expect, it } from 'vitest';
import { fixture } from '../fixtures/fixture.js';
import * as architectures from './architectures/index.js';
import { loadDenoiser } from './load-denoiser.js';

const readme = readFile(new URL('../README.md', import.meta.url), 'utf8');

it('runs the example of the README', async () => {
  const code = /```ts\n([\s\S]*?)```/.exec(await readme)![1]!;
  const body = code.replaceAll(/^import .*\n/gm, '').replaceAll('!', '');
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  const printed: unknown[] = [];
  const backend = nodeBackend({ threads: 1 });
  await new AsyncFunction('nodeBackend', 'loadDenoiser', 'console', body)(
    () => backend,
    (directory: string, options: Parameters<typeof loadDenoiser>[1]) =>
      loadDenoiser(directory.replace('fixtures/dream', fixture('dream')), options),
    { log: (value: unknown) => printed.push(value) },
  );
  await backend.dispose();
  expect(printed).toEqual([2]);
});

it('lists every architecture', async () => {
  const section = (await readme).split('\n## ').find((text) => text.startsWith('Architectures'))!;
  const listed = [...section.matchAll(/^\| `(\w+)`/gm)].map((match) => match[1]!);
  expect(listed.sort()).toEqual(Object.keys(architectures).sort());
});
