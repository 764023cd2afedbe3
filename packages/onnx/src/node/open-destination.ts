import { constants, type FileHandle, open, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { clearPartials, partialPath } from './partial-path.js';
import { writeFailure } from './write-failure.js';

/** A file that is being written. */
export interface Destination {
  readonly file: FileHandle;
  /** Whether the file appears under its name only with `keep`. A pipe or a device gets every byte at once. */
  readonly isPartial: boolean;
  /** Closes the file, sees to it that it is on the disk, and puts it in its place. */
  keep(): Promise<void>;
  /** Closes the file and leaves nothing behind. Harmless after `keep`. */
  discard(): Promise<void>;
}

const failure = (code: string, path: string, what: string) => Object.assign(new Error(what), { code, path });

/**
 * Opens what `path` names for writing. A regular file, or one that is not there yet, is written beside its
 * place, which a link leads to, and renamed; what a process that died has left of it is removed. A pipe, a
 * device, and what stands for an open file (/dev/stdout) is written to as it is, never replaced, and a pipe
 * only where somebody reads.
 * @throws DiskFullError and NotWritableError
 */
export const openDestination = async (path: string): Promise<Destination> => {
  try {
    const facts = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (facts?.isDirectory()) throw failure('EISDIR', path, 'is a directory');
    const isOpen = /^\/(dev|proc)\//.test(resolve(path));
    if (facts !== undefined && (isOpen || !facts.isFile())) {
      if (facts.isFIFO()) {
        // Opening a pipe waits for its reader, unless told not to: then it fails without one.
        const probe = await open(path, constants.O_WRONLY | constants.O_NONBLOCK);
        await probe.close();
      }
      return direct(await open(path, constants.O_WRONLY | constants.O_APPEND));
    }
    const target = facts === undefined ? await linked(path) : await realpath(path);
    await clearPartials(target);
    const partial = partialPath(target);
    return renamed(await open(partial, 'wx'), partial, target);
  } catch (error) {
    throw writeFailure(error, path);
  }
};

/** What a link that leads nowhere yet leads to; other paths as they are. */
const linked = (path: string): Promise<string> =>
  readlink(path).then(
    (to) => resolve(dirname(path), to),
    () => path,
  );

const direct = (file: FileHandle): Destination => ({
  file,
  isPartial: false,
  keep: () => file.close(),
  discard: () => file.close().catch(() => undefined),
});

const renamed = (file: FileHandle, partial: string, target: string): Destination => {
  let open = true;
  return {
    file,
    isPartial: true,
    async keep() {
      await file.sync();
      await file.close();
      await rename(partial, target);
      open = false;
    },
    async discard() {
      if (!open) return;
      open = false;
      await file.close().catch(() => undefined);
      await rm(partial, { force: true }).catch(() => undefined);
    },
  };
};
