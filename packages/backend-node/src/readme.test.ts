import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { nodeBackend } from './index.js';

it('does what the example in the README says', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const body = example
    .replace(/^import .*$/gm, '')
    .replaceAll(' as const', '')
    .replaceAll("'fixtures", `'${new URL('../fixtures', import.meta.url).pathname}`);
  const lines: unknown[] = [];
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
  await new AsyncFunction('readFile', 'nodeBackend', 'console', body)(readFile, nodeBackend, {
    log: (line: unknown) => lines.push(line),
  });
  expect(lines).toEqual([Float32Array.of(5.5, 6, 11)]);
});
