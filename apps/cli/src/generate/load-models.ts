import { nodeBackend } from '@entrgi/backend-node';
import type { Denoiser, DifferentiableReward, OnWarning } from '@entrgi/core';
import {
  type HubOptions,
  loadDenoiser,
  type TemplateOptions,
  type WeightDtype,
  type WeightOptions,
} from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { denoiserDirectory, rewardDirectory } from '@entrgi/tiny-stories';
import { modelSource } from '../model-source.js';
import type { GenerateOptions } from './plan.js';

export interface Models {
  readonly denoiser: Denoiser;
  readonly reward: DifferentiableReward;
  dispose(): Promise<void>;
}

/** Who is told of what happens meanwhile, and of what is unusual later. */
export interface Watching extends HubOptions, Pick<WeightOptions, 'onQuantise'> {
  readonly onWarning: OnWarning;
}

/** Loads both models at once; the embedded ones where none is named. */
export const loadModels = async (
  options: Pick<
    GenerateOptions,
    | 'denoiser'
    | 'reward'
    | 'label'
    | 'templateVariable'
    | 'denoiserDtype'
    | 'rewardDtype'
    | 'minimumCoverage'
    | 'endTokens'
    | 'revision'
    | 'offline'
    | 'verify'
  >,
  { onQuantise, onWarning, ...watching }: Watching,
): Promise<Models> => {
  // Where one cannot be had, the other need not be downloaded or quantised.
  watching.signal?.throwIfAborted();
  const stop = new AbortController();
  watching.signal?.addEventListener('abort', () => stop.abort(watching.signal?.reason), { once: true });
  const load = async <T>(
    model: string,
    dtype: WeightDtype,
    loader: (source: string, how: HubOptions & WeightOptions & TemplateOptions) => Promise<T>,
  ): Promise<T> => {
    try {
      const [source, how] = await modelSource(model, options, { ...watching, signal: stop.signal });
      const templateVariables = options.templateVariable;
      return await loader(source, { ...how, dtype, onQuantise, templateVariables });
    } catch (error) {
      stop.abort(error);
      throw error;
    }
  };
  // In a worker thread, so that the display keeps moving and Ctrl-C is heard while a model runs.
  const backend = nodeBackend({ worker: true });
  const [denoiser, reward] = await Promise.allSettled([
    load(options.denoiser ?? denoiserDirectory, options.denoiserDtype, (source, how) =>
      loadDenoiser(source, { ...how, backend, endTokens: options.endTokens }),
    ),
    load(options.reward ?? rewardDirectory, options.rewardDtype, (source, how) =>
      loadReward(source, {
        ...how,
        backend,
        label: labelOf(options.label),
        minimumCoverage: options.minimumCoverage,
        onWarning,
      }),
    ),
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

/** A number where it is one, else a name. */
const labelOf = (label: string | undefined): number | string | undefined =>
  label !== undefined && /^\d+$/.test(label) ? Number(label) : label;
