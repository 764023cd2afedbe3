import { type Denoiser, UnsupportedError } from '@entrgi/core';
import type { LoadDenoiserOptions } from '../../denoiser/load-denoiser-options.js';
import type { Folder } from '../../files/byte-source.js';
import { openFolder } from './open-folder.js';

/** The folder of a checkpoint; of models in ONNX files, those that Node loads are not loaded here. */
export const openDenoiser = async (
  source: string,
  options: LoadDenoiserOptions,
): Promise<Folder | Denoiser> => {
  if (options.file === undefined) return openFolder(source, options);
  throw new UnsupportedError(`${source}: an ONNX file cannot be a denoiser in a browser yet.`, {
    value: options.file,
    hint: 'Take a checkpoint with safetensors.',
  });
};
