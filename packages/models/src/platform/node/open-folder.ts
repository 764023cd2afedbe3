import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { requireText } from '@entrgi/core';
import type { WeightChoice } from '../../checkpoint/weight-choice.js';
import { modelFolder, type OpenedFolder } from '../../files/model-folder.js';
import { nodeFolder } from '../../files/node-folder.js';
import type { HubOptions } from '../../hub/hub-options.js';
import { splitOnnxFile } from '../../snapshot/repository-id.js';
import { resolveCheckpoint } from '../../snapshot/resolve-checkpoint.js';
import { type VerifyOptions, verifySnapshot } from '../../snapshot/verify-snapshot.js';

/** A model's folder by its directory, an ONNX file in it, or its id on the hub; throws what resolveCheckpoint throws. */
export const openFolder = async (
  source: string,
  options: HubOptions & VerifyOptions & WeightChoice,
): Promise<OpenedFolder> => {
  requireText('source', source);
  const isThere = (await stat(source).catch(() => undefined)) !== undefined;
  const { id, file } = isThere ? { id: source } : splitOnnxFile(source);
  const path = await resolveCheckpoint(id, { ...options, file: file ?? options.file });
  const isFile = path.endsWith('.onnx') && (await stat(path)).isFile();
  const opened = isFile ? await modelFolder(resolve(path), nodeFolder) : { folder: nodeFolder(path), file };
  await verifySnapshot(opened.folder.name, options);
  return opened;
};
