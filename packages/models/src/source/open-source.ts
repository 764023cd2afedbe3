import { CheckpointError, InvalidArgumentError } from '@entrgi/core';
import { openFolder } from '#platform/open-folder';
import { chosenWeights } from '../checkpoint/chosen-weights.js';
import { isOnnxCandidate } from '../checkpoint/weight-choice.js';
import type { FileOptions } from '../contracts/file-options.js';
import type { Folder } from '../files/byte-source.js';
import { isFolder } from '../files/is-folder.js';
import type { HubOptions } from '../hub/hub-options.js';
import type { VerifyOptions } from '../snapshot/verify-snapshot.js';

/** Where a model is. */
export interface OpenedSource {
  readonly folder: Folder;
  /**
   * Its ONNX file, relative to the folder; undefined where the weights are safetensors, or there are none.
   */
  readonly onnx: string | undefined;
}

/**
 * Opens what a loader is given: a folder, or the name of one (in Node a directory, an ONNX file or an id on
 * the hub; in a browser an address or an id). `open` is how a name is followed.
 * @throws CheckpointError where the named ONNX file is not there, InvalidArgumentError where two are named,
 *   and what resolveCheckpoint throws
 */
export const openSource = async (
  source: string | Folder,
  options: HubOptions & VerifyOptions & Pick<FileOptions, 'file'>,
  open: typeof openFolder = openFolder,
): Promise<OpenedSource> => {
  const { folder, file: named } = isFolder(source)
    ? { folder: source, file: undefined }
    : await open(source, options);
  if (named !== undefined && options.file !== undefined) {
    throw new InvalidArgumentError(
      `file: expected it or a source that is a file, got both ${options.file} and ${named}.`,
      {
        value: options.file,
        argument: 'file',
      },
    );
  }
  const file = named ?? options.file;
  const weights = await chosenWeights(folder, { file });
  if (weights !== undefined) return { folder, onnx: isOnnxCandidate(weights) ? weights : undefined };
  if (file === undefined) return { folder, onnx: undefined };
  throw new CheckpointError(`${folder.name}: there is no ${file}.`, {
    value: file,
    hint: 'Name an ONNX file of the folder.',
  });
};
