import type { Relaxation } from '../contracts/guidance/relaxation.js';

/**
 * w = 1: the reward sees a sampled token (straight-through), whose gradient is biased where the distribution
 * is flat.
 */
export const aps: Relaxation = () => 1;
