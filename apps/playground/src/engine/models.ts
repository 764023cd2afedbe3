import type { Denoiser, DifferentiableReward, Reward } from '@entrgi/core';

/** What is loaded: one model that writes, two that can guide it, and one that only judges. The last two know the embedded models' stories, and nothing else. */
export interface Models {
  readonly denoiser: Denoiser;
  readonly story: DifferentiableReward;
  readonly mood: DifferentiableReward | undefined;
  readonly judge: Reward | undefined;
}
