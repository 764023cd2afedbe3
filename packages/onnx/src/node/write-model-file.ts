import { dirname } from 'node:path';
import { DiskFullError, NotWritableError } from '@entrgi/core';
import { encodeModel } from '../encode-model.js';
import type { Model } from '../model.js';
import { checkExternalFiles } from './check-external-files.js';
import { type Destination, openDestination } from './open-destination.js';

const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/**
 * Writes a model file: all of it or, on any error, nothing. External data is referenced, never copied: it must lie in the same folder.
 * Throws InvalidModelError for a model that is not sound or whose external data is not there, DiskFullError, and NotWritableError for a path that
 * cannot be written.
 */
export async function writeModelFile(path: string, model: Model): Promise<void> {
  const bytes = encodeModel(model);
  await checkExternalFiles(model, dirname(path));
  let destination: Destination | undefined;
  try {
    destination = await openDestination(path);
    await destination.file.writeFile(bytes);
    await destination.keep();
  } catch (cause) {
    await destination?.discard();
    const { code } = cause as NodeJS.ErrnoException;
    if (fullCodes.has(code ?? '')) {
      throw new DiskFullError(`${path}: no space is left (${code}).`, {
        value: path,
        cause,
        cure: 'Free some, or name another place.',
      });
    }
    throw new NotWritableError(`The model file ${path} cannot be written: ${(cause as Error).message}.`, {
      value: path,
      cause,
      cure: 'Check that the folder exists and is writable.',
    });
  }
}
