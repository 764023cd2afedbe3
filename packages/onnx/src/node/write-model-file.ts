import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InvalidArgumentError } from '@entrgi/core';
import { encodeModel } from '../encode-model.js';
import type { Model } from '../model.js';
import { checkExternalFiles } from './check-external-files.js';

/**
 * Writes a model file: all of it or, on any error, nothing. External data is referenced, never copied: it must lie in the same folder.
 * Throws InvalidModelError for a model that is not sound or whose external data is not there, InvalidArgumentError for a path that cannot be written.
 */
export async function writeModelFile(path: string, model: Model): Promise<void> {
  const folder = dirname(path);
  const bytes = encodeModel(model);
  await checkExternalFiles(model, folder);
  const temporary = join(folder, `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new InvalidArgumentError(`The model file ${path} cannot be written: ${(cause as Error).message}.`, {
      value: path,
      cause,
      cure: 'Check that the folder exists and is writable.',
    });
  }
}
