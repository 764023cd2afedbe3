import { nodeBackend } from '@entrgi/backend-node';
import { type Denoiser, type Disposable, disposable, type Reward, requireKnownOptions } from '@entrgi/core';
import { type HubOptions, loadDenoiser, type TemplateOptions, type WeightOptions } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { denoiserDirectory, rewardDirectory } from '@entrgi/tiny-stories';
import { type ModelDtypes, type ModelOptions, modelOptionNames } from './model-options.js';
import { modelSource } from './model-source.js';
import { requireRuntime } from './require-runtime.js';

/** A denoiser and a reward. Disposing them frees what was loaded here; objects that were passed in stay the caller's. */
export interface Models extends Disposable {
  readonly denoiser: Denoiser;
  readonly reward: Reward;
}

/**
 * Loads both models at once, in a worker thread, so that the caller's event loop stays free; the embedded ones where none is named.
 * Where one cannot be had, the other is not fetched any further. Throws BackendError where onnxruntime-node is missing, and what
 * loadDenoiser and loadReward throw.
 */
export const loadModels = async (options: ModelOptions = {}): Promise<Models> => {
  requireKnownOptions('loadModels', options, modelOptionNames);
  const { denoiser = denoiserDirectory, reward = rewardDirectory, signal, threads } = options;
  signal?.throwIfAborted();
  if (typeof denoiser !== 'string' && typeof reward !== 'string') {
    return { denoiser, reward, ...disposable(async () => {}) };
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
    given: string,
    model: keyof ModelDtypes,
    loader: (source: string, how: HubOptions & WeightOptions & TemplateOptions) => Promise<T>,
  ): Promise<T> => {
    const { source, revision = options.revision } = await modelSource(given);
    const dtype = typeof options.dtype === 'object' ? options.dtype[model] : options.dtype;
    return loader(source, { ...sharedOptions(options), signal: stop.signal, revision, dtype });
  };
  try {
    const { label, minimumCoverage, endTokens, onWarning, attention } = options;
    // It is also how a model that sees everything is to be sampled, which is no matter of loading.
    const blockLength = attention === 'block-causal' ? options.blockLength : undefined;
    const outcomes = await Promise.allSettled([
      orStop(requireRuntime(backend)),
      typeof denoiser !== 'string'
        ? denoiser
        : orStop(
            load(denoiser, 'denoiser', (source, how) =>
              loadDenoiser(source, { ...how, backend, endTokens, attention, blockLength }),
            ),
          ),
      typeof reward !== 'string'
        ? reward
        : orStop(
            load(reward, 'reward', (source, how) =>
              loadReward(source, { ...how, backend, label, minimumCoverage, onWarning }),
            ),
          ),
    ]);
    signal?.throwIfAborted();
    const [, loadedDenoiser, loadedReward] = outcomes;
    if (
      loadedDenoiser.status === 'fulfilled' &&
      loadedReward.status === 'fulfilled' &&
      !stop.signal.aborted
    ) {
      // Disposing the backend disposes every session of it.
      const dispose = disposable(() => backend.dispose());
      return { denoiser: loadedDenoiser.value, reward: loadedReward.value, ...dispose };
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
  const { cacheDir, token, offline, minimumRate, onProgress, templateVariables, templateDate } = options;
  const { verify, disablePrepacking, quantizedDir, memoryLimit, onQuantize } = options;
  const hub = { cacheDir, token, offline, minimumRate, onProgress, templateVariables, templateDate };
  return { ...hub, verify, disablePrepacking, quantizedDir, memoryLimit, onQuantize };
};
