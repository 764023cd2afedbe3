import { nodeBackend } from '@entrgi/backend-node';
import type { Denoiser, DifferentiableReward } from '@entrgi/core';
import { loadDenoiser, type WeightOptions } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { denoiserDirectory, rewardDirectory } from '@entrgi/tiny-stories';
import type { GenerateOptions } from './plan.js';

export interface Models {
  readonly denoiser: Denoiser;
  readonly reward: DifferentiableReward;
  dispose(): Promise<void>;
}

/** Loads both models at once; the embedded ones where no directory is given. */
export const loadModels = async (
  chosen: Pick<GenerateOptions, 'denoiser' | 'reward' | 'denoiserDtype' | 'rewardDtype'>,
  watching: Pick<WeightOptions, 'signal' | 'onQuantise'>,
): Promise<Models> => {
  // In a worker thread, so that the display keeps moving and Ctrl-C is heard while a model runs.
  const backend = nodeBackend({ worker: true });
  const [denoiser, reward] = await Promise.allSettled([
    loadDenoiser(chosen.denoiser ?? denoiserDirectory, { backend, dtype: chosen.denoiserDtype, ...watching }),
    loadReward(chosen.reward ?? rewardDirectory, { backend, dtype: chosen.rewardDtype, ...watching }),
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
