import { BackendError, EntrgiError, InvalidArgumentError, NotFoundError } from '@entrgi/core';
import type { LibraryLoading } from './contract.js';

/**
 * Loads something of a model that is given by name, a directory (which that library wants whole) or a
 * repository of the hub.
 * @throws NotFoundError where there is no such model or file, InvalidArgumentError for a name that is none,
 *   BackendError for whatever else the library says
 */
export const loadFrom = async <T>(
  source: string,
  loading: LibraryLoading,
  load: (source: string, loading: LibraryLoading) => Promise<T>,
): Promise<T> => {
  if (source.trim() === '') {
    throw new InvalidArgumentError('model: expected a directory or an id on the hub, got none.', {
      value: source,
      argument: 'model',
    });
  }
  try {
    const directory = await directoryOf(source);
    // Otherwise it fails for files that it can do without.
    if (directory !== undefined) return await load(directory, { ...loading, local_files_only: true });
    return await load(source, loading);
  } catch (cause) {
    if (EntrgiError.isInstance(cause)) throw cause;
    const { name, message } = cause as Error;
    const Kind =
      name === 'ModelFileNotFoundError' || /not locate file|missing at/.test(message)
        ? NotFoundError
        : BackendError;
    throw new Kind(`${source}: ${message.replace(/\.?$/, '.')}`, { value: source, cause });
  }
};

/** The whole path of a directory; undefined where there is none. */
const directoryOf = async (source: string): Promise<string | undefined> => {
  if (globalThis.process?.versions?.node === undefined) return undefined;
  const [{ stat }, { resolve }] = await Promise.all([import('node:fs/promises'), import('node:path')]);
  const isDirectory = await stat(source).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isDirectory ? resolve(source) : undefined;
};
