import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import * as architectures from './architectures/index.js';

const readme = readFile(new URL('../README.md', import.meta.url), 'utf8');

it('lists every architecture', async () => {
  const section = (await readme).split('\n## ').find((text) => text.startsWith('Architectures'))!;
  const listed = [...section.matchAll(/^\| `(\w+)`/gm)].map((match) => match[1]!);
  expect(listed.sort()).toEqual(Object.keys(architectures).sort());
});
