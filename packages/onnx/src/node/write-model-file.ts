import { dirname } from 'node:path';
import { encodeModel } from '../bytes/encode-model.js';
import type { Model } from '../model/model.js';
import { checkExternalFiles } from './check-external-files.js';
import { type Destination, openDestination } from './open-destination.js';
import { writeFailure } from './write-failure.js';

/**
 * Writes a model file: all of it or, on any error, nothing. External data is referenced, never copied: it
 * must lie in the same folder.
 * @throws InvalidModelError for a model that is not sound or whose external data is not there, DiskFullError,
 *   and NotWritableError for a path that cannot be written
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
    throw writeFailure(cause, path);
  }
}
