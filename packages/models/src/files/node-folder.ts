import { CheckpointError } from '@entrgi/core';
import type { Folder } from './byte-source.js';
import { weightLocations } from './weight-locations.js';

/** A folder of the file system (Node). */
export const nodeFolder = (directory: string): Folder => ({
  name: directory,
  async names() {
    const { readdir } = await import('node:fs/promises');
    return readdir(directory).catch(() => []);
  },
  async locate(files) {
    const { realpath } = await import('node:fs/promises');
    const paths = await Promise.all(files.map((file) => realpath(pathOf(directory, file))));
    const { folder, locations } = await weightLocations(directory, paths);
    return {
      folder,
      locations,
      open: (location) => nodeFolder(folder).open(location),
      external: async () => ({ folder }),
    };
  },
  async open(file) {
    const { constants, open } = await import('node:fs/promises');
    const path = pathOf(directory, file);
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

const pathOf = (directory: string, file: string): string =>
  `${directory.replace(/[/\\]+$/, '') || '/'}/${file}`;
