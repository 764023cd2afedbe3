import type { Denoiser } from '@entrgi/core';
import { chosenWeights } from '../../checkpoint/chosen-weights.js';
import { isOnnxCandidate } from '../../checkpoint/weight-choice.js';
import type { LoadDenoiserOptions } from '../../denoiser/load-denoiser-options.js';
import type { Folder } from '../../files/byte-source.js';
import { nodeFolder } from '../../files/node-folder.js';
import { onnxDenoiser } from '../../onnx/onnx-denoiser.js';
import { resolveCheckpoint } from '../../snapshot/resolve-checkpoint.js';
import { verifySnapshot } from '../../snapshot/verify-snapshot.js';

/** The directory of a checkpoint; of one in transformers.js layout, its denoiser. */
export const openDenoiser = async (
  source: string,
  options: LoadDenoiserOptions,
): Promise<Folder | Denoiser> => {
  const directory = await resolveCheckpoint(source, options);
  await verifySnapshot(directory, options);
  const chosen = await chosenWeights(directory, options);
  const isOnnx = options.file !== undefined || (chosen !== undefined && isOnnxCandidate(chosen));
  return isOnnx ? onnxDenoiser(directory, options) : nodeFolder(directory);
};
