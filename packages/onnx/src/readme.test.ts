import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as onnx from './index.js';

const exported = new Map<string, unknown>(Object.entries(onnx));

test('the example of the README runs', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const example = /```ts\n(import [^\n]*)\n([\s\S]*?)```/.exec(readme)!;
  const names = /\{ (.*) \}/.exec(example[1]!)![1]!.split(', ');
  const logged: unknown[] = [];
  const run = new Function(...names, 'console', example[2]!);
  run(...names.map((name) => exported.get(name)), {
    log: (value: unknown) => logged.push(value),
  });
  expect(logged).toEqual([['Mul', 'Softmax', 'Identity']]);
});

test('every export of the package that is a function is in the table or in the example', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  for (const name of [
    'decodeModel',
    'encodeModel',
    'checkModel',
    'canonicalise',
    'GraphBuilder',
    'inferNode',
    'pruneGraph',
  ]) {
    expect(readme).toContain(`\`${name}`);
    expect(exported.has(name), name).toBe(true);
  }
});
