import { CheckpointError } from '@entrgi/core';
import type { Model } from '@entrgi/onnx';
import type { ConfigReader } from './config-reader.js';

/** Where transformers.js looks for a model, and where others put it. */
const usualFiles = ['onnx/model.onnx', 'model.onnx'];

/** An ONNX file of a directory in transformers.js layout: `file` where it is given, else the first of the usual ones that exists. */
export const findOnnxFile = async (
  directory: string,
  file?: string,
): Promise<{ path: string; folder: string } | undefined> => {
  // Imported when needed, so that the package also loads in a browser.
  const { access } = await import('node:fs/promises');
  const { dirname, join } = await import('node:path');
  for (const path of (file === undefined ? usualFiles : [file]).map((each) => join(directory, each))) {
    const exists = await access(path).then(
      () => true,
      () => false,
    );
    if (exists) return { path, folder: dirname(path) };
  }
  return undefined;
};

/**
 * Reads that file. `folder` is what its external data is relative to.
 * Throws CheckpointError where there is none, InvalidModelError where it is not a sound model.
 */
export const readOnnxFile = async (
  directory: string,
  file?: string,
): Promise<{ path: string; folder: string; model: Model }> => {
  const found = await findOnnxFile(directory, file);
  if (found === undefined) {
    const expected = file ?? usualFiles.join(' or ');
    throw new CheckpointError(`${directory}: expected ${expected}, got none.`, { value: directory });
  }
  const { readModelFile } = await import('@entrgi/onnx/node');
  return { ...found, model: await readModelFile(found.path) };
};

/** The longest sequence that config.json allows. RoBERTa and its kin count positions from the row after the padding token's. */
export const longestSequence = (config: ConfigReader): number => {
  const positions = config.count(
    config.raw('max_position_embeddings') === undefined ? 'n_positions' : 'max_position_embeddings',
  );
  const isRoberta = ['roberta', 'xlm-roberta', 'camembert'].includes(String(config.raw('model_type')));
  return isRoberta ? positions - 1 - (config.tokenId('pad_token_id', positions) ?? 1) : positions;
};
