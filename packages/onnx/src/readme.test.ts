import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as onnx from './index.js';

const exported = new Map<string, unknown>(Object.entries(onnx));

test('every export of the package that is a function is in the table or in the example', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  for (const name of [
    'decodeModel',
    'encodeModel',
    'checkModel',
    'canonicalize',
    'GraphBuilder',
    'inferNode',
    'pruneGraph',
  ]) {
    expect(readme).toContain(`\`${name}`);
    expect(exported.has(name), name).toBe(true);
  }
});
