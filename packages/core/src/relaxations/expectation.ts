import type { Relaxation } from '../contracts/guidance/relaxation.js';

/**
 * w = 0: the reward sees the expected embedding, whose gradient is exact but which may be far from every
 * token.
 */
export const expectation: Relaxation = () => 0;
