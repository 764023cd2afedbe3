import { dirname } from 'node:path';
import { decodeModel } from '../bytes/decode-model.js';
import type { Model } from '../model/model.js';
import { checkExternalFiles } from './check-external-files.js';
import { readModelBytes } from './read-model-bytes.js';

/** Which model files are taken, and where their external data may lie. */
export interface ReadModelOptions {
  /**
   * Whether external data must lie in the folder of the model. False where it is looked for elsewhere.
   * @default true
   */
  readonly checkExternal?: boolean;
  /** See DecodeOptions. */
  readonly lookOnly?: boolean;
}

/**
 * Reads and checks a model file and the presence of its external data (which stays external).
 * @throws InvalidArgumentError where there is no readable file, InvalidModelError where it is not a sound
 *   model, UnsupportedError where it is one of a kind that is not supported
 */
export async function readModelFile(
  path: string,
  { checkExternal = true, lookOnly = false }: ReadModelOptions = {},
): Promise<Model> {
  const model = decodeModel(await readModelBytes(path), { lookOnly });
  if (checkExternal) await checkExternalFiles(model, dirname(path));
  return model;
}
