import { DiskFullError, NotWritableError } from '@entrgi/core';

const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const forbiddenCodes = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOENT', 'EEXIST']);

/** What a failure to write a file is called; anything but a full disk or a folder that cannot be written is returned as it is. */
export const writeFailure = (error: unknown, path: string, cure: string): unknown => {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  const details = { value: path, cure, cause: error };
  if (fullCodes.has(code)) return new DiskFullError(`${path}: no space is left (${code}).`, details);
  if (forbiddenCodes.has(code)) return new NotWritableError(`${path}: cannot be written (${code}).`, details);
  return error;
};
