import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test.each(['filters', 'optimizers', 'relaxations'])('every file of %s is exported', (folder) => {
  const directory = new URL(`./${folder}/`, import.meta.url);
  const files = readdirSync(directory).filter((name) => !/^index\.ts$|\.test\.ts$/.test(name));
  const index = readFileSync(new URL('index.ts', directory), 'utf8');
  const exported = [...index.matchAll(/from '\.\/(.*)\.js'/g)].map((match) => `${match[1]}.ts`);
  expect(exported.toSorted()).toEqual(files.toSorted());
});
