import type { Remasking } from '@entrgi/core';
import { requireShare } from '../settings/require-share.js';

/**
 * Each committed token with the same probability η, as far as the noise levels allow (ReMDM-cap, arXiv
 * 2503.00307).
 * @throws InvalidArgumentError for an η outside [0, 1]
 */
export const cap = (eta: number): Remasking => {
  requireShare('cap: eta', eta);
  return ({ limit, probabilities }) => {
    const sigma = Math.min(eta, limit);
    return { committed: new Float64Array(probabilities.length).fill(sigma), masked: sigma };
  };
};
