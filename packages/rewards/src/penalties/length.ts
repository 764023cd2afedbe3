import type { Reward } from '@entrgi/core';
import { requirePositive } from '@entrgi/core/internal';
import { verifiableReward } from '../verifiable-reward.js';

/**
 * 0 up to so many words, and then below 0 by the share that is too long: −1 for twice as many.
 * @throws InvalidArgumentError for a number that is not above 0
 */
export const length = (atMost: number): Reward => {
  requirePositive('length: atMost', atMost);
  return verifiableReward(`at most ${atMost} words`, (response) => {
    const words = response.split(/\s+/).filter((word) => word !== '').length;
    return Math.min(0, 1 - words / atMost);
  });
};
