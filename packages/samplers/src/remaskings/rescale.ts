import type { Remasking } from '@entrgi/core';
import { requireShare } from '../settings/require-share.js';

/**
 * Each committed token with the share η of what the noise levels allow (ReMDM-rescale, arXiv 2503.00307).
 * @throws InvalidArgumentError for an η outside [0, 1]
 */
export const rescale = (eta: number): Remasking => {
  requireShare('rescale: eta', eta);
  return ({ limit, probabilities }) => {
    const sigma = eta * limit;
    return { committed: new Float64Array(probabilities.length).fill(sigma), masked: sigma };
  };
};
