import { DiskFullError, NotWritableError } from '@entrgi/core';

const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Why a path cannot be written, and what to do. */
const forbidden: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  EACCES: ['permission denied', 'Check its permissions.'],
  EPERM: ['operation not permitted', 'Check its permissions.'],
  EROFS: ['the file system is read-only', 'Choose another folder.'],
  ENOENT: ['no such file or directory', 'Check the path.'],
  ENOTDIR: ['a part of the path is not a directory', 'Check the path.'],
  EISDIR: ['it is a directory', 'Name a file.'],
  EEXIST: ['it is there already', 'Choose another name.'],
  ELOOP: ['its links lead nowhere', 'Check the path.'],
  ENAMETOOLONG: ['the name is too long', 'Choose a shorter one.'],
  ENXIO: ['nobody reads from it', 'Name a file.'],
  EPIPE: ['who read from it has closed it', 'Let it read to the end, or name a file.'],
  EIO: ['the device reports an error', 'Check it, or choose another.'],
  EBUSY: ['it is in use', 'Choose another.'],
  ETXTBSY: ['it is a program that runs', 'Choose another.'],
  EMFILE: ['the process has too many files open', 'Raise the limit (ulimit -n).'],
  ENFILE: ['the system has too many files open', 'Close some programs.'],
};

/**
 * What a failure to write to `path` is called: DiskFullError or NotWritableError, with a hint where the
 * caller knows none that is better. Anything else is returned as it is.
 */
export const writeFailure = (error: unknown, path: string, hint?: string): unknown => {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
  const details = { value: path, cause: error };
  if (fullCodes.has(code)) {
    const free = hint ?? 'Free some and run again.';
    return new DiskFullError(`${path}: no space is left (${code}).`, { ...details, hint: free });
  }
  const known = forbidden[code];
  if (known === undefined) return error;
  const [reason, usual] = known;
  return new NotWritableError(`${path}: cannot be written (${code}): ${reason}.`, {
    ...details,
    hint: hint ?? usual,
  });
};
