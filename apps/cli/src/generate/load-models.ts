import { nodeBackend } from '@entrgi/backend-node';
import type { Denoiser, DifferentiableReward } from '@entrgi/core';
import { loadDenoiser } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { denoiserDirectory, rewardDirectory } from '@entrgi/tiny-stories';

export interface Models {
  readonly denoiser: Denoiser;
  readonly reward: DifferentiableReward;
  dispose(): Promise<void>;
}

/** Loads both models at once; the embedded ones where no directory is given. */
export const loadModels = async (directories: {
  readonly denoiser?: string | undefined;
  readonly reward?: string | undefined;
}): Promise<Models> => {
  // In a worker thread, so that the display keeps moving and Ctrl-C is heard while a model runs.
  const backend = nodeBackend({ worker: true });
  const [denoiser, reward] = await Promise.allSettled([
    loadDenoiser(directories.denoiser ?? denoiserDirectory, { backend }),
    loadReward(directories.reward ?? rewardDirectory, { backend }),
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
