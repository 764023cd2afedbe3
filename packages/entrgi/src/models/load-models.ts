import { nodeBackend } from '@entrgi/backend-node';
import { type Denoiser, type Disposable, disposable, type Reward } from '@entrgi/core';
import { requireKnownOptions } from '@entrgi/core/internal';
import { type HubOptions, loadDenoiser, type TemplateOptions, type WeightOptions } from '@entrgi/models';
import { confidenceReward, loadReward, logRatioReward } from '@entrgi/rewards';
import { denoiserDirectory, rewardDirectory } from '@entrgi/tiny-stories';
import { type ModelDtypes, type ModelOptions, modelOptionNames } from './model-options.js';
import { requireRuntime } from './require-runtime.js';
import { type RewardSource, rewardSource } from './reward-source.js';

/**
 * A denoiser and a reward. Disposing them frees what was loaded here; objects that were passed in stay the
 * caller's.
 */
export interface Models extends Disposable {
  readonly denoiser: Denoiser;
  readonly reward: Reward;
}

/**
 * Loads both models at once, in a worker thread, so that the caller's event loop stays free; the embedded
 * ones where none is named. Where one cannot be had, the other is not fetched any further.
 * @throws BackendError where onnxruntime-node is missing, and what loadDenoiser and loadReward throw
 */
export const loadModels = async (options: ModelOptions = {}): Promise<Models> => {
  requireKnownOptions('loadModels', options, modelOptionNames);
  const { denoiser = denoiserDirectory, reward = rewardDirectory, signal, threads } = options;
  signal?.throwIfAborted();
  const rating = typeof reward === 'string' ? rewardSource(reward) : undefined;
  if (typeof denoiser !== 'string' && rating?.source === undefined) {
    const own = typeof reward === 'string' ? confidenceReward(denoiser) : reward;
    return { denoiser, reward: own, ...disposable(async () => {}) };
  }
  const stop = new AbortController();
  const onAbort = () => stop.abort(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const backend = nodeBackend({ worker: true, ...(threads === undefined ? {} : { threads }) });
  const orStop = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      stop.abort(error);
      throw error;
    }
  };
  const load = async <T>(
    source: string,
    model: keyof ModelDtypes,
    loader: (source: string, how: HubOptions & WeightOptions & TemplateOptions) => Promise<T>,
  ): Promise<T> => {
    const dtype = typeof options.dtype === 'object' ? options.dtype[model] : options.dtype;
    return loader(source, { ...sharedOptions(options), signal: stop.signal, dtype });
  };
  try {
    const { label, minimumCoverage, endTokens, onWarning, attention } = options;
    // It is also how a model that sees everything is to be sampled, which is no matter of loading.
    const blockLength = attention === 'block-causal' ? options.blockLength : undefined;
    const loadAsDenoiser = (given: string, dtype: keyof ModelDtypes): Promise<Denoiser> =>
      load(given, dtype, (source, how) =>
        loadDenoiser(source, { ...how, backend, endTokens, attention, blockLength }),
      );
    /** What rates, once there is what writes. */
    const loadRating = async ({ kind, source }: RewardSource): Promise<(denoiser: Denoiser) => Reward> => {
      if (kind === 'confidence') return (own) => confidenceReward(own);
      if (kind === 'log-ratio') {
        const reference = await loadAsDenoiser(source, 'reward');
        return (own) => logRatioReward(own, reference);
      }
      const loaded = await load(source, 'reward', (from, how) =>
        loadReward(from, { ...how, backend, label, minimumCoverage, onWarning }),
      );
      return () => loaded;
    };
    const outcomes = await Promise.allSettled([
      orStop(requireRuntime(backend)),
      typeof denoiser !== 'string' ? denoiser : orStop(loadAsDenoiser(denoiser, 'denoiser')),
      typeof reward !== 'string' ? () => reward : orStop(loadRating(rewardSource(reward))),
    ]);
    signal?.throwIfAborted();
    const [, loadedDenoiser, rewardOf] = outcomes;
    if (loadedDenoiser.status === 'fulfilled' && rewardOf.status === 'fulfilled' && !stop.signal.aborted) {
      // Disposing the backend disposes every session of it.
      const dispose = disposable(() => backend.dispose());
      const own = loadedDenoiser.value;
      return { denoiser: own, reward: rewardOf.value(own), ...dispose };
    }
    // The first failure: what it has stopped failed of it.
    throw stop.signal.reason;
  } catch (error) {
    await backend.dispose();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
};

/** What both loaders take. */
const sharedOptions = (
  options: ModelOptions,
): HubOptions & Omit<WeightOptions, 'dtype'> & TemplateOptions => {
  const { revision, cacheDir, token, offline, minimumRate, onProgress } = options;
  const { templateVariables, templateDate } = options;
  const { verify, disablePrepacking, quantizedDir, memoryLimit, onQuantize } = options;
  const hub = { revision, cacheDir, token, offline, minimumRate, onProgress };
  const template = { templateVariables, templateDate };
  return { ...hub, ...template, verify, disablePrepacking, quantizedDir, memoryLimit, onQuantize };
};
