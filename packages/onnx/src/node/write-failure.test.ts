import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { chmod, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskFullError, NotWritableError } from '@entrgi/core';
import { expect, it, onTestFinished } from 'vitest';
import { openDestination } from './open-destination.js';
import { writeFailure } from './write-failure.js';

const failed = (code: string) => Object.assign(new Error('the system says so'), { code });

it.each(['ENOSPC', 'EDQUOT', 'EFBIG'])('%s is a full disk', (code) => {
  const cause = failed(code);
  const error = writeFailure(cause, 'out.onnx') as DiskFullError;
  expect(error).toBeInstanceOf(DiskFullError);
  expect(error.message).toBe(`out.onnx: no space is left (${code}). Free some and run again.`);
  expect(error).toMatchObject({ value: 'out.onnx', cause });
  expect((writeFailure(cause, 'x', 'Name another.') as Error).message).toContain('. Name another.');
});

// What open(2), rename(2) and write(2) say of places, devices and readers.
it.each([
  ...['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'ENAMETOOLONG', 'ENXIO'],
  ...['EPIPE', 'EIO', 'EBUSY', 'ETXTBSY', 'EMFILE', 'ENFILE'],
])('%s is a place that cannot be written', (code) => {
  const error = writeFailure(failed(code), 'out.onnx') as NotWritableError;
  expect(error).toBeInstanceOf(NotWritableError);
  expect(error.message).toMatch(new RegExp(`^out\\.onnx: cannot be written \\(${code}\\): .+\\. .+\\.$`));
});

it.each([new TypeError('x'), failed('EINVAL'), undefined, 'text'])('%s stays what it is', (error) => {
  expect(writeFailure(error, 'out.onnx')).toBe(error);
});

it.runIf(process.platform === 'linux')('a reader that leaves is such a place', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'entrgi-pipe-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const reader = await open(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = await open(pipe, constants.O_WRONLY);
  await reader.close();
  const error = await writer.write('x').catch((error: unknown) => writeFailure(error, pipe));
  await writer.close();
  expect(error).toBeInstanceOf(NotWritableError);
  expect((error as Error).message).toContain('(EPIPE)');
});

it.runIf(process.platform === 'linux')('what the system says of real places is known', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'entrgi-places-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'file'), '');
  for (const place of [
    folder,
    join(folder, 'none', 'a'),
    join(folder, 'file', 'a'),
    `${folder}/${'x'.repeat(300)}`,
  ]) {
    await expect(openDestination(place)).rejects.toThrow(NotWritableError);
  }
  if (process.getuid?.() === 0) return;
  await chmod(folder, 0o500);
  await expect(openDestination(join(folder, 'a'))).rejects.toThrow('(EACCES): permission denied.');
});
