import type { Backend, Denoiser, DifferentiableReward } from '@entrgi/core';
import { loadDenoiser } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import type { ModelSpec } from '../work/workload.js';

export const openReward = (
  { directory, dtype, disablePrepacking }: ModelSpec,
  options: { readonly backend: Backend; readonly prefixReuse?: boolean; readonly recompute?: boolean },
): Promise<DifferentiableReward> => loadReward(directory, { ...options, disablePrepacking, dtype });

export const openDenoiser = ({ directory, ...held }: ModelSpec, backend: Backend): Promise<Denoiser> =>
  loadDenoiser(directory, { backend, ...held });
