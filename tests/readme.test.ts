import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as entrgi from 'entrgi';
import { expect, test } from 'vitest';

test('the example in the README writes a story with the embedded models', async () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const example = /```ts\n([\s\S]*?)```/.exec(readme)![1]!;
  const body = example.replace(/import (\{.*\}) from 'entrgi';/, 'const $1 = entrgi;');
  const printed: unknown[][] = [];
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
  await new AsyncFunction('entrgi', 'console', body)(entrgi, {
    log: (...words: unknown[]) => printed.push(words),
  });
  expect(printed).toEqual([[expect.stringMatching(/\w+ \w+ \w+/), expect.any(Number), 2]]);
}, 120_000);
