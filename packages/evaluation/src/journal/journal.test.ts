import { appendFile, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { programCommand, runCommand } from '../testing/run-program.js';
import { smallLine } from '../testing/small-line.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { mergeJournals } from './merge-journals.js';
import { openJournal } from './open-journal.js';
import { readJournals } from './read-journals.js';

const journalFile = async (): Promise<string> => join(await temporaryFolder(), 'journal.jsonl');

const text = (...seeds: number[]): string =>
  seeds.map((seed) => `${JSON.stringify(smallLine(seed))}\n`).join('');

test('what is added is there, once, one object a line', async () => {
  const path = await journalFile();
  const first = await openJournal(path);
  await Promise.all([0, 1, 1, 2].map((seed) => first.add(smallLine(seed))));
  await first.close();
  const second = await openJournal(path);
  expect(second.lines).toEqual([0, 1, 2].map((seed) => smallLine(seed)));
  expect([second.has('key-2'), second.has('key-3')]).toEqual([true, false]);
  await second.add(smallLine(2, { top1: 99 }));
  await second.add(smallLine(3));
  await second.close();
  expect(await readFile(path, 'utf8')).toBe(text(0, 1, 2, 3));
});

test('cut at any byte of its last three lines it is the whole lines before, and can be added to', async () => {
  const folder = await temporaryFolder();
  const bytes = Buffer.from(text(0, 1, 2, 3));
  const ends = [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3]].map((seeds) => Buffer.byteLength(text(...seeds)));
  const tryCut = async (cut: number) => {
    const path = join(folder, `${cut}.jsonl`);
    await writeFile(path, bytes.subarray(0, cut));
    const whole = ends.filter((end) => end <= cut).length;
    const kept = Array.from({ length: whole }, (_, seed) => smallLine(seed));
    const told: string[] = [];
    expect(await readJournals([path], (file) => told.push(file))).toEqual(kept);
    expect(told).toEqual(ends.includes(cut) ? [] : [path]);
    const journal = await openJournal(path);
    expect(journal.lines).toEqual(kept);
    await Promise.all([0, 1, 2, 3].map((seed) => journal.add(smallLine(seed))));
    await journal.close();
    expect((await readFile(path)).equals(bytes), `cut at ${cut}`).toBe(true);
  };
  // Several at a time: what takes long is waiting for the disk.
  const cuts = Array.from({ length: bytes.length - ends[0]! + 1 }, (_, i) => ends[0]! + i);
  for (let i = 0; i < cuts.length; i += 32) await Promise.all(cuts.slice(i, i + 32).map(tryCut));
});

test('a line that is none of a journal is named', async () => {
  const path = await journalFile();
  const refused = async (line: string, what: string) => {
    await writeFile(path, `${text(0)}${line}\n${text(1)}`);
    await expect(openJournal(path)).rejects.toThrow(
      `${path}, line 2: expected ${what}, as a line of a journal is.`,
    );
    await expect(readJournals([path])).rejects.toThrow(`${path}, line 2`);
  };
  await refused('{"key":', 'JSON');
  await refused('\u0000\u0000', 'JSON');
  await refused('null', 'an object');
  await refused('{"key":"a","prompt":"b"}', 'an object with "method"');
  await refused(text(2).trim().replace('{', '{"key":"other",'), 'JSON');
  const wrong = (over: object) => JSON.stringify({ ...smallLine(2), ...over });
  await refused(wrong({ key: '"><script>' }), 'an object with "key"');
  await refused(wrong({ prompt: [{ role: 'user' }] }), 'an object with "prompt[0].content"');
  await refused(wrong({ settings: { denoiser: 'd', reward: 'r' } }), 'an object with "settings.hashes"');
  await refused(wrong({ trajectories: [] }), 'an object with "trajectories"');
  await refused(
    wrong({ trajectories: [{ text: '', tokenIds: [] }] }),
    'an object with "trajectories[0].reward"',
  );
  await refused(wrong({ top1: 17 }), 'an object with "top1"');
  await refused(wrong({}).replace('"avg":0', '"avg":1e999'), 'an object with "avg"');
  await refused(
    wrong({ steps: { trajectories: [{ tokens: [1] }] } }),
    'an object with "steps.trajectories[0].tokens[0]"',
  );
  await expect(readJournals([`${path}x`])).rejects.toMatchObject({ code: 'not-found' });
});

test('of one process only one may write it at a time, and nothing is left beside it', async () => {
  const path = await journalFile();
  const journal = await openJournal(path);
  await expect(openJournal(path)).rejects.toThrow(`${path}: another process is writing it (journal.jsonl.`);
  await journal.add(smallLine(0));
  await journal.close();
  await (await openJournal(path)).close();
  expect(await readdir(join(path, '..'))).toEqual(['journal.jsonl']);
  expect(await readFile(path, 'utf8')).toBe(text(0));
});

test('two processes at once: never both, and the file is whole', async () => {
  const path = await journalFile();
  const runs = await Promise.all(
    [1, 2, 3].map(() => runCommand(programCommand('append-program', path, '40'))),
  );
  const lines = await readJournals([path]);
  const winners = runs.filter(({ status }) => status === 0);
  for (const { stdout, status } of runs) {
    if (status !== 0) expect(stdout).toMatch(/^invalid-argument: .*another process is writing it/);
  }
  // All may have come at the same moment, or one after the other.
  expect(lines).toEqual(winners.length === 0 ? [] : Array.from({ length: 40 }, (_, seed) => smallLine(seed)));
  expect(await readFile(path, 'utf8')).toBe(text(...lines.map(({ seed }) => seed)));
});

test('killed while adding, it has all that was said to be on the disk, and is completed by the next', async () => {
  const path = await journalFile();
  for (const after of [1, 30]) {
    let said = '';
    await runCommand(programCommand('append-program', path, '100000'), (child) => {
      child.stdout.on('data', (data) => {
        said += data;
        if (said.split('\n').length > after + 1) child.kill('SIGKILL');
      });
    });
    const acknowledged = said.split('\n').filter((line) => line.startsWith('added ')).length;
    expect(acknowledged).toBeGreaterThan(0);
    const lines = await readJournals([path]);
    expect(lines.length).toBeGreaterThanOrEqual(acknowledged);
    expect(lines).toEqual(lines.map((_, seed) => smallLine(seed)));
  }
  const journal = await openJournal(path);
  await journal.close();
  expect(await readdir(join(path, '..'))).toEqual(['journal.jsonl']);
});

test.skipIf(process.platform === 'win32')(
  'a full disk: a clear error, and a file of whole lines',
  async () => {
    const path = await journalFile();
    // What no file may be longer than, in blocks of 512 bytes: to whom it happens it is a full disk.
    const limited = [
      'sh',
      '-c',
      'ulimit -f 8 && exec "$@"',
      'sh',
      ...programCommand('append-program', path, '40'),
    ];
    const { stdout, status } = await runCommand(limited);
    const added = Math.floor(4096 / Buffer.byteLength(text(1)));
    expect(stdout).toMatch(
      new RegExp(`added ${added - 1}\ndisk-full: ${path}: no space is left \\(EFBIG\\)\\.`),
    );
    expect(status).toBe(1);
    expect((await stat(path)).size).toBe(
      Buffer.byteLength(text(...Array.from({ length: added }, (_, i) => i))),
    );
    expect(await readJournals([path])).toHaveLength(added);
  },
);

test('merged, every result is there once, in the order of the files; a cut end is left out', async () => {
  const folder = await temporaryFolder();
  const [a, b, c] = ['a', 'b', 'c'].map((name) => join(folder, name)) as [string, string, string];
  await writeFile(a, text(0, 2));
  await writeFile(b, text(1, 2));
  await appendFile(b, '{"key":');
  expect(await mergeJournals([a, b], c)).toBe(3);
  expect(await readFile(c, 'utf8')).toBe(text(0, 2, 1));
});
