import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as core from './index.js';

test('the example in the README prints what it says', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const example = /```ts\n([\s\S]*?)```/.exec(readme)![1]!;
  const [, names] = /import \{(.*)\} from '@entrgi\/core';/.exec(example)!;
  const printed: string[] = [];
  const body = example.replace(/^import .*$/m, `const {${names}} = core;`);
  new Function('core', 'console', body)(core, {
    log: (...words: unknown[]) => printed.push(words.join(' ')),
  });
  const promised = [...example.matchAll(/console\.log.*\/\/ (.*)/g)].map((match) => match[1]);
  expect(printed).toEqual(promised);
});
