import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaults, methodNames } from 'entrgi';
import { expect, test } from 'vitest';
import { packageFile } from '../package-file.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { readConfig } from './read-config.js';

const config = async (value: unknown): Promise<string> => {
  const path = join(await temporaryFolder(), 'evaluation.json');
  await writeFile(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
};

test('what it says, without the address of its schema', async () => {
  const said = {
    data: 'openings',
    out: 'a.jsonl',
    methods: ['bon', 'entrgi'],
    temperatures: [0, 0.7],
    seeds: [1, -2],
    dtype: { denoiser: 'q8' },
    steps: 8,
    response: ['Once', null],
    judge: 'http://localhost/v1',
    judgeOptions: { questions: ['Good?'] },
  };
  const path = await config({ $schema: './node_modules/@entrgi/evaluation/evaluation.schema.json', ...said });
  expect(await readConfig(path)).toEqual(said);
});

test('what is wrong is named, with the nearest name there is', async () => {
  const refused = async (value: unknown, what: string) => {
    const path = await config(value);
    await expect(readConfig(path)).rejects.toThrow(`${path}: ${what}`);
  };
  await refused({ temperture: [0.7] }, "there is no option 'temperture'. Is 'temperatures' meant?");
  await refused(
    { judgeOptions: { cachedir: 'a' } },
    "there is no option 'judgeOptions.cachedir'. Is 'cacheDir' meant?",
  );
  await refused({ qqqqqqqqqqqqq: 1 }, "there is no option 'qqqqqqqqqqqqq'. Its options are data, out, limit");
  await refused({ seeds: 'many' }, 'seeds must be array.');
  await refused({ steps: 0 }, 'steps must be >= 1.');
  await refused({ update: 'sgd' }, 'update must be equal to one of the allowed values: adam, ascent.');
  await refused([], 'the file must be object.');
  await refused('{"steps": 1, "steps": 2}', 'expected JSON (the key "steps" stands there twice).');
  await expect(readConfig('nowhere.json')).rejects.toMatchObject({ code: 'not-found' });
});

test('the schema knows the methods that generate knows, and refuses others', async () => {
  const path = await config({ methods: methodNames });
  expect(await readConfig(path)).toEqual({ methods: methodNames });
  const { properties } = packageFile('evaluation.schema.json') as {
    properties: { methods: { items: { enum: readonly string[] } } };
  };
  expect(properties.methods.items.enum).toEqual(methodNames);
  await expect(readConfig(await config({ methods: ['bon', 'smcc'] }))).rejects.toThrow(
    `methods.1 must be equal to one of the allowed values: ${methodNames.join(', ')}.`,
  );
});

test('the schema has every setting', () => {
  const { properties } = packageFile('evaluation.schema.json') as { properties: object };
  for (const name of Object.keys(defaults)) {
    if (name !== 'temperature') expect(properties, name).toHaveProperty(name);
  }
});
