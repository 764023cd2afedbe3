import type { Backend } from '@entrgi/core';
import { type Folder, fileFolder, hubFolder, loadDenoiser, urlFolder } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import type { ModelChoice, ModelPlace } from '../protocol/model-choice.js';
import type { Tell } from './load-models.js';
import type { Models } from './models.js';

/** Models of which some are a visitor's own; `dispose` disposes those. */
export interface OwnModels {
  readonly models: Models;
  dispose(): Promise<void>;
}

export interface OwnModelsOptions {
  readonly backend: Backend;
  /** What stands in for what is not chosen. */
  readonly embedded: Models;
  readonly hub: string | undefined;
  readonly signal: AbortSignal;
  readonly tell: Tell;
}

/**
 * Loads what is chosen, with the weights, so that a run begins at once. Throws what the loaders throw, and UnsupportedError for a reward that lacks too many
 * of the denoiser's tokens.
 */
export const loadOwnModels = async (choice: ModelChoice, options: OwnModelsOptions): Promise<OwnModels> => {
  const { backend, embedded, signal } = options;
  const own: { dispose(): Promise<void> }[] = [];
  const dispose = async () => {
    for (const model of own.splice(0)) await model.dispose();
  };
  const load = async <T extends { dispose(): Promise<void> }>(
    place: ModelPlace,
    what: string,
    loader: (folder: Folder, options: { backend: Backend; file?: string | undefined }) => Promise<T>,
  ): Promise<T> => {
    const { folder, file } = await folderAt(place, what, options);
    const model = await loader(folder, { backend, ...(file === undefined ? {} : { file }) });
    own.push(model);
    signal.throwIfAborted();
    return model;
  };
  try {
    const denoiser =
      choice.denoiser === undefined
        ? embedded.denoiser
        : await load(choice.denoiser, 'denoiser', loadDenoiser);
    const story =
      choice.reward === undefined ? embedded.story : await load(choice.reward, 'reward', loadReward);
    // What does not fit is refused now; a first score fetches the weights.
    const context = await story.open({ prompt: 'A', vocabulary: denoiser.vocabulary, length: 1 });
    await context.dispose();
    await story.score('A', ['b'], { signal });
    const { mood, judge } = choice.denoiser === undefined ? embedded : { mood: undefined, judge: undefined };
    return { models: { denoiser, story, mood, judge }, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
};

const folderAt = async (
  place: ModelPlace,
  what: string,
  { hub, signal, tell }: OwnModelsOptions,
): Promise<{ folder: Folder; file?: string | undefined }> => {
  if (typeof place !== 'string') return { folder: fileFolder(place.files, place.name) };
  const [, above = place, file] = /^(.+?)\/((?:onnx\/)?[^/]+\.onnx)$/.exec(place) ?? [];
  tell({ what: `the ${what}`, loaded: 0, total: 0 });
  const requests = {
    signal,
    onProgress: ({ allLoadedBytes, allTotalBytes }: { allLoadedBytes: number; allTotalBytes: number }) =>
      tell({ what: `the ${what}`, loaded: allLoadedBytes, total: allTotalBytes }),
  };
  const folder = /^https?:/.test(above)
    ? urlFolder(above, requests)
    : await hubFolder(above, { ...requests, endpoint: hub });
  return { folder, file };
};
