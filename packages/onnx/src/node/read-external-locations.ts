import { externalLocations } from '../bytes/external-locations.js';
import { readModelBytes } from './read-model-bytes.js';

/**
 * The files that a model file keeps tensors in, relative to its folder, each once; whether they are there is
 * not asked.
 * @throws as readModelFile does
 */
export async function readExternalLocations(path: string): Promise<string[]> {
  return externalLocations(await readModelBytes(path));
}
