import { byConfidence } from '../confidence/by-confidence.js';

/**
 * Lowest entropy of the distribution that the token was drawn from first: what the published best-of-n script
 * does.
 */
export const entropyFiltered = byConfidence(({ filteredEntropy }, row) => -filteredEntropy(row), {
  readsRows: false,
});
