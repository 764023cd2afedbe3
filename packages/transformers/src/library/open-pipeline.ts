import { requireThat } from '@entrgi/core/internal';
import type { LibraryLoading, LibraryPipeline } from './contract.js';
import { importLibrary } from './import-library.js';
import { loadFrom } from './load-from.js';
import { lastPart, nameOf } from './open-model.js';

/** A pipeline of Transformers.js, which stays the caller's. */
export type LoadedPipeline = (...given: never[]) => unknown;

export interface OpenPipeline {
  readonly name: string;
  readonly pipeline: LibraryPipeline;
  close(): Promise<void>;
}

/**
 * Makes a pipeline of a model that is given by name, or takes one that is made.
 * @throws InvalidArgumentError, and what `loadFrom` throws
 */
export const openPipeline = async (
  of: string,
  given: string | LoadedPipeline,
  task: string,
  loading: LibraryLoading,
): Promise<OpenPipeline> => {
  if (typeof given === 'string') {
    const library = await importLibrary();
    const pipeline = await loadFrom(given, loading, (...from) => library.pipeline(task, ...from));
    return { name: lastPart(given), pipeline, close: async () => void (await pipeline.dispose()) };
  }
  const what = `the name of a model, or a pipeline of @huggingface/transformers for ${task}`;
  requireThat(`${of}: model`, given, what, typeof given === 'function');
  const pipeline = given as unknown as LibraryPipeline;
  return { name: (pipeline.model && nameOf(pipeline.model)) ?? of, pipeline, close: async () => {} };
};
