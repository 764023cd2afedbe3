import { CheckpointError } from '@entrgi/core';
import type { Model } from '@entrgi/onnx';
import { chosenWeights } from '../checkpoint/chosen-weights.js';
import { weightCandidates } from '../checkpoint/weight-choice.js';
import { checkOnnxMemory } from '../weights/check-memory.js';
import { placeExternalData } from './external-data.js';

/** What its weights may take. */
export interface OnnxFileOptions {
  /** Bytes. Default: the memory of the machine, or of the container. */
  readonly memoryLimit?: number | undefined;
  /** How many sessions are to hold the weights. Default: 1. */
  readonly copies?: number;
}

/**
 * Reads an ONNX model of a directory in transformers.js layout: `file` where it is given, else the first of the usual ones that exists.
 * `folder` is what its external data is relative to.
 * Throws CheckpointError where there is none, InvalidModelError where it is not a sound model, MemoryLimitError where its weights would not fit.
 */
export const readOnnxFile = async (
  directory: string,
  file?: string,
  { memoryLimit, copies = 1 }: OnnxFileOptions = {},
): Promise<{ path: string; folder: string; model: Model }> => {
  const choice = { weights: 'onnx', file } as const;
  const chosen = await chosenWeights(directory, choice);
  if (chosen === undefined) {
    const expected = weightCandidates(choice).join(' or ');
    throw new CheckpointError(`${directory}: expected ${expected}, got none.`, { value: directory });
  }
  // Imported when needed, so that the package also loads in a browser.
  const { readModelFile } = await import('@entrgi/onnx/node');
  const { join } = await import('node:path');
  const path = join(directory, chosen);
  const model = await readModelFile(path, { checkExternal: false });
  await checkOnnxMemory(path, model, copies, memoryLimit);
  return { path, folder: await placeExternalData(model, { path, directory }), model };
};
