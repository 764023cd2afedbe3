import type { Remasking } from '@entrgi/core';
import { requireShare } from '../settings/require-share.js';

/**
 * The less sure the denoiser was of a token, the likelier: softmax(−p) over the committed tokens, times the
 * share η of what the noise levels allow (ReMDM-conf, arXiv 2503.00307, which has η = 1). Masks make up for
 * nothing, as in its code.
 * @throws InvalidArgumentError for an η outside [0, 1]
 */
export const conf = (eta = 1): Remasking => {
  requireShare('conf: eta', eta);
  return ({ limit, probabilities }) => {
    const weights = probabilities.map((p) => Math.exp(-p));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return { committed: weights.map((weight) => (eta * limit * weight) / total), masked: 0 };
  };
};
