import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DiskFullError, NotWritableError } from '@entrgi/core';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { openTrace } from './trace-file.js';

test('a trace holds one record a line, typed arrays as lists', async () => {
  const folder = await temporaryFolder();
  const trace = await openTrace(join(folder, 'trace.jsonl'));
  await trace.write({ step: 1, tokenIds: new Int32Array([3, 4]) });
  await trace.write({ step: 2, rewards: { first: new Float64Array([0.5, -1]) } });
  await trace.keep();
  const lines = (await readFile(join(folder, 'trace.jsonl'), 'utf8')).split('\n');
  expect(lines.map((line) => (line === '' ? '' : JSON.parse(line)))).toEqual([
    { step: 1, tokenIds: [3, 4] },
    { step: 2, rewards: { first: [0.5, -1] } },
    '',
  ]);
  expect(await readdir(folder)).toEqual(['trace.jsonl']);
});

test('a discarded trace leaves the folder, and an earlier trace, as they were', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'trace.jsonl');
  await writeFile(path, 'earlier\n');
  const trace = await openTrace(path);
  await trace.write({ step: 1 });
  expect(await readFile(path, 'utf8')).toBe('earlier\n');
  await trace.discard();
  expect(await readdir(folder)).toEqual(['trace.jsonl']);
  expect(await readFile(path, 'utf8')).toBe('earlier\n');
});

test('discarding after keeping changes nothing', async () => {
  const folder = await temporaryFolder();
  const trace = await openTrace(join(folder, 'trace.jsonl'));
  await trace.write(1);
  await trace.keep();
  await trace.discard();
  expect(await readFile(join(folder, 'trace.jsonl'), 'utf8')).toBe('1\n');
});

test('more than the stream buffers is written in order', async () => {
  const folder = await temporaryFolder();
  const trace = await openTrace(join(folder, 'trace.jsonl'));
  const text = 'x'.repeat(50_000);
  for (let i = 0; i < 20; i++) await trace.write({ i, text });
  await trace.keep();
  const lines = (await readFile(join(folder, 'trace.jsonl'), 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).i)).toEqual(Array.from({ length: 20 }, (_, i) => i));
});

test('a device is written to, never replaced', async () => {
  const trace = await openTrace('/dev/null');
  await trace.write({ step: 1 });
  await trace.keep();
  await expect(writeFile('/dev/null', 'still a device')).resolves.toBeUndefined();
});

test.each([
  [
    'a folder that does not exist',
    (folder: string) => join(folder, 'missing', 'trace.jsonl'),
    /ENOENT.*Check the path/,
  ],
  ['a directory', (folder: string) => folder, /EISDIR.*Name a file/],
])('%s is refused before anything is generated', async (_, path, message) => {
  const opening = openTrace(path(await temporaryFolder()));
  await expect(opening).rejects.toThrow(NotWritableError);
  await expect(opening).rejects.toThrow(message);
});

test.skipIf(!existsSync('/dev/full'))('an error names the file that was asked for', async () => {
  const trace = await openTrace('/dev/full');
  const writing = trace.write({ step: 1 });
  await expect(writing).rejects.toThrow('/dev/full: no space is left (ENOSPC). Free some and run again.');
  await expect(writing).rejects.toThrow(DiskFullError);
  await trace.discard();
});
