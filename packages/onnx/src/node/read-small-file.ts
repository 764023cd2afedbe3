import { constants, open } from 'node:fs/promises';
import { InvalidArgumentError } from '@entrgi/core';

/** Most that is read as a whole, in bytes. */
export const SIZE_LIMIT = 256_000_000;

/**
 * The bytes of a regular file. What is none is refused before it is read: a pipe that nobody writes to would
 * hold the program for ever, a device need not end.
 * @throws InvalidArgumentError for those and above 256 MB, and the system's error where the file cannot be
 *   opened
 */
export const readSmallFile = async (path: string): Promise<Uint8Array> => {
  // Opening a pipe waits for its other end, unless told not to.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await file.stat();
    if (stats.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR', path });
    if (!stats.isFile()) {
      throw new InvalidArgumentError(`${path}: expected a file, got a pipe or a device.`, {
        value: path,
        hint: 'Write it to a file first.',
      });
    }
    if (stats.size > SIZE_LIMIT) {
      throw new InvalidArgumentError(`${path}: expected at most ${SIZE_LIMIT} bytes, got ${stats.size}.`, {
        value: stats.size,
      });
    }
    return await file.readFile();
  } finally {
    await file.close();
  }
};
