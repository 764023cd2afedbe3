import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.js';

// Real processes, really killed. 200 kills over 1, 2 and 4 workers:
//   ENTRGI_SLOW=1 npx vitest run --project @entrgi/cli killed-evaluation
// One of them alone, to go on where a run was cut off: ENTRGI_KILL_WORKERS=2, and so many: ENTRGI_KILLS=67.

const isSlow = process.env.ENTRGI_SLOW === '1';
const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const program = [
  '--conditions=@entrgi/source',
  '--import',
  file('../testing/run-source.js'),
  file('../main.ts'),
];

const start = (argv: readonly string[]): ChildProcess & { readonly said: Promise<string> } => {
  const child = spawn(process.execPath, [...program, ...argv], { stdio: ['ignore', 'ignore', 'pipe'] });
  return Object.assign(child, { said: text(child.stderr!) });
};

const succeeds = async (argv: readonly string[]): Promise<string> => {
  const child = start(argv);
  const [said, [status]] = await Promise.all([child.said, once(child, 'exit')]);
  expect({ said, status }).toMatchObject({ status: 0 });
  return said;
};

const linesIn = async (path: string): Promise<string[]> => {
  const content = await readFile(path, 'utf8').catch(() => '');
  // What follows the last line break was not acknowledged.
  return content.split('\n').slice(0, -1);
};

const childrenOf = async (pid: number): Promise<number[]> => {
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return list.split(' ').filter(Boolean).map(Number);
};

/** Whether a process still runs: one that has ended and that nobody has asked about, a zombie, does not. */
const isThere = (pid: number): boolean => {
  try {
    const [state] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!;
    return state !== 'Z' && state !== 'X';
  } catch {
    return false;
  }
};

/** Kills a run some time after it has added another line; resolves to the lines that were there just before, and to its worker processes. */
const killedRun = async (argv: readonly string[], journal: string, delay: number) => {
  const sizeOf = () =>
    stat(journal).then(
      ({ size }) => size,
      () => 0,
    );
  const before = await sizeOf();
  const child = start(argv);
  const exit = once(child, 'exit');
  while (child.exitCode === null && (await sizeOf()) <= before) await pause(10);
  await pause(delay);
  const lines = await linesIn(journal);
  const workers = await childrenOf(child.pid!);
  child.kill('SIGKILL');
  await exit;
  return { lines, workers };
};

const seeds = isSlow ? Array.from({ length: 12 }, (_, i) => i + 1) : [1];
const asked = [
  ...['eval', '--data', 'openings', '--limit', '4', '--methods', 'base,bon', '--seeds', seeds.join(',')],
  ...['--trajectories', '2', '--steps', '2', '--max-new-tokens', '4'],
  // What is killed is mostly a process that starts: it has one model to load.
  ...['--reward', 'confidence', '--judge', 'none'],
];
const wanted = 4 * 2 * seeds.length;

const reportOf = async (folder: string, journal: string) => {
  const out = join(folder, 'report');
  // The same words in every report: its command is part of it.
  const renamed = join(folder, 'journal.jsonl');
  if (journal !== renamed) throw new Error('every journal has the same name');
  await succeeds([
    'report',
    renamed,
    '--without-seconds',
    '-o',
    `${out}.html`,
    '--markdown',
    `${out}.md`,
    '--json',
    `${out}.json`,
  ]);
  const files = await Promise.all(['html', 'md', 'json'].map((kind) => readFile(`${out}.${kind}`, 'utf8')));
  return files.map((content) => content.replaceAll(folder, ''));
};

const undisturbed = async () => {
  const folder = await temporaryFolder();
  const journal = join(folder, 'journal.jsonl');
  await succeeds([...asked, '--out', journal, '--workers', '0']);
  return reportOf(folder, journal);
};

/** Runs with so many workers until it has been killed so often, beginning again with an empty journal whenever one is complete. */
const survives = async (workers: number, kills: number, expected: readonly string[]) => {
  let [folder, journal] = ['', ''];
  let acknowledged = new Set<string>();
  const finish = async () => {
    const argv = [...asked, '--out', journal, '--workers', String(workers)];
    expect(await succeeds(argv)).toContain(`${journal} is complete: ${wanted} results.`);
    const lines = await linesIn(journal);
    expect(lines).toEqual(expect.arrayContaining([...acknowledged]));
    expect(lines).toHaveLength(wanted);
    expect(new Set(lines.map((line) => JSON.parse(line).key)).size).toBe(wanted);
    expect(await reportOf(folder, journal)).toEqual(expected);
  };
  for (let kill = 0; kill < kills; kill++) {
    if ((await linesIn(journal)).length === (journal === '' ? 0 : wanted)) {
      if (journal !== '') await finish();
      folder = await temporaryFolder();
      journal = join(folder, 'journal.jsonl');
      acknowledged = new Set();
    }
    const argv = [...asked, '--out', journal, '--workers', String(workers)];
    const { lines, workers: left } = await killedRun(argv, journal, 200 * Math.random());
    for (const line of lines) acknowledged.add(line);
    // One that was still starting notices only then that nobody is there.
    for (const pid of left) for (let wait = 0; isThere(pid) && wait < 2000; wait++) await pause(10);
    expect(left.filter(isThere)).toEqual([]);
  }
  await finish();
};

test.skipIf(isSlow)(
  'killed again and again, it loses nothing, doubles nothing, and reports the same bytes',
  async () => survives(2, 4, await undisturbed()),
  240_000,
);

const { ENTRGI_KILL_WORKERS: only, ENTRGI_KILLS: asOften } = process.env;

test.runIf(isSlow).each(
  [
    [1, 66],
    [2, 67],
    [4, 67],
  ].filter(([workers]) => only === undefined || workers === Number(only)),
)(
  '200 kills over 1, 2 and 4 workers, here %i: nothing lost, nothing doubled, the same bytes',
  async (workers, kills) => {
    await survives(workers!, asOften === undefined ? kills! : Number(asOften), await undisturbed());
  },
  3_600_000,
);

test('a worker process that is killed is replaced', async () => {
  const folder = await temporaryFolder();
  const journal = join(folder, 'journal.jsonl');
  // Long enough that it is still at work when it is killed.
  const long = ['--limit', '2', '--seeds', '1', '--steps', '32', '--max-new-tokens', '32'];
  const child = start([...asked, ...long, '--out', journal, '--workers', '1']);
  const exit = once(child, 'exit');
  while ((await linesIn(journal)).length === 0) await pause(5);
  const [worker] = await childrenOf(child.pid!);
  process.kill(worker!, 'SIGKILL');
  expect(await exit).toEqual([0, null]);
  expect(await linesIn(journal)).toHaveLength(4);
});
