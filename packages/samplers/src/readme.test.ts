import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as backendNode from '@entrgi/backend-node';
import * as core from '@entrgi/core';
import * as models from '@entrgi/models';
import * as rewards from '@entrgi/rewards';
import { expect, test } from 'vitest';
import * as samplers from './index.js';

test('the example in the README works, on the tiny checkpoints', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const example = /```ts\n([\s\S]*?)```/.exec(readme)![1]!;
  const fixture = (name: string) => fileURLToPath(new URL(`../../models/fixtures/${name}`, import.meta.url));
  const packages = { ...backendNode, ...core, ...models, ...rewards, ...samplers };
  const body = example
    .replace(/import (\{.*\}) from '@entrgi\/.*';/g, 'const $1 = packages;')
    .replace('models/denoiser', fixture('dream'))
    .replace('models/reward', fixture('qwen3-reward'));
  const printed: unknown[][] = [];
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
  await new AsyncFunction('packages', 'console', body)(packages, {
    log: (...words: unknown[]) => printed.push(words),
  });
  expect(printed).toEqual([[expect.any(String), expect.any(Number)]]);
});
