import type { Folder } from '../../files/byte-source.js';
import { nodeFolder } from '../../files/node-folder.js';
import type { HubOptions } from '../../hub/hub-options.js';
import { resolveCheckpoint } from '../../snapshot/resolve-checkpoint.js';
import { type VerifyOptions, verifySnapshot } from '../../snapshot/verify-snapshot.js';

/** A checkpoint's directory, or that of a model of the hub; throws what resolveCheckpoint throws. */
export const openFolder = async (source: string, options: HubOptions & VerifyOptions): Promise<Folder> => {
  const directory = await resolveCheckpoint(source, { ...options, weights: 'safetensors' });
  await verifySnapshot(directory, options);
  return nodeFolder(directory);
};
