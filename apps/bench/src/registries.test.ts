import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as workloads from './workloads/index.js';

test.each(['sections', 'workloads'])('every file of %s is exported', (folder) => {
  const directory = new URL(`./${folder}/`, import.meta.url);
  const files = readdirSync(directory).filter((name) => !/^index\.ts$|\.test\.ts$/.test(name));
  const index = readFileSync(new URL('index.ts', directory), 'utf8');
  const exported = [...index.matchAll(/from '\.\/(.*)\.js'/g)].map((match) => `${match[1]}.ts`);
  expect(exported.toSorted()).toEqual(files.toSorted());
});

test('the reference in Python has every workload but those that measure the machine and our own arithmetic', () => {
  const reference = readFileSync(new URL('../python/reference.py', import.meta.url), 'utf8');
  const table = /^WORKLOADS = \{(.*)\}$/m.exec(reference)![1]!;
  const names = [...table.matchAll(/"(\w+)":/g)].map((match) => match[1]!);
  expect([...names, 'matrix', 'passes', 'replay'].toSorted()).toEqual(Object.keys(workloads).toSorted());
});
