import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { nodeBackend } from '@entrgi/backend-node';
import { expect, it } from 'vitest';
import { blackBoxReward, compositeReward, loadReward } from './index.js';

it('does what the example in the README says', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const directory = fileURLToPath(new URL('../../tiny-stories/models/reward', import.meta.url));
  const body = (/```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '')
    .replace(/^import .*$/gm, '')
    .replace("'models/reward'", JSON.stringify(directory));
  const lines: unknown[] = [];
  const scope = {
    nodeBackend,
    blackBoxReward,
    compositeReward,
    loadReward,
    console: { log: (x: unknown) => lines.push(x) },
  };
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
  await new AsyncFunction(...Object.keys(scope), body)(...Object.values(scope));
  expect(lines).toEqual([2]);
});
