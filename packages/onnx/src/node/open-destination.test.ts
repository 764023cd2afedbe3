import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDestination } from './open-destination.js';
import { partialPath } from './partial-path.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'entrgi-destination-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = async (path: string, text: string): Promise<void> => {
  const { file, keep } = await openDestination(path);
  await file.writeFile(text);
  await keep();
};

test('a link stays one, and what it leads to is written', async () => {
  await writeFile(join(folder, 'real'), 'old');
  await symlink('real', join(folder, 'link'));
  await symlink('new', join(folder, 'dangling'));
  await write(join(folder, 'link'), 'a');
  await write(join(folder, 'dangling'), 'b');
  expect(await readlink(join(folder, 'link'))).toBe('real');
  expect(await readlink(join(folder, 'dangling'))).toBe('new');
  expect(await readFile(join(folder, 'real'), 'utf8')).toBe('a');
  expect(await readFile(join(folder, 'new'), 'utf8')).toBe('b');
  expect((await readdir(folder)).toSorted()).toEqual(['dangling', 'link', 'new', 'real']);
});

test('a pipe that nobody reads is refused, and stays', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  await expect(openDestination(pipe)).rejects.toThrow(
    `${pipe}: cannot be written (ENXIO): nobody reads from it. Name a file.`,
  );
  expect(await readdir(folder)).toEqual(['pipe']);
});

test('what a process that is gone has left is removed; what others write now stays', async () => {
  const path = join(folder, 'out');
  // A process that names its partial file and dies, as after kill -9.
  const own = partialPath(path);
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const left = own.replace(`-${process.pid}-`, `-${pid}-`);
  const elsewhere = own.replace(/\.[0-9a-f]{8}-/, '.00000000-');
  for (const partial of [own, left, elsewhere]) await writeFile(partial, 'part');
  await write(path, 'whole');
  const names = [path, own, elsewhere].map((each) => each.slice(folder.length + 1));
  expect((await readdir(folder)).toSorted()).toEqual(names.toSorted());
});

test('a number that another process has now does not keep a file', async () => {
  const path = join(folder, 'out');
  const [, start] = /-\d+-(\d+)-\d+\.partial$/.exec(partialPath(path))!;
  if (start === '0') return; // this system does not tell when a process began
  const left = partialPath(path).replace(`-${start}-`, '-1-');
  await writeFile(left, 'part');
  await write(path, 'whole');
  expect(await readdir(folder)).toEqual(['out']);
});
