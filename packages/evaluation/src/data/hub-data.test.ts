import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { hubServer } from '../testing/hub-server.js';
import { readData } from './read-data.js';

// Texts of our own in the published columns, by fixtures/prompt-sets.py, in two row groups; the second prompt is blank.
const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}.parquet`, import.meta.url));
const first = { prompt: 'Which bird cannot fly?' };
const third = { prompt: 'Où va le train ?\nSay it in one line.' };

const sets = {
  'allenai/reward-bench-2': { default: { test: [fixture('reward-bench-2')] } },
  'ScalerLab/JudgeBench': { default: { claude: [fixture('rm-bench')], gpt: [fixture('judgebench')] } },
  'THU-KEG/RM-Bench': { default: { train: [fixture('rm-bench')] } },
};

test.each(['reward-bench-2', 'judgebench', 'rm-bench'])(
  '%s by its name: its prompts, in their order; what has none is named by its row, and left out where told',
  async (name) => {
    await hubServer(sets);
    expect(await readData(name, { limit: 1 })).toEqual([first]);
    await expect(readData(name)).rejects.toMatchObject({
      code: 'invalid-argument',
      message:
        `${name}, row 2: expected some text, got an empty prompt. ` +
        'onMalformed (--skip-malformed) leaves such records out.',
    });
    const told: string[] = [];
    const onMalformed = ({ message }: Error) => told.push(message);
    expect(await readData(name, { onMalformed })).toEqual([first, third]);
    expect(told).toEqual([`${name}, row 2: expected some text, got an empty prompt.`]);
  },
);

test('any other data set, by repository, configuration and split, from all of its files', async () => {
  const asked = await hubServer({
    ...sets,
    'some/data': { b: { dev: [fixture('judgebench')] }, default: { train: [], test: [fixture('rm-bench')] } },
    'some/parts': { default: { train: [fixture('rm-bench'), fixture('judgebench')] } },
  });
  const one = { limit: 1 };
  expect(await readData('some/data', one)).toEqual([first]);
  expect(await readData('some/data:b/dev', one)).toEqual([first]);
  expect(asked).toEqual([
    '/api/datasets/some/data/parquet',
    `/files${fixture('rm-bench')}`,
    '/api/datasets/some/data/parquet',
    `/files${fixture('judgebench')}`,
  ]);
  const told: string[] = [];
  const onMalformed = ({ message }: Error) => told.push(message);
  expect(await readData('some/parts', { onMalformed })).toEqual([first, third, first, third]);
  expect(told).toEqual([1, 2].map((i) => expect.stringContaining(`some/parts, file ${i}, row 2: expected`)));
});

test('what the hub refuses or does not have, and a hub that is away', async () => {
  await hubServer(sets);
  const fails = (name: string, code: string) => expect(readData(name)).rejects.toMatchObject({ code });
  await fails('allenai/reward-bench-2:dev', 'not-found');
  await fails('nobody/nothing', 'not-found');
  await fails('some/secret', 'no-access');
  vi.stubEnv('HF_ENDPOINT', 'http://127.0.0.1:9');
  await fails('some/data', 'network');
  vi.stubEnv('HF_HUB_OFFLINE', '1');
  await fails('some/data', 'unsupported');
});
