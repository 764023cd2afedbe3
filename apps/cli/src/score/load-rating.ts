import { type Disposable, disposable, type Reward } from '@entrgi/core';
import { rewardDirectory } from '@entrgi/tiny-stories';
import { type HubOptions, loadModels, loadReward, nodeBackend, type WeightDtype } from 'entrgi';
import { rewardSource } from 'entrgi/internal';
import { templateDateOf } from '../models/template-date.js';

/** Which reward rates, and how what it runs on is loaded. */
export interface RatingOptions {
  /** As `generate` takes it: a model, `confidence`, or `log-ratio:MODEL`. */
  readonly reward?: string | undefined;
  /** Whose confidence or log-ratio it is. */
  readonly denoiser?: string | undefined;
  readonly label?: number | string | undefined;
  readonly denoiserDtype?: WeightDtype | undefined;
  readonly rewardDtype?: WeightDtype | undefined;
  readonly templateVariable?: Readonly<Record<string, unknown>> | undefined;
  readonly templateDate?: string | undefined;
  readonly revision?: string | undefined;
  readonly offline?: boolean | undefined;
}

/** Loads a reward, and a denoiser only where the reward is made of one. */
export const loadRating = async (
  options: RatingOptions,
  fetching: HubOptions,
): Promise<Disposable & { readonly reward: Reward }> => {
  const { reward: source = rewardDirectory, denoiser, label, rewardDtype, revision, offline } = options;
  const template = {
    templateVariables: options.templateVariable,
    templateDate: templateDateOf(options.templateDate),
  };
  if (rewardSource(source).kind !== 'model') {
    const dtype = { denoiser: options.denoiserDtype, reward: rewardDtype };
    return loadModels({ ...fetching, ...template, reward: source, denoiser, dtype, revision, offline });
  }
  const backend = nodeBackend({ worker: true });
  try {
    const loading = { ...fetching, ...template, backend, label, dtype: rewardDtype, revision, offline };
    return { reward: await loadReward(source, loading), ...disposable(() => backend.dispose()) };
  } catch (error) {
    await backend.dispose();
    throw error;
  }
};
