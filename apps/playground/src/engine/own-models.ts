import type { Backend } from '@entrgi/core';
import {
  type DownloadProgress,
  type Folder,
  fileFolder,
  type HubOptions,
  hubFolder,
  loadDenoiser,
} from '@entrgi/models';
import { sourceName } from '@entrgi/models/internal';
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
  /** For private models of the hub; may be empty. */
  readonly token: string;
  readonly signal: AbortSignal;
  readonly tell: Tell;
}

type Requests = Pick<HubOptions, 'signal' | 'onProgress'>;
type Loading = Requests & { readonly backend: Backend; readonly file?: string | undefined };

/**
 * Loads what is chosen, with the weights, so that a run begins at once. Throws what the loaders throw, and UnsupportedError for a reward that lacks too many
 * of the denoiser's tokens.
 */
export const loadOwnModels = async (choice: ModelChoice, options: OwnModelsOptions): Promise<OwnModels> => {
  const { backend, embedded, hub, token, signal, tell } = options;
  const own: { dispose(): Promise<void> }[] = [];
  const dispose = async () => {
    for (const model of own.splice(0)) await model.dispose();
  };
  const load = async <T extends { dispose(): Promise<void> }>(
    place: ModelPlace,
    what: string,
    loader: (source: string | Folder, options: Loading) => Promise<T>,
  ): Promise<T> => {
    tell({ what: `the ${what}`, loaded: 0, total: 0 });
    const requests = {
      signal,
      onProgress: ({ allLoadedBytes, allTotalBytes }: DownloadProgress) =>
        tell({ what: `the ${what}`, loaded: allLoadedBytes, total: allTotalBytes }),
    };
    const { source, file } = await sourceAt(place, { hub, token, ...requests });
    const model = await loader(source, { backend, ...requests, ...(file === undefined ? {} : { file }) });
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

interface Source {
  readonly source: string | Folder;
  readonly file?: string | undefined;
}

const sourceAt = async (
  place: ModelPlace,
  { hub, token, ...requests }: Requests & Pick<OwnModelsOptions, 'hub' | 'token'>,
): Promise<Source> => {
  if (typeof place !== 'string') return { source: fileFolder(place.files, place.name) };
  const name = sourceName(place);
  if (name.kind !== 'repository') return { source: place };
  const { id, revision, file } = name;
  return { source: await hubFolder(id, { ...requests, revision, token, endpoint: hub }), file };
};
