import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaults, methodNames } from 'entrgi';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packageFile } from '../package-file.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { modelNameList } from './evaluation-options.js';
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
  const address = { $schema: './node_modules/@entrgi/evaluation/evaluation.schema.json' };
  const path = await config({ ...address, ...said, templateDate: '2026-11-27' });
  expect(await readConfig(path)).toEqual({ ...said, templateDate: new Date(2026, 10, 27) });
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
  await refused(
    { seeds: 'many' },
    'seeds: expected a list of at least one, each a whole number, got "many".',
  );
  await refused({ seeds: [1, 'two'] }, 'seeds.1: expected a whole number, got "two".');
  await refused({ denoiser: [1] }, 'denoiser.0: expected some text, got 1.');
  await refused(
    { denoiser: [] },
    'denoiser: expected some text, or a list of at least one, each some text, got [].',
  );
  await refused({ steps: 0 }, 'steps: expected a whole number of at least 1, got 0.');
  await refused({ steps: null }, 'steps: expected a whole number of at least 1, got null.');
  await refused({ update: 'sgd' }, 'update: expected one of adam, ascent, got "sgd".');
  await refused({ shard: 'first' }, 'shard: expected text such as 1/4, got "first".');
  await refused({ queue: 6379 }, 'queue: expected text such as redis://localhost:6379, got 6379.');
  await refused(
    { dtype: { reward: 8 } },
    'dtype.reward: expected one of fp32, auto, fp16, bf16, q8, q4, got 8.',
  );
  await refused({ dtype: { rewards: 'q8' } }, "there is no option 'dtype.rewards'. Is 'reward' meant?");
  await refused(
    { judgeOptions: { requestsPerMinute: 0 } },
    'judgeOptions.requestsPerMinute: expected a number above 0, got 0.',
  );
  await refused(
    { templateDate: 'tomorrow' },
    'templateDate: expected text such as 2026-11-27 or 2026-11-27T18:30:00, got "tomorrow".',
  );
  await refused(
    { templateDate: '2026-02-30' },
    'templateDate: expected a date that there is, got "2026-02-30".',
  );
  await refused([], 'the file: expected an object, got [].');
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
    `methods.1: expected one of ${methodNames.join(', ')}, got "smcc".`,
  );
});

test('the schema has every option of models that are named', () => {
  const { properties } = packageFile('evaluation.schema.json') as { properties: object };
  for (const name of modelNameList) expect(properties, name).toHaveProperty(name);
});

test('the schema has every setting', () => {
  const { properties } = packageFile('evaluation.schema.json') as { properties: object };
  for (const name of Object.keys(defaults)) {
    if (name !== 'temperature') expect(properties, name).toHaveProperty(name);
  }
});

type Kind = 'text' | 'whole' | 'number' | 'boolean' | 'list' | 'object' | 'null';

/** Of what kinds each option is, said a second time. */
const kinds: Readonly<Record<string, readonly Kind[]>> = {
  ...of(['text'], '$schema data out shard queue attention revision judge perplexity judgeModel preset order'),
  ...of(['text'], 'templateDate cacheDir quantizedDir'),
  ...of(['text'], 'update entropyOf endTokens schedule draw remasking potential judgeOptions.cacheDir'),
  ...of(['text'], 'dtype.denoiser dtype.reward'),
  ...of(
    ['whole'],
    'limit workers trajectories steps maxNewTokens topK guidanceSteps blockLength guidanceEvery',
  ),
  ...of(['whole'], 'lookEvery drafts iterations judgeOptions.concurrency judgeOptions.retries'),
  ...of(['number'], 'memoryLimit minimumCoverage topP learningRate beta softTemperature vocabularyTolerance'),
  ...of(['number'], 'confidenceThreshold editThreshold classifierFreeScale entropyBound remaskingShare'),
  ...of(['number'], 'guidanceFrom guidanceUntil steeringBeta resampleBelow budgetPasses budgetSeconds'),
  ...of(['number'], 'judgeOptions.requestsPerMinute judgeOptions.timeout'),
  ...of(
    ['boolean'],
    'skipMalformed skipLong offline verify disablePrepacking deprioritizeEos filterHard cacheBlocks',
  ),
  ...of(['list'], 'methods temperatures seeds response judgeOptions.questions'),
  ...of(['text', 'list'], 'denoiser reward'),
  ...of(['whole', 'text'], 'label judgeLabel'),
  ...of(['text', 'object'], 'dtype'),
  ...of(['object'], 'templateVariables judgeOptions'),
};

function of(all: readonly Kind[], names: string): Record<string, readonly Kind[]> {
  return Object.fromEntries(names.split(' ').map((name) => [name, all]));
}

const { properties: options } = packageFile('evaluation.schema.json') as {
  readonly properties: Readonly<Record<string, object>>;
};

test('the table of kinds has every option', () => {
  const names = Object.keys(kinds).filter((name) => !name.includes('.'));
  expect(names.toSorted()).toEqual(Object.keys(options).toSorted());
});

/** Something of each kind, as JSON has it. */
const values: Readonly<Record<Kind, fc.Arbitrary<unknown>>> = {
  text: fc.string({ maxLength: 20 }),
  whole: fc.integer(),
  number: fc.double({ noNaN: true, noDefaultInfinity: true }).filter((x) => !Number.isInteger(x)),
  boolean: fc.boolean(),
  list: fc.array(fc.boolean(), { maxLength: 3 }),
  object: fc.constantFrom({}, { a: 1 }),
  null: fc.constant(null),
};

const wrong = fc.constantFrom(...Object.keys(kinds)).chain((name) => {
  // A whole number is a number.
  const right = kinds[name]!.flatMap((kind) => (kind === 'number' ? ['number', 'whole'] : [kind]));
  const others = Object.entries(values).filter(([kind]) => !right.includes(kind));
  return fc.record({ name: fc.constant(name), value: fc.oneof(...others.map(([, each]) => each)) });
});

test('a value of a wrong kind is refused, with its name, what it is, and what was expected', async () => {
  const path = await config({});
  await fc.assert(
    fc.asyncProperty(wrong, async ({ name, value }) => {
      const [first, second] = name.split('.') as [string, string?];
      await writeFile(path, JSON.stringify({ [first]: second === undefined ? value : { [second]: value } }));
      const error = await readConfig(path).then(
        () => undefined,
        (reason) => reason,
      );
      expect(error, `${name}: ${JSON.stringify(value)}`).toMatchObject({ code: 'invalid-argument' });
      const message: string = error.message;
      // An object in the place of a text or of an object with names may have a name that is not known.
      if (message.includes('there is no option')) return;
      expect(message.startsWith(`${path}: ${name}: expected `), message).toBe(true);
      expect(message.endsWith(`, got ${JSON.stringify(value)}.`), message).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('a name that lacks a letter is answered with one that is an edit away', async () => {
  const names = Object.keys(options).filter((name) => name !== '$schema');
  const path = await config({});
  for (const name of names.filter(({ length }) => length >= 4)) {
    for (const at of [0, 1, name.length - 1]) {
      const misspelt = name.slice(0, at) + name.slice(at + 1);
      if (names.includes(misspelt)) continue;
      await writeFile(path, JSON.stringify({ [misspelt]: 1 }));
      const error = await readConfig(path).catch((reason) => reason);
      const [, said] = /Is '(\w+)' meant\?$/.exec(error.message) ?? [];
      expect(names, error.message).toContain(said);
      const isNear = [...said!].some(
        (_, i) => (said!.slice(0, i) + said!.slice(i + 1)).toLowerCase() === misspelt.toLowerCase(),
      );
      expect(said === name || isNear || said!.length === misspelt.length, error.message).toBe(true);
    }
  }
});
