import type { Denoiser, DifferentiableReward } from '@entrgi/core';
import { type LikelihoodRewardOptions, likelihoodReward } from './likelihood/likelihood-reward.js';

/**
 * A denoiser's own confidence in a response, without a reward model (as arXiv 2602.01849 weighs
 * trajectories): the mean log-probability of its tokens, each where it is revealed on a path of `steps` from
 * all masks. At most 0. As a gradient: ⟨mixture, log p⟩, a mean over the positions that are masked. The
 * denoiser stays the caller's.
 * @throws InvalidArgumentError for what is no denoiser, an unknown option and a response that does not fit;
 *   when guiding, UnsupportedError for a denoiser with other tokens than the guided one's
 */
export const confidenceReward = (
  denoiser: Denoiser,
  options: LikelihoodRewardOptions = {},
): DifferentiableReward =>
  likelihoodReward(
    'confidenceReward',
    [{ denoiser, sign: 1 }],
    { ...options, name: options.name ?? `confidence of ${denoiser?.name}` },
    true,
  );
