import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rewardDirectory } from '@entrgi/tiny-stories';
import { expect, onTestFinished, test } from 'vitest';
import { blockFamilies, openBlockFamily } from '../../../../packages/models/fixtures/block-families.js';
import { entrgi } from '../testing/capture.js';
import { temporaryFolder } from '../testing/temporary-folder.js';

const small = {
  data: 'openings',
  limit: 2,
  methods: ['base', 'bon'],
  seeds: [1],
  workers: 0,
  // What is run is run again and again here: with one model to load.
  ...{ reward: 'confidence', judge: 'none' },
  ...{ trajectories: 2, steps: 2, maxNewTokens: 4 },
};

const configFile = async (more: object = {}): Promise<string> => {
  const path = join(await temporaryFolder(), 'evaluation.json');
  await writeFile(path, JSON.stringify({ ...small, ...more }));
  return path;
};

const keysIn = async (journal: string): Promise<string[]> =>
  (await readFile(journal, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).key);

test('a file says what to do, flags override it, shards are merged, and a report is made', async () => {
  const folder = await temporaryFolder();
  const [whole, first, second, merged] = ['whole', 'first', 'second', 'merged'].map((name) =>
    join(folder, `${name}.jsonl`),
  ) as [string, string, string, string];
  const config = await configFile({ seeds: [9] });
  const run = async (...argv: string[]) => {
    const { status, stderr, stdout } = await entrgi(argv);
    expect({ status, stdout }, stderr).toEqual({ status: 0, stdout: '' });
    return stderr;
  };
  const asked = ['eval', '--config', config, '--seeds', '1'];
  expect(await run(...asked, '--out', whole)).toBe(`entrgi: ${whole} is complete: 4 results.\n`);
  expect(await run(...asked, '--out', first, '--shard', '1/2')).toContain('shard 1 of 2: 2 results of 4.');
  await run(...asked, '--out', second, '--shard', '2/2');
  expect(await run('eval', 'merge', first, second, '-o', merged)).toBe(`entrgi: 4 results in ${merged}.\n`);
  expect((await keysIn(merged)).toSorted()).toEqual((await keysIn(whole)).toSorted());
  const [a, b] = await Promise.all(
    [whole, merged].map(async (journal) => {
      const out = `${journal}.md`;
      await run('report', journal, '--without-seconds', '--markdown', out);
      return (await readFile(out, 'utf8')).replace(journal, '');
    }),
  );
  expect(a).toContain('| bon |');
  expect(b).toBe(a);
});

test('what is wrong is said, with the option at fault', async () => {
  const says = async (status: number, what: string | RegExp, ...argv: string[]) => {
    const outcome = await entrgi(['eval', ...argv]);
    expect(outcome.stderr).toMatch(what);
    expect(outcome.status).toBe(status);
  };
  const out = join(await temporaryFolder(), 'out.jsonl');
  await says(2, '--data: expected it on the command line or in the configuration', '--out', out);
  await says(2, '--out: expected it', '--config', await configFile());
  await says(
    2,
    '--shard: expected i/n with i from 1 to n, got 3/2',
    '--config',
    await configFile(),
    '--shard',
    '3/2',
  );
  await says(
    1,
    /evaluation\.json: there is no option 'temperture'. Is 'temperatures' meant\?/,
    '--config',
    await configFile({ temperture: [1] }),
  );
  await says(
    1,
    /evaluation\.json: steps: expected a whole number of at least 1, got 0\.\n$/,
    '--config',
    await configFile({ steps: 0 }),
  );
  await says(2, '--template-date: expected a date such as', '--data', 'openings', '--template-date', 'soon');
  await says(1, /nowhere\.csv: no such file/, '--data', 'nowhere.csv', '--out', out);
  await says(
    2,
    '--judge-model: expected the name',
    '--data',
    'openings',
    '--out',
    out,
    '--judge',
    'http://localhost:9/v1',
  );
});

test('written tokens of a block model are edited, and a journal does not mix what was with what was not', async () => {
  const [denoiser, remove] = await openBlockFamily(blockFamilies.llada2!);
  onTestFinished(remove);
  const folder = await temporaryFolder();
  const data = join(folder, 'prompts.jsonl');
  await writeFile(data, JSON.stringify({ prompt: 'A cat' }));
  const config = await configFile({ data, denoiser: [denoiser], methods: ['base'], temperatures: [1] });
  const responded = async (name: string, ...argv: string[]) => {
    const out = join(folder, `${name}.jsonl`);
    const size = ['--steps', '6', '--max-new-tokens', '8'];
    const { status, stderr } = await entrgi(['eval', '--config', config, '--out', out, ...size, ...argv]);
    const { settings, trajectories } = JSON.parse(await readFile(out, 'utf8'));
    return { status, stderr, threshold: settings.editThreshold, trajectories };
  };
  const plain = await responded('out');
  expect(plain).toMatchObject({ status: 0, threshold: undefined });
  const edited = await responded('edited', '--edit-threshold', '0.01');
  expect(edited).toMatchObject({ status: 0, threshold: 0.01 });
  expect(edited.trajectories).not.toEqual(plain.trajectories);
  const mixed = await responded('out', '--edit-threshold', '0.01');
  expect(mixed).toMatchObject({ status: 1, trajectories: plain.trajectories });
  expect(mixed.stderr).toContain(
    'expected results with editThreshold 0.01, got some with editThreshold none',
  );
});

test('given responses are rated, from a file, one object a line', async () => {
  const path = join(await temporaryFolder(), 'responses.jsonl');
  const prompt = 'Complete this story: The cat sat by the door.';
  const lines = ['It wanted to go out and play.', 'door door of the the sat'].map((response) => ({
    prompt,
    response,
  }));
  await writeFile(path, lines.map((line) => JSON.stringify(line)).join('\n'));
  const { status, stdout } = await entrgi([
    'score',
    '--prompts',
    path,
    '--judge',
    'embedded',
    '--reward',
    rewardDirectory,
    '--json',
  ]);
  expect(status).toBe(0);
  const [good, bad] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(good).toMatchObject(lines[0]!);
  // Sense before nonsense, for both.
  expect(good.reward).toBeGreaterThan(bad.reward);
  expect(good.judge).toBeGreaterThan(bad.judge);
  await writeFile(path, '{"prompt": "a"}');
  expect((await entrgi(['score', '--prompts', path])).stderr).toContain('line 1: expected a text "response"');
});
