import { byConfidence } from '../confidence/by-confidence.js';
import { negativeEntropy } from '../confidence/negative-entropy.js';

/**
 * Lowest entropy of the distribution that the token was drawn from first: what the published best-of-n script
 * does.
 */
export const entropyFiltered = byConfidence(({ probs }, row) => negativeEntropy(probs(row)));
