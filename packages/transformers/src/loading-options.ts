import { type OptionNames, requireBoolean, requireText } from '@entrgi/core/internal';
import type { LibraryLoading } from './library/contract.js';

/** How Transformers.js loads a model that is given by name. */
export interface LoadingOptions {
  /**
   * How its weights are held, as that library has it: `fp32`, `fp16`, `q8`, `q4`, …
   * @default the library's for the device
   */
  readonly dtype?: string | undefined;
  /**
   * Where it runs.
   * @default `cpu` in Node
   */
  readonly device?: string | undefined;
  /**
   * Branch, tag or commit of a model on the hub.
   * @default `main`
   */
  readonly revision?: string | undefined;
  /** @default the library's own, `env.cacheDir` */
  readonly cacheDir?: string | undefined;
  /**
   * Download nothing.
   * @default false
   */
  readonly offline?: boolean | undefined;
  /**
   * Name of the ONNX file in its subfolder, without its ending.
   * @default `model`
   */
  readonly file?: string | undefined;
  /**
   * Folder that it is in.
   * @default `onnx`
   */
  readonly subfolder?: string | undefined;
}

export const loadingOptionNames: OptionNames<LoadingOptions> = {
  dtype: requireText,
  device: requireText,
  revision: requireText,
  cacheDir: requireText,
  offline: requireBoolean,
  file: requireText,
  subfolder: requireText,
};

/**
 * The same in the library's words. What is not said is not passed on: the library takes undefined for a
 * value.
 */
export const loadingOf = (options: LoadingOptions): LibraryLoading => {
  const { dtype, device, revision, cacheDir, offline, file, subfolder } = options;
  const all = {
    dtype,
    device,
    revision,
    cache_dir: cacheDir,
    local_files_only: offline,
    model_file_name: file,
    subfolder,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
};
