import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as backendNode from '@entrgi/backend-node';
import * as core from '@entrgi/core';
import * as models from '@entrgi/models';
import * as rewards from '@entrgi/rewards';
import * as samplers from '@entrgi/samplers';
import * as tinyStories from '@entrgi/tiny-stories';
import { expect, test } from 'vitest';

test('the example in the README writes a story with the embedded models', async () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const example = /```ts\n([\s\S]*?)```/.exec(readme)![1]!;
  const packages = { ...backendNode, ...core, ...models, ...rewards, ...samplers, ...tinyStories };
  const body = example.replace(/import (\{.*\}) from '@entrgi\/.*';/g, 'const $1 = packages;');
  const printed: unknown[][] = [];
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
  await new AsyncFunction('packages', 'console', body)(packages, {
    log: (...words: unknown[]) => printed.push(words),
  });
  expect(printed).toEqual([[expect.stringMatching(/\w+ \w+ \w+/), expect.any(Number)]]);
}, 120_000);
