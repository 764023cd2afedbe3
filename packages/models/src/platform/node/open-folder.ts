import { stat } from 'node:fs/promises';
import type { WeightChoice } from '../../checkpoint/weight-choice.js';
import type { OpenedFolder } from '../../files/model-folder.js';
import { nodeFolder } from '../../files/node-folder.js';
import type { HubOptions } from '../../hub/hub-options.js';
import { hubSettings } from '../../hub/hub-settings.js';
import { lookAtRepository } from '../../snapshot/look-at-repository.js';
import { resolveSource } from '../../snapshot/resolve-checkpoint.js';
import { sourceName } from '../../snapshot/source-name.js';
import { type VerifyOptions, verifySnapshot } from '../../snapshot/verify-snapshot.js';

/**
 * A model's folder by its directory, an ONNX file in it, or its name on the hub; throws what
 * resolveCheckpoint throws.
 */
export const openFolder = async (
  source: string,
  options: HubOptions & VerifyOptions & WeightChoice,
): Promise<OpenedFolder> => {
  const { directory, file } = await resolveSource(source, options);
  await verifySnapshot(directory, options);
  return { folder: nodeFolder(directory), file };
};

/**
 * The same to look at only: of a model of the hub that is not in the cache, no weights are fetched, unless
 * all files are to be verified.
 */
export const openToLook: typeof openFolder = async (source, options) => {
  const name = sourceName(String(source));
  const isPath = name.kind !== 'repository' || (await stat(source).catch(() => undefined)) !== undefined;
  if (isPath || options.verify === true) return openFolder(source, options);
  const { id, revision = options.revision, file } = name;
  const choice = { file: file ?? options.file };
  return { folder: await lookAtRepository(id, await hubSettings({ ...options, revision }), choice), file };
};
