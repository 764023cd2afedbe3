import type { Denoiser, DifferentiableReward } from '@entrgi/core';
import { type LikelihoodRewardOptions, likelihoodReward } from './likelihood/likelihood-reward.js';

/**
 * How much likelier a response is to a trained denoiser than to the one it was trained from: log p_policy −
 * log p_reference, the reward that the training stands for (RFG, arXiv 2509.25604, with β = 1), without a
 * reward model. As the paper has it, the sum over a denoising path's steps, here of `steps` from all masks
 * and the same for both. As a gradient: ⟨mixture, log p_policy − log p_reference⟩, summed over the positions
 * that are masked. The denoisers stay the caller's.
 * @throws InvalidArgumentError for what is no denoiser, an unknown option and a response that does not fit;
 *   when guiding, UnsupportedError for a denoiser with other tokens than the guided one's
 */
export const logRatioReward = (
  policy: Denoiser,
  reference: Denoiser,
  options: LikelihoodRewardOptions = {},
): DifferentiableReward =>
  likelihoodReward(
    'logRatioReward',
    [
      { denoiser: policy, sign: 1 },
      { denoiser: reference, sign: -1 },
    ],
    { ...options, name: options.name ?? `${policy?.name} against ${reference?.name}` },
    false,
  );
