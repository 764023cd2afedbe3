import type { Backend, Denoiser, DifferentiableReward } from '@entrgi/core';
import { type LoadDenoiserOptions, loadDenoiser } from '@entrgi/models';
import { loadReward, type NetworkRewardOptions } from '@entrgi/rewards';
import type { ModelSpec } from './workload.js';

/** `dtype` is passed on as it stands: the loaders know which there are. */
export const openReward = (
  { directory, dtype, weightsOnce }: ModelSpec,
  options: { readonly backend: Backend; readonly prefixReuse?: boolean },
): Promise<DifferentiableReward> => {
  const all = { ...options, weightsOnce, dtype };
  return loadReward(directory, all satisfies NetworkRewardOptions);
};

export const openDenoiser = (
  { directory, dtype, weightsOnce }: ModelSpec,
  backend: Backend,
): Promise<Denoiser> => {
  const all = { backend, weightsOnce, dtype };
  return loadDenoiser(directory, all satisfies LoadDenoiserOptions);
};
