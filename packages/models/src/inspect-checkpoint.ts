import { type OptionNames, requireBoolean, requireKnownOptions } from '@entrgi/core/internal';
import { openToLook } from '#platform/open-folder';
import { type FileOptions, fileOptionNames } from './contracts/file-options.js';
import type { Folder } from './files/byte-source.js';
import { type HubOptions, hubOptionNames } from './hub/hub-options.js';
import type { CheckpointFacts } from './inspect/checkpoint-facts.js';
import { checkpointOfOnnx } from './inspect/checkpoint-of-onnx.js';
import { checkpointOfSafetensors } from './inspect/checkpoint-of-safetensors.js';
import type { VerifyOptions } from './snapshot/verify-snapshot.js';
import { openSource } from './source/open-source.js';

/** Where the checkpoint comes from, and which file of it is meant. */
export interface InspectOptions extends HubOptions, VerifyOptions, Pick<FileOptions, 'file'> {}

const optionNames: OptionNames<InspectOptions> = {
  ...hubOptionNames,
  verify: requireBoolean,
  file: fileOptionNames.file,
};

/**
 * Reads and checks a checkpoint of safetensors or an ONNX model, wherever loaders find one; throws what
 * loading it would throw. Of a model of the hub that is not in the cache, configuration and tokenizer are
 * fetched, and of the weights no more than what says where they are; with `verify`, all files.
 */
export const inspectCheckpoint = async (
  source: string | Folder,
  options: InspectOptions = {},
): Promise<CheckpointFacts> => {
  requireKnownOptions('inspectCheckpoint', options, optionNames);
  const { folder, onnx } = await openSource(source, options, openToLook);
  return onnx === undefined ? checkpointOfSafetensors(folder) : checkpointOfOnnx(folder, onnx);
};
