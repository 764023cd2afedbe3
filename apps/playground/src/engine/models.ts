import type { Denoiser, DifferentiableReward, Reward } from '@entrgi/core';

/** What is loaded: one model that writes, two that can guide it, and one that only judges. */
export interface Models {
  readonly denoiser: Denoiser;
  readonly story: DifferentiableReward;
  readonly mood: DifferentiableReward;
  readonly judge: Reward | undefined;
}
