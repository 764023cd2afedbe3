import { CheckpointError } from '@entrgi/core';
import type { Folder } from './byte-source.js';

/** A folder of the file system (Node). */
export const nodeFolder = (directory: string): Folder => ({
  name: directory,
  async open(file) {
    // Imported when needed, so that the package also loads in a browser.
    const { constants, open, realpath } = await import('node:fs/promises');
    const path = `${directory.replace(/[/\\]+$/, '') || '/'}/${file}`;
    // A pipe that nobody writes to must not hold the program: it is opened without waiting, and refused below.
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
        throw new CheckpointError(`${path}: cannot be opened (${error.code}).`, {
          value: path,
          cause: error,
        });
      },
    );
    if (handle === undefined) return undefined;
    const stats = await handle.stat();
    if (!stats.isFile()) {
      await handle.close();
      throw new CheckpointError(`${path}: expected a file, got a folder, a pipe or a device.`, {
        value: path,
      });
    }
    return {
      size: stats.size,
      path: await realpath(path),
      async read(offset, length) {
        const bytes = new Uint8Array(length);
        for (let done = 0; done < length; ) {
          const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
          if (bytesRead === 0) {
            throw new CheckpointError(`${path}: expected ${length} bytes at ${offset}, got ${done}.`, {
              value: path,
            });
          }
          done += bytesRead;
        }
        return bytes;
      },
      close: () => handle.close(),
    };
  },
});
