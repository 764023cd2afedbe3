import { BackendError } from '@entrgi/core';
import type { Library } from './contract.js';
import { requireOneRuntime } from './require-one-runtime.js';

const CURE = 'Run `npm install @huggingface/transformers@4.3.1`.';

let imported: Promise<Library> | undefined;

/**
 * Imports Transformers.js when it is first needed.
 * @throws BackendError where it is missing, or brings another onnxruntime-node than ours into the process
 */
export const importLibrary = (): Promise<Library> => {
  imported ??= load();
  return imported;
};

const load = async (): Promise<Library> => {
  // Before it loads a native library.
  if (globalThis.process?.versions?.node !== undefined) await requireOneRuntime();
  try {
    return (await import('@huggingface/transformers')) as unknown as Library;
  } catch (cause) {
    throw new BackendError(`@huggingface/transformers cannot be loaded: ${(cause as Error).message}.`, {
      value: '@huggingface/transformers',
      hint: CURE,
      cause,
    });
  }
};
