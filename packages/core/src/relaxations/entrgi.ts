import type { Relaxation } from '../contracts/guidance/relaxation.js';

/**
 * w = H(p)/log V: the expected embedding where the model is sure, a sampled token where it is not (arXiv
 * 2602.05000).
 */
export const entrgi: Relaxation = (normalizedEntropy) => normalizedEntropy;
