import { nodeBackend } from '@entrgi/backend-node';
import type { Denoiser, DifferentiableReward } from '@entrgi/core';
import { type HubOptions, loadDenoiser } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { denoiserDirectory, rewardDirectory } from '@entrgi/tiny-stories';
import { modelSource, type SourceOptions } from '../model-source.js';

export interface Models {
  readonly denoiser: Denoiser;
  readonly reward: DifferentiableReward;
  dispose(): Promise<void>;
}

/** Loads both models at once; the embedded ones where none is named. */
export const loadModels = async (
  options: SourceOptions & { readonly denoiser?: string | undefined; readonly reward?: string | undefined },
  fetching: HubOptions,
): Promise<Models> => {
  // Where one cannot be had, the other need not be downloaded.
  fetching.signal?.throwIfAborted();
  const stop = new AbortController();
  fetching.signal?.addEventListener('abort', () => stop.abort(fetching.signal?.reason), { once: true });
  const load = async <T>(
    model: string,
    loader: (source: string, how: HubOptions) => Promise<T>,
  ): Promise<T> => {
    try {
      return await loader(...(await modelSource(model, options, { ...fetching, signal: stop.signal })));
    } catch (error) {
      stop.abort(error);
      throw error;
    }
  };
  // In a worker thread, so that the display keeps moving and Ctrl-C is heard while a model runs.
  const backend = nodeBackend({ worker: true });
  const [denoiser, reward] = await Promise.allSettled([
    load(options.denoiser ?? denoiserDirectory, (source, how) => loadDenoiser(source, { ...how, backend })),
    load(options.reward ?? rewardDirectory, (source, how) => loadReward(source, { ...how, backend })),
  ]);
  if (denoiser.status === 'fulfilled' && reward.status === 'fulfilled') {
    return {
      denoiser: denoiser.value,
      reward: reward.value,
      // Disposes every session of it.
      dispose: () => backend.dispose(),
    };
  }
  await backend.dispose();
  throw [denoiser, reward].find((outcome) => outcome.status === 'rejected')!.reason;
};
